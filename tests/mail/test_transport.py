"""What becomes of a mail, for every way in which a server can misbehave."""

from __future__ import annotations

import pytest

from matchmaker.mail.outcome import (
    AuthenticationRefused,
    Delivered,
    Outcome,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    Unknown,
    Unreachable,
)
from matchmaker.mail.transport import LocalSink, Transport, transport_from_url
from tests.mail.servers import DROP, HANG, MailServer, running

SENDER, RECIPIENT = "planung@arbeitsmarkt.example", "amina@jobcenter.example"
RAW = b"Subject: x\r\n\r\nHallo\r\n"


class Marker:
    """Counts how often the word before the dot was given."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def send(
    server: MailServer,
    raw: bytes = RAW,
    *,
    recipient: str = RECIPIENT,
    login: str = "",
    **timeouts: float,
) -> tuple[Outcome, int]:
    """The outcome, and how often the dot was announced."""
    marker = Marker()
    with transport_from_url(server.url(login, **timeouts)).session() as session:
        return session.send(SENDER, recipient, raw, marker), marker.calls


def test_mail_arrives_byte_for_byte() -> None:
    raw = b"Subject: x\r\n\r\n.\r\n..\r\n.dot\r\nFrom here\r\n\r\nend"
    with running() as server:
        outcome = send(server, raw)
        (envelope,) = server.inbox.envelopes
    assert (outcome, envelope.mail_from, envelope.rcpt_tos, envelope.content) == (
        (Delivered("250 taken"), 1),
        SENDER,
        [RECIPIENT],
        raw + b"\r\n",
    )


@pytest.mark.parametrize(
    ("phase", "reply", "expected"),
    [
        ("mail", "421 4.3.2 closing", TemporaryFailure("421 4.3.2 closing")),
        ("mail", "451 4.7.1 later", TemporaryFailure("451 4.7.1 later")),
        ("mail", "550 5.7.1 not you", SenderRefused("550 5.7.1 not you")),
        ("mail", "552 5.3.4 too much", PermanentFailure("552 5.3.4 too much")),
        ("mail", "530 5.7.0 login", AuthenticationRefused("530 5.7.0 login")),
        ("rcpt", "530 5.7.0 login", AuthenticationRefused("530 5.7.0 login")),
        ("data", "530 5.7.0 login", AuthenticationRefused("530 5.7.0 login")),
        ("rcpt", "450 4.2.1 greylisted", TemporaryFailure("450 4.2.1 greylisted")),
        ("rcpt", "550 5.1.1 unknown", PermanentFailure("550 5.1.1 unknown")),
        ("rcpt", "550-5.1.1 no\r\n550 5.1.1 such", PermanentFailure("550 5.1.1 no 5.1.1 such")),
        ("rcpt", "nonsense", TemporaryFailure("ense")),
        ("data", "451 full", TemporaryFailure("451 full")),
        ("data", "554 refused", PermanentFailure("554 refused")),
        ("data", "250 what", TemporaryFailure("250 what")),
    ],
)
def test_refusal_before_the_mail_is_final_only_with_5xx(
    phase: str, reply: str, expected: Outcome
) -> None:
    with running({phase: reply}) as server:
        assert send(server) == (expected, 0)
        assert server.inbox.bodies == []


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_drop_before_the_mail_is_temporary(phase: str) -> None:
    lost = "connection lost before the mail was complete: "
    with running({phase: DROP}) as server:
        outcome, announced = send(server)
    assert (type(outcome), str(outcome.reason).startswith(lost), announced) == (
        TemporaryFailure,
        True,
        0,
    )


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_hanging_server_is_given_up(phase: str) -> None:
    with running({phase: HANG}) as server:
        outcome, announced = send(server, command_timeout=0.2)
    assert (outcome, announced) == (
        TemporaryFailure(
            "connection lost before the mail was complete: "
            "Connection unexpectedly closed: timed out"
        ),
        0,
    )


def test_drop_while_the_mail_is_sent_is_temporary() -> None:
    large = RAW + b"x" * 76 + b"\r\n" * 8_000_000  # more than the sockets can hold
    with running({"payload": DROP}) as server:
        outcome, announced = send(server, large)
    assert (outcome, announced) == (
        TemporaryFailure("connection lost before the mail was complete: Server not connected"),
        0,
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("421 4.3.2 shutting down", TemporaryFailure("421 4.3.2 shutting down")),
        ("552 5.3.4 too big", PermanentFailure("552 5.3.4 too big")),
        ("good bye", TemporaryFailure("the mail server hung up before the final dot")),
    ],
)
def test_words_before_the_dot_stop_the_dot(words: str, expected: Outcome) -> None:
    with running({"data": f"354 go\r\n{words}"}) as server:
        assert send(server) == (expected, 0)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("421 4.3.2 restarting", TemporaryFailure("421 4.3.2 restarting")),
        ("451 4.3.0 try later", TemporaryFailure("451 4.3.0 try later")),
        ("550 5.7.1 spam", PermanentFailure("550 5.7.1 spam")),
        ("354 again", Unknown("not an answer to a mail: 354 again")),
        ("what", Unknown("not an answer to a mail: ")),
    ],
)
def test_reply_to_the_dot_decides(reply: str, expected: Outcome) -> None:
    with running({"dot": reply}) as server:
        assert send(server) == (expected, 1)


def test_drop_after_the_dot_is_unknown() -> None:
    with running({"dot": DROP}) as server:
        outcome, announced = send(server)
        assert server.inbox.bodies == [RAW]
    assert (type(outcome), announced) == (Unknown, 1)


def test_silence_after_the_dot_is_unknown() -> None:
    with running({"dot": HANG}) as server:
        outcome = send(server, final_timeout=0.2)
    assert outcome == (
        Unknown("no answer after the final dot: Connection unexpectedly closed: timed out"),
        1,
    )


def test_what_the_callback_raises_takes_the_mail_back() -> None:
    def lost_lease() -> None:
        raise LookupError("lease lost")

    with running() as server, transport_from_url(server.url()).session() as session:
        with pytest.raises(LookupError, match="lease lost"):
            session.send(SENDER, RECIPIENT, RAW, lost_lease)
        assert server.inbox.bodies == []
        assert session.send(SENDER, RECIPIENT, RAW, Marker()) == Delivered("250 taken")
        assert server.inbox.bodies == [RAW]


def test_session_sends_many_mails_over_one_connection() -> None:
    with running() as server, transport_from_url(server.url()).session() as session:
        outcomes = {session.send(SENDER, RECIPIENT, RAW, Marker()) for _ in range(5)}
        assert (outcomes, len(server.inbox.bodies), server.connections) == (
            {Delivered("250 taken")},
            5,
            1,
        )


def test_refused_mail_does_not_spoil_the_next() -> None:
    with running({"rcpt": "550 unknown"}) as server:
        with transport_from_url(server.url()).session() as session:
            refused = session.send(SENDER, RECIPIENT, RAW, Marker())
            del server.faults["rcpt"]
            taken = session.send(SENDER, RECIPIENT, RAW, Marker())
        assert (refused, taken, server.connections) == (
            PermanentFailure("550 unknown"),
            Delivered("250 taken"),
            1,
        )


def test_server_that_hung_up_between_two_mails_is_called_again() -> None:
    with running({"idle": DROP}) as server:
        with transport_from_url(server.url()).session() as session:
            outcomes = [session.send(SENDER, RECIPIENT, RAW, Marker()) for _ in range(3)]
        assert (outcomes, server.connections) == ([Delivered("250 taken")] * 3, 3)


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"banner": "554 5.3.2 no service"}, Unreachable("554 5.3.2 no service")),
        ({"banner": "421 busy"}, Unreachable("421 busy")),
    ],
)
def test_unfriendly_greeting_condemns_no_mail(faults: dict[str, str], expected: Outcome) -> None:
    with running(faults) as server:
        assert send(server) == (expected, 0)


def test_nobody_there_is_unreachable() -> None:
    with running() as server:
        gone = server.url()
    with transport_from_url(gone).session() as session:
        outcome = session.send(SENDER, RECIPIENT, RAW, Marker())
    assert isinstance(outcome, Unreachable)


@pytest.mark.parametrize(
    ("login", "faults", "expected"),
    [
        ("user:right@", {}, Delivered("250 taken")),
        (
            "user:wrong@",
            {},
            AuthenticationRefused("535 5.7.8 Authentication credentials invalid"),
        ),
        (
            "user:right@",
            {"auth": "454 4.7.0 directory down"},
            Unreachable("454 4.7.0 directory down"),
        ),
        (
            "user:p%C3%A4sswort@",
            {},
            AuthenticationRefused("SMTP takes only ASCII users and passwords"),
        ),
    ],
)
def test_login_is_told_from_other_trouble(
    login: str, faults: dict[str, str], expected: Outcome
) -> None:
    with running(faults, login=True) as server:
        assert send(server, login=login)[0] == expected


def test_server_without_login_refuses_ours() -> None:
    with running() as server:
        outcome, _ = send(server, login="user:right@")
    assert outcome == AuthenticationRefused("SMTP AUTH extension not supported by server.")


def test_missing_starttls_sends_no_password() -> None:
    with running(login=True) as server:
        marker = Marker()
        url = server.url("user:right@", scheme="smtp+starttls")
        with transport_from_url(url).session() as session:
            outcome = session.send(SENDER, RECIPIENT, RAW, marker)
    assert outcome == Unreachable("STARTTLS extension not supported by server.")


def test_mail_larger_than_the_server_takes_is_not_tried() -> None:
    with running(size=1000) as server:
        outcome = send(server, RAW + b"x" * 2000 + b"\r\n")
    assert outcome == (
        PermanentFailure("the mail has 2023 bytes; the mail server takes 1000"),
        0,
    )


def test_eight_bit_mail_arrives_unchanged() -> None:
    raw = "Subject: Gespräch\r\n\r\nÜber مرحبا\r\n".encode()
    with running(smtputf8=True) as server:
        assert send(server, raw) == (Delivered("250 taken"), 1)
        assert server.inbox.bodies == [raw]


def test_address_beyond_ascii_needs_smtputf8() -> None:
    address = "käthe@verein.example"
    with running(smtputf8=True) as server:
        taken = send(server, recipient=address)
        assert server.inbox.envelopes[0].rcpt_tos == [address]
    with running() as server:
        refused = send(server, recipient=address)
    assert (taken, refused) == (
        (Delivered("250 taken"), 1),
        (PermanentFailure("the mail server takes only ASCII addresses (no SMTPUTF8)"), 0),
    )


@pytest.mark.parametrize(
    ("recipient", "raw", "reason"),
    [
        ("", RAW, "the address is empty or contains control characters"),
        (
            "a@b.example>\r\nRCPT TO:<c@d.example",
            RAW,
            "the address is empty or contains control characters",
        ),
        (RECIPIENT, b"a\nb\r\n", "the mail contains a line end other than CRLF"),
        (RECIPIENT, b"a\r\n.\rb\r\n", "the mail contains a line end other than CRLF"),
    ],
)
def test_smuggling_is_refused_here(recipient: str, raw: bytes, reason: str) -> None:
    with running() as server:
        assert send(server, raw, recipient=recipient) == (PermanentFailure(reason), 0)


def test_sink_accepts_everything() -> None:
    marker = Marker()
    transport: Transport = transport_from_url(None)
    assert isinstance(transport, LocalSink)
    with transport.session() as session:
        outcome = session.send(SENDER, RECIPIENT, RAW, marker)
    assert (outcome, marker.calls) == (
        Delivered("kept in the outbox; no mail server is set"),
        1,
    )
