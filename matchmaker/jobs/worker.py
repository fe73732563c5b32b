"""The worker: a thread for each lane (`jobs.lanes`), woken by the queue and by the clock."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.jobs.lanes import lanes, sweeps
from matchmaker.jobs.lanes.kinds import Work
from matchmaker.jobs.listening import QuietConsumer
from matchmaker.jobs.queue import open_queue
from matchmaker.jobs.trouble import DATABASE_AWAY, Trouble, reason
from matchmaker.jobs.workplace import Workplace, open_workplace
from matchmaker.models import Heartbeat
from matchmaker.services.house import signs

SWEEP_SECONDS = 60.0
DEMO_SWEEP_SECONDS = 10.0
STOP_SECONDS = 20.0
LONGEST_DELAY = 0.25
"""Seconds between two looks at a queue that cannot wake anybody: people wait for answers."""

log = logging.getLogger(__name__)


@contextmanager
def _opened(place: Workplace) -> Iterator[dict[str, Work]]:
    """What each lane does; what they hold ends with the block."""
    with ExitStack() as held:
        yield {lane.name: held.enter_context(lane.open(place)) for lane in lanes()}


class LaneThread(threading.Thread):
    """Does one kind of work whenever it is woken, and at the latest after `sweep` seconds."""

    def __init__(self, name: str, work: Work, place: Workplace, sweep: float, watch: Watch) -> None:
        super().__init__(name=f"lane-{name}", daemon=True)
        self.lane, self.work, self.place = name, work, place
        self.sweep, self.watch = sweep, watch
        self._woken = threading.Event()
        self._woken.set()  # what was left over from before is done first

    def wake(self) -> None:
        self._woken.set()

    def run(self) -> None:
        while not self.place.stop.is_set():
            self._woken.wait(self.sweep)
            self._woken.clear()
            if not self.place.stop.is_set():
                self._work()

    def _work(self) -> None:
        # A lane never dies of one bad record or an hour without a database: it tries again.
        with self.watch.over(f"lane {self.lane}"):
            note = self.work(self.place)
            beat(self.place.factory, self.lane, self.place.clock(), note)


class Watch:
    """What goes wrong in the worker, in as few lines as tell it: the database once for all."""

    def __init__(self) -> None:
        self._database = Trouble(log, "the database does not answer, trying again every minute")
        self._bugs: dict[str, Trouble] = {}

    @contextmanager
    def over(self, what: str) -> Iterator[None]:
        """Goes on after any error in the block, which has been told then."""
        bug = self._bugs.setdefault(what, Trouble(log, f"{what}: trouble"))
        try:
            yield
        except DATABASE_AWAY as error:
            self._database.met(error)
        except Exception as error:
            bug.met(error, traceback=True)
        else:
            self._database.over()
            bug.over()


def run_worker(settings: Settings, stop_event: threading.Event | None = None) -> None:
    """Work until `stop_event` is set, or SIGTERM or SIGINT where this is the main thread.

    Ends when the mail in hand is sent; a plan in the making goes back to the queue.
    """
    stop = stop_event or threading.Event()
    sweep = DEMO_SWEEP_SECONDS if settings.demo else SWEEP_SECONDS
    with (
        _stopped_by_signals(stop),
        open_workplace(settings, stop) as place,
        _opened(place) as work,
    ):
        watch = Watch()
        threads: Mapping[str, LaneThread] = {
            name: LaneThread(name, job, place, sweep, watch) for name, job in work.items()
        }
        for thread in threads.values():
            thread.start()
        try:
            with _listening(settings, threads):
                _sweep(place, threads, sweep, watch)
        finally:
            stop.set()
            for thread in threads.values():
                thread.wake()
            for thread in threads.values():
                thread.join(STOP_SECONDS)


def _sweep(
    place: Workplace, threads: Mapping[str, LaneThread], seconds: float, watch: Watch
) -> None:
    """Sign of life, and a wake-up for everybody: finds what a lost message has left behind."""
    while True:
        with watch.over("heartbeat"):
            beat(place.factory, signs.WORKER, place.clock())
        for sweep in sweeps():
            with watch.over(sweep.name):
                sweep.job(place)
        if place.stop.wait(seconds):
            return
        for thread in threads.values():
            thread.wake()


def beat(factory: sessionmaker[Session], name: str, now: datetime, note: str = "") -> None:
    """Write down that this job has run."""
    with factory.begin() as session:
        session.merge(Heartbeat(name=name, at=now, note=note))


@contextmanager
def _listening(settings: Settings, threads: Mapping[str, LaneThread]) -> Iterator[None]:
    """Let the queue's messages wake the lanes. Without a queue the sweep alone does it."""

    def wake(name: str) -> None:
        if name in threads:
            threads[name].wake()

    consumer = _consumer(settings)
    if consumer is None:
        yield
        return
    queue = open_queue(settings)
    queue.listeners.append(wake)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        queue.listeners.remove(wake)


def _consumer(settings: Settings) -> QuietConsumer | None:
    try:
        huey = open_queue(settings).huey
    except Exception as error:  # whatever the storage raises: the work is in rows
        log.warning("no queue (%s); work is found by the sweep", reason(error))
        return None
    return QuietConsumer(huey, workers=1, periodic=False, max_delay=LONGEST_DELAY)


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
