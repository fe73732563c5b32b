"""The main story: from needs to invitations in people's calendars, and what happens then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.story import coordinator, host, invited, mails
from tests.story.mails import Invite
from tests.support.pages import Browser, Page
from tests.support.service import Row, Service
from tests.support.smtp import Killer, Received
from tests.support.waiting import until

ROUND = 1
DAY = timedelta(days=1)
AFTER_THE_QUARTER = "2027-03-31T23:00"


@dataclass
class Quarter:
    """The service, the mail server, the coordinator's browser, and what was learnt on the way."""

    service: Service
    mailbox: Killer
    browser: Browser
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def read(self, *kinds: str) -> None:
        self.tables |= {kind: self.service.rows(kind) for kind in kinds}

    def the(self, kind: str, **facts: Any) -> Row:
        (row,) = self.all_of(kind, **facts)
        return row

    def all_of(self, kind: str, **facts: Any) -> list[Row]:
        return [
            row
            for row in self.tables[kind]
            if all(row[name] == fact for name, fact in facts.items())
        ]

    def mails_of(self, act: Callable[[], int]) -> list[Received]:
        """The mails that follow from what `act` does; it says how many it has announced."""
        before = len(self.mailbox.log)
        number = act()
        until(f"{number} mails", lambda: len(self.mailbox.log) >= before + number)
        return self.mailbox.log[before:]

    def invites_of(self, act: Callable[[], int]) -> dict[str, Invite]:
        """The calendar parts of the mails that follow, by their UIDs."""
        number = 0

        def counted() -> int:
            nonlocal number
            number = act()
            return number

        invites = [mails.invite(mail) for mail in self.mails_of(counted)]
        assert (len(invites), len({invite.uid for invite in invites})) == (number, number)
        return {invite.uid: invite for invite in invites}


@pytest.mark.slow
def test_quarter_from_needs_to_talks_that_were_held(service: Service, mailbox: Killer) -> None:
    service.run("migrate")
    service.run("load-demo")
    serve, worker = service.serve(), service.worker()
    _ask_for_a_talk(service, mailbox)
    quarter = Quarter(service, mailbox, coordinator.sign_in(service))
    code = coordinator.make_ready(quarter.browser, "Neue+Wege")
    _plan_and_change(quarter, code)
    _approve(quarter)
    first, second, third, fourth = _four_talks(quarter)
    subscription = _answer(quarter, first, second)
    _move(quarter, first, subscription)
    _call_off(quarter, third, subscription)
    assert (serve.stop(), worker.stop()) == (0, 0)
    service.settings["CLOCK_START"] = AFTER_THE_QUARTER
    serve, worker = service.serve(), service.worker()
    _hold(quarter, fourth)
    _nothing_went_wrong(quarter)
    assert (serve.stop(), worker.stop()) == (0, 0)


def _ask_for_a_talk(service: Service, mailbox: Killer) -> None:
    status = host.ask(service.browser())
    until("the way back and the confirmation", lambda: len(mailbox.log) == 2)
    way_back, mail = mailbox.log
    for one in (way_back, mail):
        mails.plain(one)
        assert one.recipients == (host.NEED.who["email"],)
    somebody = service.browser()
    begun = somebody.open(mails.link_in(way_back, "/anfrage/entwurf/"))
    page = somebody.open(mails.link_in(mail, "/anfrage/"))
    assert (page.status, page.words) == (200, somebody.open(status.address).words)
    assert begun.words == page.words
    assert "15" in page.words
    changed = host.change(somebody, page, host.PEOPLE, people="18")
    assert ("18" in changed.words, "15 " in changed.words) == (True, False)


def _plan_and_change(quarter: Quarter, code: str) -> None:
    """Plan, fix one, move one by form, take one out, and plan again."""
    browser = quarter.browser
    plan, seen = coordinator.plan(browser, ROUND)
    quarter.read("rounds", "proposals", "requests")
    made = quarter.the("proposals", number=plan.number)
    assert (made["served"], made["unserved"], made["status"]) == (50, 11, "optimal")
    assert made["total"] == made["bound"]
    assert {row["state"] for row in quarter.tables["requests"]} == {"ready", "proposed"}
    assert "50" in seen[-1].words
    fixed, moved, removed = code, "A006", "A027"
    page = browser.send(coordinator.asked(browser, plan, fixed).form("festlegen"))
    kept = _place(page)
    option = coordinator.forms(coordinator.asked(browser, plan, moved), "verschieben")[0]
    plan = coordinator.plan_at(browser.send(option))
    page = coordinator.asked(browser, plan, removed)
    page = browser.send(page.form("entfernen"), reason="Der Verein zieht um.")
    plan, _ = coordinator.plan(browser, ROUND)
    assert plan.number == 4
    assert _place(coordinator.asked(browser, plan, fixed)) == kept
    where = (option.fields["day"], option.fields["start"])
    assert _place(coordinator.asked(browser, plan, moved)) == where
    left_out = coordinator.asked(browser, plan, removed)
    assert (left_out.status, coordinator.forms(left_out, "verschieben")) == (200, [])


def _place(page: Page) -> tuple[str, str]:
    """Day and time at which the form on a request's page has it; empty if it is open."""
    form = coordinator.forms(page, "verschieben")[-1]
    return form.fields["day"], form.fields["start"]


def _approve(quarter: Quarter) -> None:
    """Some first, then all; what arrives is what the confirm page has said, for whom it said."""
    browser = quarter.browser
    page = coordinator.confirm_page(browser, ROUND)
    three = page.form("freigabe").choices["code"][:3]
    some = quarter.invites_of(lambda: coordinator.approve(browser, page, code=three))
    rest = quarter.invites_of(
        lambda: coordinator.approve(browser, coordinator.confirm_page(browser, ROUND))
    )
    sent = some | rest
    quarter.read("rounds", "talks", "invitations", "outbox", "assignments")
    until("the round to be sent", lambda: quarter.read("rounds") or _is_sent(quarter))
    assert len(quarter.tables["talks"]) == 49
    assert sent.keys() == {row["uid"] for row in quarter.tables["invitations"]}
    for row in quarter.tables["invitations"]:
        invite, talk = sent[row["uid"]], quarter.the("talks", code=row["talk"])
        assert (invite.method, invite.sequence, row["sequence"]) == ("REQUEST", 0, 0)
        assert (invite.recipient, row["state"]) == (row["recipient"], "open")
        assert invite.starts == datetime.fromisoformat(talk["starts_at"])
        assert invite.ends == datetime.fromisoformat(talk["ends_at"])
        assert invite.location == talk["location"]
    assert {row["state"] for row in quarter.tables["assignments"]} == {"invited"}
    arrived = [mail.message_id for mail in quarter.mailbox.log]
    assert sorted(arrived) == sorted(row["message_id"] for row in quarter.tables["outbox"])


def _is_sent(quarter: Quarter) -> bool:
    return quarter.the("rounds", id=ROUND)["state"] == "sent"


def _four_talks(quarter: Quarter) -> tuple[Row, Row, Row, Row]:
    """Two of one speaker, the first with interpreting, and two of others."""
    people = {
        talk["code"]: quarter.all_of("assignments", talk=talk["code"])
        for talk in quarter.tables["talks"]
    }
    speakers = {code: _speaker(rows) for code, rows in people.items()}
    first = next(
        code
        for code, rows in people.items()
        if len(rows) == 2 and list(speakers.values()).count(speakers[code]) > 1
    )
    third = next(code for code, who in speakers.items() if who == speakers[first] and code != first)
    second, fourth = [code for code, who in speakers.items() if who != speakers[first]][:2]
    codes = (first, second, third, fourth)
    return tuple(quarter.the("talks", code=code) for code in codes)  # type: ignore[return-value]


def _speaker(assignments: list[Row]) -> str:
    return next(row["person"] for row in assignments if row["role"] == "speaker")


def _answer(quarter: Quarter, accepted: Row, declined: Row) -> invited.Subscription:
    """Yes and No by the links in the mails; the feed of the one who says yes."""
    service, browser = quarter.service, quarter.service.browser()
    yes = quarter.the("invitations", talk=accepted["code"], role="speaker")
    no = quarter.the("invitations", talk=declined["code"], role="speaker")
    pages = {
        row["uid"]: invited.answer_page(browser, _mail_of(quarter, row), answer)
        for row, answer in ((yes, "accepted"), (no, "declined"))
    }
    before = quarter.tables["invitations"]
    assert service.rows("invitations") == before, "looking at a page is no answer"
    assert _workshop_beside(quarter, no["person"], declined) in {409, 422}
    invited.answer(browser, pages[yes["uid"]], "accepted")
    invited.answer(browser, pages[no["uid"]], "declined")
    quarter.read("invitations", "assignments")
    changed = {
        row["uid"]: (row["state"], row["answered_sequence"], row["answered_via"])
        for row in quarter.tables["invitations"]
        if row not in before
    }
    assert changed == {yes["uid"]: ("accepted", 0, "web"), no["uid"]: ("declined", 0, "web")}
    states = {(row["talk"], row["role"]): row["state"] for row in quarter.tables["assignments"]}
    assert states[accepted["code"], "speaker"] == "accepted"
    assert states[declined["code"], "speaker"] == "declined"
    assert _workshop_beside(quarter, no["person"], declined) == 200, "a No frees the evening"
    subscription = invited.subscribe(service, yes["recipient"])
    assert subscription.events()[yes["uid"]] == (0, "CONFIRMED")
    invited.fetch_again(subscription)
    return subscription


def _mail_of(quarter: Quarter, invitation: Row) -> Received:
    (mail,) = [
        mail
        for mail in mails.with_calendar(quarter.mailbox.log)
        if mails.invite(mail).uid == invitation["uid"]
    ]
    return mail


def _workshop_beside(quarter: Quarter, person: str, talk: Row) -> int:
    """The status with which a workshop of this person at the time of the talk is shown."""
    start = datetime.fromisoformat(talk["starts_at"])
    page = quarter.browser.open(f"{coordinator.TALKS}/neu")
    shown = quarter.browser.send(
        page.form(),
        format="workshop",
        title="Bewerbung schreiben",
        organisation="MO01",
        day=start.date().isoformat(),
        starts=f"{start:%H:%M}",
        minutes="60",
        address="Rathausplatz 1",
        language="de",
        speakers=person,
    )
    return shown.status


def _move(quarter: Quarter, talk: Row, subscription: invited.Subscription) -> None:
    """Same UIDs, a higher SEQUENCE, everybody asked again; the feed says the same."""
    etag = invited.fetch_again(subscription)
    day = _free_day(quarter, talk)
    known = quarter.all_of("invitations", talk=talk["code"])
    moved = quarter.invites_of(
        lambda: coordinator.change_talk(
            quarter.browser, talk["code"], "verschieben", day=day.date().isoformat()
        )
    )
    assert moved.keys() == {row["uid"] for row in known}
    assert {(one.method, one.sequence, one.starts) for one in moved.values()} == {
        ("REQUEST", 1, day)
    }
    quarter.read("talks", "invitations")
    now = quarter.all_of("invitations", talk=talk["code"])
    assert {(row["state"], row["sequence"]) for row in now} == {("open", 1)}
    assert quarter.the("talks", code=talk["code"])["starts_at"] == day.isoformat()
    speaker = quarter.the("invitations", talk=talk["code"], role="speaker")
    assert subscription.events()[speaker["uid"]] == (1, "CONFIRMED")
    assert invited.fetch_again(subscription) != etag


def _free_day(quarter: Quarter, talk: Row) -> datetime:
    """The first day after the talk's on which neither its people nor its hosts have another."""
    people = {row["person"] for row in quarter.all_of("assignments", talk=talk["code"])}
    busy = {
        row["starts_at"][:10] for row in quarter.tables["assignments"] if row["person"] in people
    }
    busy |= {
        row["starts_at"][:10] for row in quarter.all_of("talks", organisation=talk["organisation"])
    }
    day = datetime.fromisoformat(talk["starts_at"]) + DAY
    while day.date().isoformat() in busy:
        day += DAY
    return day


def _call_off(quarter: Quarter, talk: Row, subscription: invited.Subscription) -> None:
    """A cancellation to everybody who was invited, with the same UID; their links end."""
    known = quarter.all_of("invitations", talk=talk["code"])
    gone = quarter.invites_of(
        lambda: coordinator.change_talk(
            quarter.browser, talk["code"], "absagen", reason="Wasserschaden im Saal"
        )
    )
    start = datetime.fromisoformat(talk["starts_at"])
    assert gone.keys() == {row["uid"] for row in known}
    assert {(one.method, one.sequence, one.starts) for one in gone.values()} == {
        ("CANCEL", 1, start)
    }
    quarter.read("talks", "invitations", "requests")
    assert quarter.the("talks", code=talk["code"])["state"] == "cancelled"
    assert quarter.the("requests", code=talk["request"])["state"] == "ready"
    for row in quarter.all_of("invitations", talk=talk["code"]):
        assert (row["state"], row["sequence"]) == ("cancelled", 1)
    speaker = quarter.the("invitations", talk=talk["code"], role="speaker")
    assert subscription.events()[speaker["uid"]] == (1, "CANCELLED")
    link = mails.link_in(_first_mail(quarter, speaker), "/antwort/")
    assert quarter.service.browser().open(link).status == 410


def _first_mail(quarter: Quarter, invitation: Row) -> Received:
    return next(
        mail
        for mail in mails.with_calendar(quarter.mailbox.log)
        if mails.invite(mail).uid == invitation["uid"]
    )


def _hold(quarter: Quarter, talk: Row) -> None:
    """After the evening: who came, and that it took place."""
    quarter.browser = coordinator.sign_in(quarter.service)
    page = quarter.browser.open(f"{coordinator.TALKS}/{talk['code']}/durchgefuehrt")
    page = quarter.browser.send(page.form(), participants="14")
    assert (page.status, page.address) == (200, f"{coordinator.TALKS}/{talk['code']}")
    assert "14" in page.words
    quarter.read("talks", "assignments", "requests")
    assert quarter.the("talks", code=talk["code"])["state"] == "done"
    assert quarter.the("requests", code=talk["request"])["state"] == "done"
    team = quarter.all_of("assignments", talk=talk["code"])
    assert {row["state"] for row in team} == {"done"}


def _nothing_went_wrong(quarter: Quarter) -> None:
    quarter.read("outbox")
    assert {row["state"] for row in quarter.tables["outbox"]} == {"sent"}
    assert len(quarter.mailbox.log) == len(quarter.tables["outbox"])
    for mail in quarter.mailbox.log:
        mails.plain(mail)
    health = quarter.service.health()
    assert health["mail"] == {"waiting": 0, "dead": 0, "uncertain": 0, "trouble": None}
    assert (health["database"], health["queue"]) == ("ok", "ok")
    troubles = [name for name, said in quarter.service.logs() if "ERROR" in said]
    assert troubles == []
