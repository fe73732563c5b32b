"""Mail server addresses: what they mean, and that a wrong one says why without the password."""

from __future__ import annotations

import pytest

from matchmaker.mail.settings import MailUrlError, SmtpSettings


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("smtp://mail.example", SmtpSettings(host="mail.example", port=25)),
        ("smtp://[::1]:2525/", SmtpSettings(host="::1", port=2525)),
        ("smtps://mail.example", SmtpSettings(host="mail.example", port=465, security="tls")),
        (
            "smtp+starttls://a%40b.example:p%3A%2Fw@mail.example:2587",
            SmtpSettings(
                host="mail.example",
                port=2587,
                security="starttls",
                username="a@b.example",
                password="p:/w",
            ),
        ),
        (
            "smtp://user:pw@localhost",
            SmtpSettings(host="localhost", port=25, username="user", password="pw"),
        ),
        (
            "smtps://mail.example?connect_timeout=5&command_timeout=60.5&final_timeout=90",
            SmtpSettings(
                host="mail.example",
                port=465,
                security="tls",
                connect_timeout=5,
                command_timeout=60.5,
                final_timeout=90,
            ),
        ),
    ],
)
def test_address_is_read(url: str, settings: SmtpSettings) -> None:
    assert SmtpSettings.from_url(url) == settings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "expected smtp://host, smtps://host or smtp+starttls://host"),
        ("http://mail.example", "expected smtp://host, smtps://host or smtp+starttls://host"),
        ("smtp://", "expected smtp://[user:password@]host[:port]"),
        ("smtps://mail.example/inbox", "expected smtps://[user:password@]host[:port]"),
        (
            "smtp://mail.example:99999",
            "the mail address cannot be read: Port out of range 0-65535",
        ),
        ("smtps://user@mail.example", "a user needs a password and a password needs a user"),
        (
            "smtp://user:geheim@mail.example",
            "smtp:// would send the password readable to mail.example; "
            "use smtp+starttls:// or smtps://",
        ),
        (
            "smtp://mail.example?timeout=3",
            "unknown option 'timeout'; known are connect_timeout, command_timeout, final_timeout",
        ),
        ("smtp://mail.example?final_timeout=long", "final_timeout needs seconds, not 'long'"),
        (
            "smtp://mail.example?final_timeout=0",
            "final_timeout needs between 0 and 3600 seconds, not 0",
        ),
        (
            "smtp://mail.example?final_timeout=nan",
            "final_timeout needs between 0 and 3600 seconds, not nan",
        ),
    ],
)
def test_wrong_address_says_why(url: str, message: str) -> None:
    with pytest.raises(MailUrlError) as refusal:
        SmtpSettings.from_url(url)
    assert str(refusal.value) == message


def test_password_is_not_shown() -> None:
    assert "geheim" not in repr(SmtpSettings.from_url("smtps://user:geheim@mail.example"))
