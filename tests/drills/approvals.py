"""Many people approve overlapping evenings at the same moment, against two real processes.

For each slot (one speaker, one evening) there are several rounds, each with a plan that sends this
speaker to another association at that time, and several people press *Approve* in each of them.
Exactly one press a slot may win; everybody else must be told why theirs did not.

    python -m tests.drills.approvals --threads 200
    python -m tests.drills.approvals --threads 200 --postgres
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.database import open_clock, open_engine, session_factory
from matchmaker.models import Assignment, AuditEntry, OutboxMessage, Person, Talk
from matchmaker.models.states import Role
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from matchmaker.services.people import sessions
from tests import factories
from tests.services.plans import evening, stored_plan
from tests.support import databases, postgres
from tests.support.http import HttpClient
from tests.support.pages import Browser, Page
from tests.support.ports import free_port
from tests.support.service import Program, Service

ROUNDS_A_SLOT, PRESSES_A_ROUND = 4, 5
WEEKLY = ((1, 18, 20),)
PATIENCE = 900.0
"""Seconds for which the last in the queue waits on a slow machine."""
WON = "won"
TOLD = (
    (200, "1 talk is approved.", WON),
    (200, "have been approved already", "told: this evening has been approved already"),
    (200, "Nothing was sent: some of", "told: some evenings have been approved already"),
    (409, "has changed this round meanwhile", "told: somebody else has changed this round"),
    (409, "already has another talk then", "told: the speaker has another talk at that time"),
    (409, "has just planned one of these people", "told: somebody else was faster"),
    (422, "against a rule", "told: the evening breaks a rule by now, with the talk in its way"),
)
"""Status, words of the page, and what they mean to whoever pressed."""


@dataclass
class Outcome:
    """What came of a drill; `faults` are whatever must not happen."""

    presses: int
    slots: int
    seconds: float = 0.0
    slowest: float = 0.0
    told: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.presses} presses for {self.slots} slots in {self.seconds:.1f} s, "
            f"the slowest answer after {self.slowest:.1f} s",
            *(f"{count:4} x {words}" for words, count in self.told.most_common()),
            *(f"FAULT: {n} x {fault}" for fault, n in Counter(self.faults).most_common(20)),
            "ok" if not self.faults else "NOT OK",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Contest:
    """The rounds of one slot, and the speaker whom all of them want."""

    speaker_id: int
    rounds: tuple[int, ...]


def drill(service: Service, threads: int) -> Outcome:
    """Run it on a service whose database is empty; it is left running."""
    service.run("migrate")
    with _database(service) as (session, desk):
        contests = _contests(session, desk, -(-threads // (ROUNDS_A_SLOT * PRESSES_A_ROUND)))
        token = sessions.start(session, desk, factories.person(session, Role.COORDINATOR))
    addresses = [_serve(service) for _ in range(2)]
    wanted = [
        number for contest in contests for number in contest.rounds for _ in range(PRESSES_A_ROUND)
    ][:threads]
    browsers = [_browser(addresses[turn % 2], token) for turn in range(len(wanted))]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(_confirm_page, browsers, wanted))
    outcome = Outcome(len(wanted), len({_slot(contests, number) for number in wanted}))
    _press_together(outcome, browsers, pages)
    with _database(service) as (session, _):
        _judge(outcome, session)
    outcome.faults += [
        f"{name} said: {line}"
        for name, said in service.logs()
        for line in said.splitlines()
        if "locked" in line or "Traceback" in line or "unavailable" in line
    ]
    return outcome


@contextmanager
def _database(service: Service) -> Iterator[tuple[Session, Desk]]:
    settings = Settings.from_environment(service.environment)
    engine = open_engine(settings.database_url)
    factory = session_factory(engine)
    with factory() as session:
        clock = open_clock(settings, session)
    with factory.begin() as session:
        yield session, Desk(settings, clock())
    engine.dispose()


def _contests(session: Session, desk: Desk, slots: int) -> list[Contest]:
    people = [factories.speaker(session, topics={"ANE-01": 2}, weekly=WEEKLY) for _ in range(slots)]
    requests = {
        person.code: [factories.request(session, weekly=WEEKLY) for _ in range(ROUNDS_A_SLOT)]
        for person in people
    }
    contests = []
    for person in people:
        rounds = []
        for request in requests[person.code]:
            planning_round = factories.planning_round(session, name=f"Runde {request.code}")
            stored_plan(session, desk, planning_round, evening(request, person.code))
            rounds.append(planning_round.id)
        contests.append(Contest(person.id, tuple(rounds)))
    return contests


def _slot(contests: list[Contest], number: int) -> int:
    return next(contest.speaker_id for contest in contests if number in contest.rounds)


def _serve(service: Service) -> str:
    port = free_port()
    program: Program = service.start("serve", "--port", port)
    address = f"http://127.0.0.1:{port}"
    program.wait_until_ready(address)
    return address


def _browser(address: str, token: str) -> Browser:
    client = HttpClient(address, PATIENCE)
    client.cookies["session"] = token
    return Browser(client)  # type: ignore[arg-type]  # as much of a test client as is used


def _confirm_page(browser: Browser, round_id: int) -> Page:
    page = browser.open(f"/koordination/planung/{round_id}/freigabe?lang=en")
    assert page.status == 200, page.words
    return page


def _press_together(outcome: Outcome, browsers: list[Browser], pages: list[Page]) -> None:
    barrier = Barrier(len(browsers))

    def press(browser: Browser, page: Page) -> tuple[Page, float]:
        barrier.wait()
        began = time.monotonic()
        return browser.send(page.form("freigabe")), time.monotonic() - began

    began = time.monotonic()
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(press, browsers, pages))
    outcome.seconds = time.monotonic() - began
    outcome.slowest = max(seconds for _, seconds in answers)
    for page, _ in answers:
        meaning = _meaning(page)
        outcome.told[meaning or f"status {page.status}"] += 1
        if not meaning:
            outcome.faults.append(f"no explanation: {page.status} {page.words[:300]}")


def _meaning(page: Page) -> str:
    found = (name for status, words, name in TOLD if status == page.status and words in page.words)
    return next(found, "")


def _judge(outcome: Outcome, session: Session) -> None:
    def count(table: type) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    won = dict(
        session.execute(
            select(Person.code, func.count())
            .join(Assignment, Assignment.person_id == Person.id)
            .group_by(Person.code)
        ).all()
    )
    outcome.faults += [f"{code} was won {times} times" for code, times in won.items() if times > 1]
    approved = session.scalar(select(func.count()).where(AuditEntry.action == "round.approved"))
    facts = {
        "presses that won": outcome.told[WON],
        "slots with a winner": len(won),
        "talks": count(Talk),
        "mails to two people each": count(OutboxMessage) / 2,
        "approvals in the log": approved,
    }
    outcome.faults += [
        f"{name}: {found} instead of {outcome.slots}"
        for name, found in facts.items()
        if found != outcome.slots
    ]
    outcome.faults += [f"the log breaks at {entry}" for entry in audit.broken_links(session)]


@contextmanager
def _own_database(on_postgres: bool) -> Iterator[dict[str, str]]:
    """The settings of an empty database on a throwaway server, or of the usual SQLite file."""
    if not on_postgres:
        yield {}
        return
    with postgres.running_server() as server:
        url = databases.empty_postgres(postgres.required(server))
        yield {"DATABASE_URL": url.replace("postgresql+psycopg://", "postgresql://")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--threads", type=int, default=200)
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        _own_database(given.postgres) as settings,
    ):
        service = Service(Path(folder) / "service", settings)
        try:
            outcome = drill(service, given.threads)
        finally:
            service.close()
    print(outcome)
    raise SystemExit(bool(outcome.faults))


if __name__ == "__main__":
    main()
