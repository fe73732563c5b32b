"""The process that keeps one plan ready for questions: `python -m matchmaker.jobs.keeper BYTES`.

Each line on standard input is a JSON object, each line on standard output the answer to it:
`{"problem": …, "plan": […]}` is kept from then on, anything else is a question about it. Nothing
that is kept here counts: the process may be ended at any moment.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

from matchmaker.jobs.keepers import UNKNOWN
from matchmaker.jobs.limited import ORPHANED, limit_memory
from matchmaker.scheduling.events import (
    Absence,
    Cancellation,
    Decline,
    Event,
    LateRequest,
    VenueLoss,
)
from matchmaker.scheduling.formats import (
    explanations_to_json,
    read_problem,
    repair_to_json,
    unlocking_to_json,
)
from matchmaker.scheduling.formats.problem import assignment_reader
from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Days, Problem
from matchmaker.scheduling.solving.explain import explanation
from matchmaker.scheduling.solving.kept import Kept, keep
from matchmaker.scheduling.solving.repair import repair
from matchmaker.scheduling.solving.unlock import unlock

Document = Mapping[str, Any]

THREADS = 1
"""The machine belongs to the pages and to the next plan first."""


def main(arguments: list[str]) -> None:
    limit_memory(int(arguments[0]))
    answers = _way_out()
    questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, questions), daemon=True).start()
    keeper = Keeper()
    while True:
        answer = json.dumps(_told(keeper, questions.get()), ensure_ascii=False)
        answers.write(answer.encode() + b"\n")
        answers.flush()


def _way_out() -> IO[bytes]:
    """Standard output for the answers alone: what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _read(stream: IO[bytes], questions: queue.SimpleQueue[bytes]) -> None:
    """The end of the input is the end of whoever asks: nobody waits for what is being computed."""
    for line in stream:
        questions.put(line)
    os._exit(ORPHANED)


def _told(keeper: Keeper, line: bytes) -> Document:
    question = None
    try:
        question = json.loads(line)
        return {"answer": keeper.answer(question)}
    except (KeyError, ValueError, StopIteration) as error:
        sys.stderr.write(f"{_misfit(question, error)}\n")
        return {"error": UNKNOWN}


def _misfit(question: object, error: Exception) -> str:
    """One line: pages are left open for hours, so this is no fault. The place is for when it is."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    asked = question.get("kind", "plan") if isinstance(question, dict) else "no question"
    where = f"{Path(place.filename).name}:{place.lineno}"
    said = " ".join(str(error).split())
    return f"{asked}: does not fit the plan: {type(error).__name__} {said} ({where})"


class Keeper:
    """One plan, and the questions that it answers."""

    def __init__(self) -> None:
        self._kept: Kept | None = None

    @property
    def kept(self) -> Kept:
        if self._kept is None:
            raise ValueError("nothing is kept yet")
        return self._kept

    def answer(self, question: Document) -> Document:
        """KeyError or ValueError for what does not exist or does not fit."""
        match question:
            case {"problem": tree, "plan": rows}:
                read = assignment_reader(distinct_people=False)
                self._kept = keep(read_problem(tree), [read(row) for row in rows])
                return {}
            case {"kind": "explain", "request": str(request)}:
                return self._explained(request)
            case {"kind": "repair", "event": dict(event)}:
                return repair_to_json(repair(self.kept, event_of(self.kept.problem, event)))
            case {"kind": "unlock", "seconds": int(seconds)}:
                return self._unlocked(seconds)
        raise ValueError("no such question")

    def _explained(self, request: str) -> Document:
        # Somebody looks for another place, so its own is no longer fixed.
        kept = self.kept.released(request)
        row: Document = explanations_to_json([explanation(kept, request)])["requests"][0]
        return row

    def _unlocked(self, seconds: int) -> Document:
        problem, plan = self.kept.problem, list(self.kept.talks.values())
        allowed = judge(problem, plan).allowed
        found = unlock(problem, plan, allowed=allowed, time_limit=seconds, threads=THREADS)
        return unlocking_to_json(found)


def event_of(problem: Problem, told: Document) -> Event:
    """An event from its entries as `matchmaker/repair@1` has them; KeyError, ValueError."""
    match told:
        case {"kind": "decline", "person": person, "request": request}:
            return Decline(_known(person, problem.person), _known(request, problem.request))
        case {"kind": "absence", "person": person}:
            return Absence(_known(person, problem.person), _days(told))
        case {"kind": "cancellation", "request": request}:
            return Cancellation(_known(request, problem.request))
        case {"kind": "venue_loss", "venue": venue}:
            return VenueLoss(venue, _days(told))
        case {"kind": "late_request", "request": request}:
            return LateRequest(_known(request, problem.request))
    raise ValueError("no such event")


def _known(name: str, names: Mapping[str, object]) -> str:
    if name not in names:
        raise KeyError(name)
    return name


def _days(told: Document) -> Days | None:
    first, last = told.get("from"), told.get("to")
    if first is None and last is None:
        return None
    return (
        date.fromisoformat(first) if first else date.min,
        date.fromisoformat(last) if last else date.max,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
