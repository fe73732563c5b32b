"""Addresses of mailboxes: what they mean, and that a wrong one says why without the password."""

from __future__ import annotations

import pytest

from matchmaker.mail.mailbox_settings import ImapSettings
from matchmaker.mail.settings import MailUrlError

USUAL = {"host": "mail.example", "username": "a@b.example", "password": "p:/w"}


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (
            "imaps://a%40b.example:p%3A%2Fw@mail.example",
            ImapSettings(**USUAL, port=993, security="tls"),
        ),
        (
            "imap+starttls://a%40b.example:p%3A%2Fw@mail.example:1143/Antworten%202027",
            ImapSettings(**USUAL, port=1143, security="starttls", folder="Antworten 2027"),
        ),
        (
            "imap://u:pw@127.0.0.1",
            ImapSettings(host="127.0.0.1", port=143, security="none", username="u", password="pw"),
        ),
        (
            "imaps://a%40b.example:p%3A%2Fw@mail.example/"
            "?connect_timeout=5&command_timeout=9.5&authserv_id=MX.Mail.example",
            ImapSettings(
                **USUAL,
                port=993,
                security="tls",
                connect_timeout=5,
                command_timeout=9.5,
                authserv_id="mx.mail.example",
            ),
        ),
    ],
)
def test_address_is_read(url: str, settings: ImapSettings) -> None:
    assert ImapSettings.from_url(url) == settings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "expected imaps://"),
        ("smtp://u:geheim@mail.example", "expected imaps://"),
        ("imaps://", "expected imaps://user:password@host"),
        ("imaps://mail.example", "user and password"),
        ("imaps://u@mail.example", "user and password"),
        ("imaps://u:geheim@mail.example:99999", "Port out of range"),
        ("imaps://u:geheim@mail.example#x", "expected imaps://user:password@host"),
        ("imap://u:geheim@mail.example", "would send the password readable to mail.example"),
        ("imaps://u:geheim@mail.example?foo=1", "unknown option 'foo'"),
        ("imaps://u:geheim@mail.example?connect_timeout=soon", "needs seconds"),
        ("imaps://u:geheim@mail.example?command_timeout=0", "between 0 and 3600"),
    ],
)
def test_unusable_address_says_why(url: str, message: str) -> None:
    with pytest.raises(MailUrlError, match=message) as caught:
        ImapSettings.from_url(url)
    assert "geheim" not in str(caught.value)


def test_name_and_repr_hide_the_password() -> None:
    settings = ImapSettings.from_url("imaps://u:geheim@mail.example")
    assert settings.name == "u at mail.example:993/INBOX"
    assert "geheim" not in repr(settings)
