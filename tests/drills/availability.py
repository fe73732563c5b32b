"""Does it ever hurt to offer more time? One speaker of each random problem gets one more evening.

A plan for the old problem is a plan for the new one, so the total of the best plan never falls;
that is a fault here. Whether the speaker has more or fewer talks afterwards is no law, neither
of best plans nor of any fair rule: it is counted. Fewer talks at an equal total are a matter of
taste between plans that are equally good; fewer at a higher total are a price that others' talks
were worth.

    python -m tests.drills.availability --problems 500
    python -m tests.drills.availability --problems 20 --crowded
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from random import Random

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Interval, Problem, Speaker
from matchmaker.scheduling.proposal import Proposal, Status
from matchmaker.scheduling.solving import solve
from tests.scheduling.solving.brute import joined
from tests.scheduling.solving.tiny import DAYS, at, crowded_problem, tiny_problem

SECONDS = 30
EVENINGS: Sequence[Interval] = [
    (at(day, start), at(day, start + hours))
    for day in DAYS
    for start in (15, 17)
    for hours in (3, 6)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What more time of one speaker has changed: the best total, and the speaker's own talks."""

    problem: str
    speaker: str
    total_before: int
    total_after: int
    talks_before: int
    talks_after: int
    old_plan_allowed: bool
    proven: bool = True

    @property
    def gain(self) -> int:
        return self.total_after - self.total_before

    @property
    def more_talks(self) -> int:
        return self.talks_after - self.talks_before

    @property
    def fault(self) -> str:
        """What must not happen; empty if all is well."""
        where = f"{self.problem}, more time of {self.speaker}"
        if self.gain < 0:
            return f"{where}: the best total fell from {self.total_before} to {self.total_after}"
        if not self.old_plan_allowed:
            return f"{where}: the old plan is not allowed any more"
        return ""


@dataclass(frozen=True, slots=True)
class Report:
    """What holds for best plans is only asked of those that are proven to be."""

    outcomes: Sequence[Outcome]

    @property
    def proven(self) -> list[Outcome]:
        return [row for row in self.outcomes if row.proven]

    @property
    def faults(self) -> list[str]:
        return [row.fault for row in self.proven if row.fault]

    @property
    def fewer(self) -> list[Outcome]:
        """Where the speaker has fewer talks with more time."""
        return [row for row in self.proven if row.more_talks < 0]

    def __str__(self) -> str:
        rows = self.proven
        higher = [row.gain for row in rows if row.gain > 0]
        return "\n".join(
            [
                f"{len(rows)} problems, one more evening of one speaker in each "
                f"({len(self.outcomes) - len(rows)} others not proven within {SECONDS} s)",
                "",
                "| best total | problems | points on average | at most |",
                "|---|---|---|---|",
                f"| higher | {len(higher)} | {_mean(higher)} | {max(higher, default=0)} |",
                f"| equal | {sum(row.gain == 0 for row in rows)} | 0 | 0 |",
                f"| lower | {sum(row.gain < 0 for row in rows)} | | |",
                "",
                "| the speaker's talks | problems | share | by how many |",
                "|---|---|---|---|",
                _talks_line("more", [row for row in rows if row.more_talks > 0], len(rows)),
                _talks_line("as many", [row for row in rows if not row.more_talks], len(rows)),
                _talks_line(
                    "fewer, at an equal total",
                    [row for row in self.fewer if not row.gain],
                    len(rows),
                ),
                _talks_line(
                    "fewer, at a higher total", [row for row in self.fewer if row.gain], len(rows)
                ),
                *(["", *self.faults] if self.faults else []),
            ]
        )


def drill(problems: int, made: Callable[[int], Problem] = tiny_problem) -> Report:
    """Solve so many random problems, each with less and with more time of a speaker."""
    found = (outcome_of(made(seed), seed) for seed in count())
    return Report(list(islice((row for row in found if row is not None), problems)))


def outcome_of(problem: Problem, seed: int) -> Outcome | None:
    """One problem of the drill; the seed chooses who has more time, and when.

    None if every speaker has time in every evening already.
    """
    offer = with_more_time(problem, Random(seed))
    return None if offer is None else measured(f"seed {seed}", problem, *offer)


def measured(name: str, problem: Problem, speaker: str, more: Problem) -> Outcome:
    """What becomes of the total and of the speaker's talks in the problem with `more` time."""
    before, after = (solve(row, threads=1, time_limit=SECONDS) for row in (problem, more))
    return Outcome(
        problem=name,
        speaker=speaker,
        total_before=before.score.total,
        total_after=after.score.total,
        talks_before=_talks(before, speaker),
        talks_after=_talks(after, speaker),
        old_plan_allowed=judge(more, before.assignments).allowed,
        proven=before.status is after.status is Status.OPTIMAL,
    )


def with_more_time(problem: Problem, random: Random) -> tuple[str, Problem] | None:
    """A speaker, and the problem in which that speaker has time in another evening, too."""
    offers = [
        (index, evening)
        for index, speaker in enumerate(problem.speakers)
        for evening in EVENINGS
        if not _covers(speaker, evening)
    ]
    if not offers:
        return None
    index, evening = random.choice(offers)
    speakers = list(problem.speakers)
    speaker = speakers[index]
    speakers[index] = replace(speaker, available=(*speaker.available, evening))
    return speaker.id, replace(problem, speakers=tuple(speakers))


def _covers(speaker: Speaker, extra: Interval) -> bool:
    return joined((*speaker.available, extra)) == joined(speaker.available)


def _talks(proposal: Proposal, person: str) -> int:
    return sum(person in row.people for row in proposal.assignments)


def _mean(values: Sequence[int]) -> int:
    return round(sum(values) / len(values)) if values else 0


def _talks_line(label: str, rows: Iterable[Outcome], of: int) -> str:
    counts = Counter(abs(row.more_talks) for row in rows)
    size = sum(counts.values())
    by = ", ".join(f"{count} x {talks}" for talks, count in sorted(counts.items()) if talks)
    return f"| {label} | {size} | {100 * size / max(of, 1):.1f} % | {by} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--crowded", action="store_true", help="60 requests each instead of 4")
    given = parser.parse_args()
    report = drill(given.problems, crowded_problem if given.crowded else tiny_problem)
    print(report)
    raise SystemExit(bool(report.faults))


if __name__ == "__main__":
    main()
