"""The rule by which answers count, against everything that a mail could say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from matchmaker.calendars.reply import Attendee, Method, Reply
from matchmaker.services.incoming.deciding import Given, Invited, Letter, Reason, decide

NOW = datetime(2026, 12, 28, 8, 0, tzinfo=UTC)
START = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
OWN = "ayse@beratung.example"
INVITED = Invited(address=OWN, sequence=2, stamp=NOW, start=START)
HOUR = timedelta(hours=1)

addresses = st.sampled_from(
    [OWN, OWN.upper(), "", "x@y.example", f"{OWN}.evil.example", f"x{OWN}", "ayse@beratung", "@"]
)
moments = st.none() | st.integers(-400, 400).map(lambda days: NOW + days * timedelta(days=1))
partstats = st.sampled_from(
    ["ACCEPTED", "DECLINED", "TENTATIVE", "", "DELEGATED", "COMPLETED", "X-YES", "accepted"]
)
attendees = st.builds(
    Attendee,
    address=addresses,
    partstat=partstats,
    delegated_to=st.sampled_from([(), ("x@y.example",)]),
    delegated_from=st.sampled_from([(), ("x@y.example",)]),
)
replies = st.builds(
    Reply,
    method=st.sampled_from(Method),
    uid=st.just("u"),
    attendees=st.lists(attendees, max_size=3).map(tuple),
    sequence=st.none() | st.integers(0, 5),
    stamp=moments,
    start=st.sampled_from([None, START, START + HOUR]),
    single=st.booleans(),
)
letters = st.builds(
    Letter,
    sender=addresses,
    dmarc=st.sampled_from(["", "pass", "fail", "none"]),
    date=moments,
    received=st.just(NOW + HOUR),
)


@given(letters, replies)
def test_only_a_plain_answer_of_the_invited_address_counts(letter: Letter, reply: Reply) -> None:
    verdict = decide(letter, reply, INVITED)
    if verdict.given is None:
        assert verdict.reason is not None
        return
    assert verdict.reason is None
    (only,) = reply.attendees
    assert only.address.casefold() == letter.sender.casefold() == OWN
    assert (reply.method, reply.single, letter.dmarc != "fail") == (Method.REPLY, False, True)
    assert (only.delegated_to, only.delegated_from) == ((), ())
    assert only.partstat == verdict.given.answer.value.upper()
    assert verdict.given.sequence == (2 if reply.sequence is None else reply.sequence)
    assert reply.sequence is not None or reply.start == START
    assert verdict.given.stamp > NOW


@given(letters, replies)
def test_the_same_mail_always_means_the_same(letter: Letter, reply: Reply) -> None:
    assert decide(letter, reply, INVITED) == decide(letter, reply, INVITED)


@given(letters, replies, addresses.filter(lambda text: text.casefold() != OWN))
def test_another_sender_never_counts(letter: Letter, reply: Reply, sender: str) -> None:
    assert decide(replace(letter, sender=sender), reply, INVITED).given is None


@given(letters, replies)
def test_what_our_server_calls_forged_never_counts(letter: Letter, reply: Reply) -> None:
    verdict = decide(replace(letter, dmarc="fail"), reply, INVITED)
    assert (verdict.given, verdict.reason) == (None, Reason.FORGED)


@given(replies)
def test_whoever_was_not_invited_never_counts(reply: Reply) -> None:
    assume(all(row.address.casefold() != OWN for row in reply.attendees))
    letter = Letter(sender=OWN, dmarc="pass", date=NOW, received=NOW)
    assert decide(letter, reply, INVITED).reason is Reason.OTHER_ATTENDEE


def test_plain_answer_counts() -> None:
    letter = Letter(sender=OWN, dmarc="", date=NOW + HOUR, received=NOW + HOUR)
    reply = Reply(
        method=Method.REPLY,
        uid="u",
        attendees=(Attendee(address=OWN, partstat="DECLINED"),),
        sequence=2,
        stamp=NOW + HOUR / 2,
    )
    given_ = decide(letter, reply, INVITED).given
    assert given_ is not None
    assert given_ == Given(answer=given_.answer, sequence=2, stamp=NOW + HOUR / 2)
    without = decide(letter, replace(reply, stamp=None), INVITED).given
    assert without is not None
    assert without.stamp == NOW + HOUR
