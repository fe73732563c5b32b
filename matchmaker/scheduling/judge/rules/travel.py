from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from matchmaker.scheduling.judge.breach import Fact, Finding, about, about_all, rule
from matchmaker.scheduling.judge.marking import marked as _
from matchmaker.scheduling.judge.plan import Plan, Talk
from matchmaker.scheduling.problem import Commitment, Person, Travel

OVERLAP = _("%(requests)s of %(person)s overlap at %(start)s.")
ELSEWHERE = _("%(request)s overlaps another commitment of %(person)s, %(start)s to %(end)s.")


@rule("travel", _("Between what a person does on one day there is time for the way."))
def travel(plan: Plan) -> Iterator[Finding]:
    for id_, talks in plan.talks_by_person.items():
        person = plan.problem.person[id_]
        for index, talk in enumerate(talks):
            yield from _between_talks(
                plan.problem.travel, person, talk, islice(talks, index + 1, None)
            )
            yield from _to_commitments(plan.problem.travel, person, talk)


def _between_talks(
    travel: Travel, person: Person, first: Talk, later: Iterator[Talk]
) -> Iterator[Finding]:
    for second in later:
        overlap = second.start < first.end
        if not overlap and second.day != first.day:
            return  # the talks stand in the order of their start
        needed = _minutes(travel, first, second)
        gap = _gap(first, second)
        if overlap:
            yield about_all((first, second), OVERLAP, person.id, start=second.start)
        elif gap < needed:
            template = _(
                "Minutes of %(person)s between %(requests)s on %(day)s: %(gap)s; "
                "needed: %(needed)s."
            )
            facts: dict[str, Fact] = {"day": first.day, "gap": gap, "needed": needed}
            yield about_all((first, second), template, person.id, **facts)


def _to_commitments(travel: Travel, person: Person, talk: Talk) -> Iterator[Finding]:
    for other in person.commitments:
        span = {"start": other.start, "end": other.end}
        if talk.overlaps(other.start, other.end):
            yield about(talk, ELSEWHERE, person.id, **span)
            continue
        if not _touches_day_of(talk, other):
            continue
        earlier, later = (other, talk) if other.end <= talk.start else (talk, other)
        needed = _minutes(travel, earlier, later)
        gap = _gap(earlier, later)
        if gap < needed:
            template = _(
                "Minutes of %(person)s between %(request)s and another commitment, "
                "%(start)s to %(end)s: %(gap)s; needed: %(needed)s."
            )
            yield about(talk, template, person.id, gap=gap, needed=needed, **span)


def _touches_day_of(talk: Talk, other: Commitment) -> bool:
    if other.start.date() > talk.day:
        return False
    return other.end > datetime.combine(talk.day, time())


def _minutes(travel: Travel, earlier: Talk | Commitment, later: Talk | Commitment) -> int:
    if earlier.district is None or later.district is None:
        return travel.online_gap_minutes
    return travel.between(earlier.district, later.district)


def _gap(earlier: Talk | Commitment, later: Talk | Commitment) -> int:
    return (later.start - earlier.end) // timedelta(minutes=1)
