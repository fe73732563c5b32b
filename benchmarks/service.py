"""Measure the web side and the mail: `python benchmarks/service.py` prints a table.

Fills a database of its own, starts the real server beside a bare Flask page that only says hello,
and asks both in turn, so that a slow moment of the machine slows both. Takes a few minutes; needs
gunicorn and aiosmtpd (the extra `dev`).
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlencode

import quarter
from load import CONNECTIONS, Ask, Measured, measure
from places import free_port, mailbox, mute
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.database import open_engine, session_factory
from matchmaker.models import Invitation, Organisation, OutboxMessage, Person, Talk, migrations
from matchmaker.models.states import InvitationRole, OutboxState, TokenPurpose
from matchmaker.services.desk import Desk
from matchmaker.services.house import tokens
from matchmaker.services.inviting import feeds, invitations, wide_feeds
from matchmaker.services.inviting.invitations import Place
from matchmaker.services.inviting.wide_feeds import Whose
from matchmaker.services.people import sessions
from matchmaker.services.talks import approval

ROOT = Path(__file__).parents[1]
WORKERS, THREADS, SENDERS = 2, 4, 2
FEED_EVENTS = 50
WARM_SECONDS = 3.0
START_SECONDS = 2.0  # until workers have taken their first mails
HELLO = "from flask import Flask\napp = Flask('hello')\napp.get('/')(lambda: 'Hello, World!')\n"
ANSWERS = ("accepted", "tentative")


@dataclass(frozen=True, slots=True)
class House:
    """A filled service: its settings and how its processes are told of them."""

    settings: Settings
    environment: Mapping[str, str]

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = open_engine(self.settings.database_url)
        with session_factory(engine).begin() as session:
            yield session
        engine.dispose()

    @property
    def desk(self) -> Desk:
        return Desk(self.settings, quarter.NOW)


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    figure: str
    wanted: str


def opened(folder: Path, mail_port: int) -> House:
    """An empty database and the settings of everything that uses it."""
    given = {
        "INSTANCE": str(folder / "instance"),
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "MAIL_FROM": "planung@arbeitsmarkt.example",
        "CLOCK_START": quarter.NOW.isoformat(),
        "PROXY_HOPS": "1",
    }
    variables = {f"MATCHMAKER_{name}": text for name, text in given.items()}
    unset = {"PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME"}
    environment = {
        **{name: text for name, text in os.environ.items() if name not in unset},
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]),
        # As after an installation: a start never has to compile the sources first.
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        **variables,
    }
    settings = Settings.from_environment(variables)
    engine = open_engine(settings.database_url)
    migrations.upgrade(engine)
    engine.dispose()
    (folder / "hello.py").write_text(HELLO, encoding="utf-8")
    return House(settings, environment)


@contextmanager
def served(house: House, app: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn with `app`, as docs/operating.md starts it, once it answers."""
    command = [
        *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"),
        *("--workers", str(WORKERS), "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"),
        app,
    ]
    process = subprocess.Popen(command, env=dict(house.environment))
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10):  # noqa: S310  # our own address
                return
        except OSError:
            time.sleep(0.01)


def subscribe(house: House) -> None:
    """Somebody reads the feeds of the coordination, of every organisation and of the public."""
    with house.session() as session:
        boss = session.scalars(select(Person).where(Person.email == quarter.COORDINATOR)).one()
        feeds_of = [Whose(person=boss), wide_feeds.PUBLIC]
        feeds_of += [Whose(organisation=one) for one in session.scalars(select(Organisation))]
        for whose in feeds_of:
            wide_feeds.renew(session, house.desk, whose)


def approve(house: House, round_id: int) -> tuple[float, float, int]:
    """Seconds on the clock and of the processor until everything is queued, and how many mails."""
    begin, used = time.perf_counter(), time.process_time()
    with house.session() as session:
        mails = approval.approve(session, house.desk, round_id).mails
    return time.perf_counter() - begin, time.process_time() - used, mails


def cold_start(house: House) -> float:
    """Seconds from starting the server to its first answer, the best of three."""
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        with served(house, "matchmaker.web.wsgi:app", free_port()):
            taken.append(time.perf_counter() - begin)
    return min(taken)


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """What the server's workers hold together (shared pages count by half)."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    rolled = (Path(f"/proc/{child}/smaps_rollup").read_text() for child in children)
    found = (re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE) for text in rolled)
    return sum(int(match.group(1)) for match in found if match) / 1024


def asks(house: House) -> dict[str, Ask]:
    """One request of every kind that is promised to be fast."""
    with house.session() as session:
        feed = _feed_of_a_guest(session, house.desk)
        boss = session.scalars(select(Person).where(Person.email == quarter.COORDINATOR)).one()
        cookie = {"Cookie": f"session={sessions.start(session, house.desk, boss)}"}
    base = house.settings.base_url
    with urllib.request.urlopen(feed) as first:  # noqa: S310  # our own address
        tag = first.headers["ETag"]
    return {
        "feed, If-None-Match hit": Ask(url=feed, headers={"If-None-Match": tag}, expected=304),
        "feed, 50 events, changed": Ask(url=feed),
        "signed-in list, 50 of 10,000": Ask(url=f"{base}/koordination/anfragen", headers=cookie),
        "signed-in list of the talks": Ask(url=f"{base}/koordination/termine", headers=cookie),
        **forms(house),
    }


def forms(house: House) -> dict[str, Ask]:
    """The page on which people answer, and what it sends, for one person after the other."""
    with house.session() as session:
        answering = [
            f"/antwort/{tokens.issue(session, house.desk, TokenPurpose.ANSWER, invited)}"
            for invited in session.scalars(select(Invitation.id).order_by(Invitation.id))
        ]
    url = f"{house.settings.base_url}{answering[0]}"
    with urllib.request.urlopen(url) as page:  # noqa: S310  # our own address
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
    if token is None:
        raise RuntimeError("the answer page has no form")
    facts = [{"csrf_token": token.group(1), "antwort": said, "sequence": 0} for said in ANSWERS]
    links, bodies = itertools.cycle(answering), itertools.cycle(map(urlencode, facts))
    callers = map(IPv4Address, itertools.count(int(IPv4Address("10.0.0.1"))))
    asked = Ask(url=url, caller=lambda: str(next(callers)), path=lambda: next(links))
    return {
        "form page (an answer)": asked,
        "durable form post (an answer)": replace(
            asked,
            method="POST",
            body=lambda: next(bodies),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            expected=303,
        ),
    }


def _feed_of_a_guest(session: Session, desk: Desk) -> str:
    """The address of the feed of somebody who is invited to fifty talks."""
    guest = Person(
        code="G1", name="Gast", email="gast@verein.example", created_at=desk.now, role_rows=[]
    )
    session.add(guest)
    session.flush()
    talks = session.scalars(select(Talk).order_by(Talk.id).limit(FEED_EVENTS))
    places = [Place(talk=talk, person=guest, role=InvitationRole.GUEST) for talk in talks]
    invitations.invite_all(session, desk, places)
    feeds.refresh_feed(session, desk, guest.id)
    return feeds.open_feed(session, desk, guest)


def compared(ask: Ask, hello: Ask, seconds: float, rounds: int) -> tuple[Measured, Measured]:
    """Both in turn, `rounds` times `seconds` each."""
    one, other = Measured(), Measured()
    for _ in range(rounds):
        one.add(measure(ask, seconds))
        other.add(measure(hello, seconds))
    return one, other


WANTED = {
    "feed, If-None-Match hit": "≥ 1,000/s, ≥ 0.50, ≤ 25 ms",
    "feed, 50 events, changed": "≥ 600/s, ≥ 0.30, ≤ 40 ms",
    "signed-in list, 50 of 10,000": "≥ 250/s, ≥ 0.15, ≤ 80 ms",
    "durable form post (an answer)": "≥ 250/s, ≤ 300 ms",
}


def paths(house: House, seconds: float, rounds: int) -> Iterator[Row]:
    """Every path beside the hello page, then what the server's workers hold."""
    hello_port, port = free_port(), _port_of(house)
    with ExitStack() as stack:
        server = stack.enter_context(served(house, "matchmaker.web.wsgi:app", port))
        stack.enter_context(served(house, "hello:app", hello_port))
        hello = Ask(url=f"http://127.0.0.1:{hello_port}/")
        for name, ask in asks(house).items():
            measure(ask, WARM_SECONDS)
            found, bare = compared(ask, hello, seconds, rounds)
            wrong = "".join(f", {count}× {status}" for status, count in found.wrong.items())
            ratio = f"ratio {found.rate / bare.rate:.2f}"
            figure = f"{found.rate:,.0f}/s, {ratio}, p99 {found.p99_ms:.0f} ms{wrong}"
            yield Row(name, figure, WANTED.get(name, ""))
        yield Row(f"memory of {WORKERS} web workers", f"{memory_mb(server):.0f} MB", "≤ 300 MB")


def drained(house: House) -> float:
    """Mails a second, from the first that leaves to the last, with two workers."""
    with working(house):
        begin = waiting = _unsent(house)
        since = time.perf_counter()
        while waiting:
            if waiting == begin:
                since = time.perf_counter()
            time.sleep(0.05)
            waiting = _unsent(house)
        return begin / (time.perf_counter() - since)


@contextmanager
def working(house: House) -> Iterator[None]:
    """Two workers are at work."""
    command = [sys.executable, "-m", "matchmaker", "worker"]
    workers = [
        subprocess.Popen(command, env=dict(house.environment), stdout=subprocess.DEVNULL)
        for _ in range(SENDERS)
    ]
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()


def queue_all_again(house: House) -> None:
    """So that there is something to send to a server that says nothing."""
    with house.session() as session:
        session.execute(update(OutboxMessage).values(state=OutboxState.QUEUED, dots=0, attempts=0))


def beside_mute_mail(house: House, seconds: float, rounds: int) -> Iterator[Row]:
    """Form pages while all mails wait for a server that says nothing, and while none is tried."""
    with mute() as port, served(house, "matchmaker.web.wsgi:app", _port_of(house)):
        hung = with_mail(house, f"smtp://127.0.0.1:{port}")
        for name, ask in forms(house).items():
            measure(ask, WARM_SECONDS)
            beside, without = Measured(), Measured()
            for _ in range(rounds):
                for place, found in ((hung, beside), (with_mail(house, ""), without)):
                    with working(place):
                        time.sleep(START_SECONDS)
                        found.add(measure(ask, seconds))
            times = beside.p99_ms / without.p99_ms
            figure = f"p99 {beside.p99_ms:.0f} ms, {times:.2f} × as long as without"
            yield Row(f"{name}, beside a mute mail server", figure, "≤ 1.5 ×")


def with_mail(house: House, url: str) -> House:
    """The same, its mail going to this address."""
    return replace(house, environment={**house.environment, "MATCHMAKER_MAIL_URL": url})


def _port_of(house: House) -> int:
    return int(house.settings.base_url.rpartition(":")[2])


def _unsent(house: House) -> int:
    with house.session() as session:
        unsent = select(func.count()).where(OutboxMessage.state != OutboxState.SENT)
        return session.scalar(unsent.select_from(OutboxMessage)) or 0


def rows(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    with mailbox() as mail_port:
        house = opened(folder, mail_port)
        with house.session() as session:
            round_id = quarter.fill(
                session, house.desk, talks=options.talks, earlier=options.requests - options.talks
            )
        if options.subscribed:
            subscribe(house)
        wall, used, mails = approve(house, round_id)
        yield Row(
            f"approval of {options.talks} talks: feeds and {mails} mails queued",
            f"{wall:.1f} s ({used:.1f} s of one core)",
            "≤ 5 s",
        )
        yield Row("drain to a local SMTP server, two workers", f"{drained(house):.0f}/s", "≥ 100/s")
        queue_all_again(house)
        yield from beside_mute_mail(house, options.seconds, options.rounds)
    house = with_mail(house, "")
    yield Row("cold start of the web server", f"{cold_start(house):.1f} s", "≤ 2 s")
    yield from paths(house, options.seconds, options.rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talks", type=int, default=300)
    parser.add_argument("--subscribed", action="store_true", help="approve with all feeds in use")
    parser.add_argument("--requests", type=int, default=10_000, help="how many there are in all")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each path and of hello")
    options = parser.parse_args()
    names = ("flask", "sqlalchemy", "gunicorn")
    print(
        f"{date.today():%d %B %Y}, {os.cpu_count()} cores ({platform.machine()}), "  # noqa: DTZ011
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f", SQLite; {CONNECTIONS} connections\n"
    )
    print("| what | figure | promised |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(options, Path(folder)):
            print(f"| {row.what} | {row.figure} | {row.wanted} |", flush=True)


if __name__ == "__main__":
    main()
