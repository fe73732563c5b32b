"""The same quarter without a browser: by the commands alone, and what they list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.story import coordinator, mails
from tests.support.service import Row, Service
from tests.support.smtp import Killer

BERLIN = ZoneInfo("Europe/Berlin")
KINDS = (
    "organisations",
    "people",
    "requests",
    "rounds",
    "proposals",
    "talks",
    "assignments",
    "invitations",
    "outbox",
    "audit",
)
TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
OUTBOX_SAYS = {"key", "recipient", "state", "message_id", "attempts", "last_error"}


@pytest.mark.slow
def test_quarter_by_commands(service: Service, mailbox: Killer) -> None:
    service.run("migrate")
    service.run("load-demo")
    service.call("load-demo", expect=1)
    planned = service.run("round", "plan", 1, "--wait")
    assert planned.stdout.startswith("Proposal 1: 49 placed, 11 open, ")
    approved = service.run("round", "approve", 1)
    assert approved.stdout == "49 talks are in the calendar, 126 mails are queued.\n"
    assert mailbox.log == []
    sent = service.run("mail", "send")
    assert sent.stdout.startswith("126 sent, 0 to be tried again, 0 dead, 0 uncertain, 0 waiting")
    assert service.call("mail", "send").stdout.startswith("0 sent")
    service.call("round", "approve", 1, expect=1)
    link = service.call("login-link", coordinator.EMAIL).stdout.strip()
    listed = {kind: service.rows(kind) for kind in KINDS}
    assert json.loads(service.run("list", "talks", "--json").stdout) == listed["talks"]
    _mails_fit(mailbox, listed)
    _times_have_their_offset(listed)
    secrets = {link.rpartition("/")[2]} | {token for mail in mailbox.log for token in _keys(mail)}
    _nothing_leaks(json.dumps(listed), secrets)


def _mails_fit(mailbox: Killer, listed: dict[str, list[Row]]) -> None:
    assert {*OUTBOX_SAYS} <= listed["outbox"][0].keys()
    assert {row["state"] for row in listed["outbox"]} == {"sent"}
    assert {row["state"] for row in listed["rounds"]} == {"sent"}
    talks = {row["code"]: row for row in listed["talks"]}
    invited = {row["uid"]: row for row in listed["invitations"]}
    arrived = {invite.uid: invite for invite in map(mails.invite, mailbox.log)}
    assert (len(mailbox.log), arrived.keys()) == (126, invited.keys())
    for uid, invite in arrived.items():
        talk = talks[invited[uid]["talk"]]
        assert invite.starts == datetime.fromisoformat(talk["starts_at"])
        assert invite.recipient == invited[uid]["recipient"]


def _times_have_their_offset(listed: dict[str, list[Row]]) -> None:
    """Every time says how far it is from UTC, and is Berlin's wall time."""
    times = [
        (kind, name, value)
        for kind, rows in listed.items()
        for row in rows
        for name, value in row.items()
        if name == "at" or name.endswith("_at")
        if value is not None
    ]
    assert len(times) > 1000
    assert [fact for fact in times if not _is_of_berlin(fact[2])] == []


def _is_of_berlin(value: str) -> bool:
    read = datetime.fromisoformat(value)
    return read.utcoffset() is not None and read.astimezone(BERLIN).isoformat() == value


def _keys(mail: Any) -> Iterator[str]:
    yield from TOKEN.findall(mails.text_of(mail))


def _nothing_leaks(text: str, secrets: set[str]) -> None:
    assert len(secrets) > 126
    assert [secret for secret in secrets if secret in text] == []
    assert TOKEN.findall(text) == []


def test_list_of_nothing_is_an_empty_array(service: Service) -> None:
    service.run("migrate")
    assert [service.rows(kind) for kind in KINDS if kind != "audit"] == [[]] * 9


def test_commands_before_the_migration_say_what_to_do(service: Service) -> None:
    for command in (["list", "talks"], ["round", "plan", 1], ["worker"], ["login-link", "a@b.de"]):
        said = service.call(*command, expect=1)
        assert said.stderr == "Error: The database is empty. Run `matchmaker migrate` first.\n"
