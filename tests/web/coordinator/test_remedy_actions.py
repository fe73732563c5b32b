"""Where a remedy leads, and that it leads nowhere where no page can make the change."""

from __future__ import annotations

import pytest
from flask import Flask

from matchmaker.web.coordinator.remedy_actions import host_limits

FORM = "/koordination/kontakte/organisation/O01/aendern?lang=en"


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        ("max_per_week", [("Limits of the association", FORM)]),
        ("max_per_day", []),
        ("max_talks", []),
    ],
)
def test_only_the_limit_that_the_form_has_leads_to_the_form(
    app: Flask, limit: str, pages: list[tuple[str, str]]
) -> None:
    with app.test_request_context("/?lang=en"):
        assert [*host_limits("O01", limit)] == pages
