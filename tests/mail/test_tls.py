"""Encrypted connections: certificates are checked, and the last step works over TLS, too."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from matchmaker.mail.outcome import Delivered, Outcome, PermanentFailure, TemporaryFailure
from matchmaker.mail.transport import transport_from_url
from tests.mail.servers import running
from tests.mail.test_transport import RAW, RECIPIENT, SENDER, Marker


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        message = "needs the program openssl to make a certificate"
        if os.environ.get("MATCHMAKER_TEST_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", path, "-out", path),
        ],
        check=True,
        capture_output=True,
    )
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def send_over_starttls(
    certificate: Path, faults: dict[str, str] | None = None
) -> tuple[Outcome, int]:
    marker = Marker()
    with running(faults, login=True, tls=server_context(certificate)) as server:
        url = server.url("user:right@", scheme="smtp+starttls")
        with transport_from_url(url).session() as session:
            return session.send(SENDER, RECIPIENT, RAW, marker), marker.calls


def test_unknown_certificate_is_refused(certificate: Path) -> None:
    outcome, announced = send_over_starttls(certificate)
    assert (
        isinstance(outcome, TemporaryFailure),
        "certificate verify failed" in outcome.reason,
        announced,
    ) == (True, True, 0)


def test_trusted_certificate_lets_the_mail_through(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert send_over_starttls(certificate) == (Delivered("250 taken"), 1)


def test_words_before_the_dot_are_heard_over_tls(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    outcome = send_over_starttls(certificate, {"data": "354 go\r\n552 5.3.4 too big"})
    assert outcome == (PermanentFailure("552 5.3.4 too big"), 0)
