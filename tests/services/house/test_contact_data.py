"""Addresses and numbers are taken as people write them, and slips are found."""

from __future__ import annotations

import pytest

from matchmaker.services.house.contact_data import is_email, is_phone


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("amina@verein.example", True),
        ("amina@müllerverein.example", True),
        ("amina@post.local", True),
        ("amina@localhost", True),
        ("amina@verein", False),
        ("amina@", False),
        ("amina verein.example", False),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example", False),
    ],
)
def test_address_is_one_exactly_if_a_mail_can_go_there(address: str, usable: bool) -> None:
    assert is_email(address) is usable


@pytest.mark.parametrize("phone", ["030 23125-000", "+49 (0)30/23125 000", "0176.123456"])
def test_phone_numbers_are_taken_as_people_write_them(phone: str) -> None:
    assert is_phone(phone)
