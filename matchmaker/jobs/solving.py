"""Making the plans that rows ask for: claim, search in a process of its own, judge, keep."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, fields, replace
from typing import Any

from matchmaker.config import Settings
from matchmaker.jobs import runs
from matchmaker.jobs.queue import poke
from matchmaker.jobs.search import Search, SearchFailed, search
from matchmaker.jobs.workplace import Workplace, open_workplace
from matchmaker.models import Proposal, SolveRun
from matchmaker.models.states import ACTIVE_RUNS, RunState
from matchmaker.scheduling import proposal as core
from matchmaker.scheduling.formats import FormatError
from matchmaker.scheduling.problem import Weights
from matchmaker.services.desk import SYSTEM, Actor
from matchmaker.services.errors import ServiceError
from matchmaker.services.planning.judging import RulesBroken
from matchmaker.services.planning.rounds import request_plan

LOOK_SECONDS = 0.2
SHOW_SECONDS = 0.5
RENEW_SECONDS = runs.LEASE.total_seconds() / 3
COUNTING_SECONDS = 5
COUNTING_THREADS = 1
"""The count is only told beside the plan; it shall not take the plan's time."""

GRACE_SECONDS = 60
"""How much longer than its limit a search may take, with starting, reading and writing."""

ONLY_SERVED = Weights(**{row.name: 0 for row in fields(Weights)} | {"serve": 1})
"""With these, and no day dearer than others, the points are the number of requests served."""

log = logging.getLogger(__name__)


def work_off(place: Workplace) -> int:
    """Make every plan that waits; returns how many runs were taken up."""
    taken = 0
    while not place.stop.is_set():
        with place.factory() as session:
            due = runs.due_runs(session, place.clock())
        if not any(solve_run(place, run_id) for run_id in due):
            return taken
        taken += 1
    return taken


def solve_run(place: Workplace, run_id: int) -> bool:
    """Make one plan if nobody else does; whatever happens, its row says what became of it."""
    try:
        job = runs.claim(place, run_id)
        if job is None:
            return False
        _solve(place, job)
    except (SearchFailed, FormatError, ServiceError, OSError) as error:
        log.warning("run %s failed: %s", run_id, error)
        runs.fail(place, run_id, _told(error))
    except Exception:
        log.exception("run %s failed", run_id)
        runs.fail(place, run_id, "The plan could not be made because of a fault in this program.")
    return True


def _solve(place: Workplace, job: runs.Job) -> None:
    problem, limits = job.made.problem, {"time_limit": job.time_limit, "seed": job.seed}
    counted = replace(problem, weights=ONLY_SERVED, discouraged_days={})
    with (
        search(problem, **limits) as running,
        search(counted, **limits, threads=COUNTING_THREADS) as counting,
    ):
        watch = _Watch(place, job, running, counting)
        proposal = watch.until_end()
    if proposal is not None:
        served = len(proposal.assignments)
        most = watch.most
        runs.finish(place, job, proposal, most if most is not None and most >= served else None)


class _Watch:
    """Follows two searches: for the best plan, and for how many requests can be served at all."""

    def __init__(self, place: Workplace, job: runs.Job, running: Search, counting: Search) -> None:
        self.place, self.job, self.running, self.counting = place, job, running, counting
        self.report: dict[str, Any] = {}
        self.most: int | None = None

    def until_end(self) -> core.Proposal | None:
        """The plan, or None if the run was stopped, cancelled or lost on the way."""
        started = shown = time.monotonic()
        while not self.running.ended(LOOK_SECONDS):
            now = time.monotonic()
            if self.place.stop.is_set():
                runs.give_back(self.place, self.job)
                return None
            if now - started > self.job.time_limit * 1.1 + GRACE_SECONDS:
                raise SearchFailed("The solver did not end in time.")
            if (self._look() and now - shown > SHOW_SECONDS) or now - shown > RENEW_SECONDS:
                if not runs.keep(self.place, self.job, self.report):
                    return None
                shown = now
        self.counting.ended(COUNTING_SECONDS)
        if said := self.counting.failure():
            log.warning("run %s: nobody knows how many can be served: %s", self.job.run_id, said)
        self._look()
        return self.running.proposal() if runs.keep(self.place, self.job, self.report) else None

    def _look(self) -> bool:
        """Whether there is news; it is kept in the report."""
        news, count = self.running.news(), self.counting.news()
        if count is not None and count.get("bound") is not None:
            self.most = int(count["bound"])
        self.report |= {**(news or {}), "most": self.most}
        return news is not None or count is not None


def _told(error: Exception) -> str:
    if isinstance(error, RulesBroken):
        lines = (f"{breach.code}: {breach.message}" for breach in error.breaches)
        return "\n".join(["The judge refuses the solver's plan.", *lines])
    return str(error)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What became of a run; `proposal` is the number of the version that it has made."""

    run_id: int
    state: RunState
    proposal: int | None
    error: str


def run_now(
    settings: Settings,
    round_id: int,
    *,
    wait: bool = False,
    keep: bool = False,
    actor: Actor = SYSTEM,
    patience: float = 3.0,
) -> RunOutcome:
    """Ask for a plan; with `wait` until it is there, made here if no worker takes it up.

    `keep` as in `request_plan`; `patience` is how many seconds a worker has to take it up. Raises
    NotFound and NotPossible.
    """
    with open_workplace(settings) as place:
        with place.factory.begin() as session:
            run_id = request_plan(session, place.desk(actor), round_id, keep=keep).id
        poke(settings, "plan")
        if wait:
            _wait(place, run_id, patience)
        return outcome(place, run_id)


def _wait(place: Workplace, run_id: int, patience: float) -> None:
    asked = time.monotonic()
    while True:
        with place.factory() as session:
            run = session.get_one(SolveRun, run_id)
            waiting = run_id in runs.due_runs(session, place.clock())
            if run.state not in ACTIVE_RUNS:
                return
        if waiting and time.monotonic() - asked >= patience:
            solve_run(place, run_id)
        time.sleep(LOOK_SECONDS)


def outcome(place: Workplace, run_id: int) -> RunOutcome:
    with place.factory() as session:
        run = session.get_one(SolveRun, run_id)
        stored = session.get(Proposal, run.proposal_id) if run.proposal_id else None
        return RunOutcome(run.id, run.state, stored.number if stored else None, run.error)
