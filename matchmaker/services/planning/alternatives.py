"""Other evenings and people for one request, the rest of the plan as it is; judged, not solved.

Everything that a rule or a score part ties to a talk is its host's, its room's or its people's
other talks. So each candidate is judged together with those alone, which is exact and quick.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from itertools import combinations, islice, product

from matchmaker.scheduling.judge import Breach
from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Mode,
    Person,
    Problem,
    Request,
    Speaker,
)
from matchmaker.scheduling.proposal import Score
from matchmaker.services.planning.judging import about, judged

MOST_CANDIDATES = 400
"""More are never looked at; the likeliest come first."""

MOST_TEAMS, MOST_COMPLETIONS = 2000, 100
"""For one start: teams that are put in order, and those of them that are judged."""

GERMAN = "de"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alternative:
    """An allowed assignment and the points that it adds to the rest of the plan, by part."""

    assignment: Assignment
    score: Score


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one assignment adds to the rest of the plan, and which rules it breaks there."""

    score: Score
    breaches: tuple[Breach, ...]


class Bench:
    """A plan without one request, ready to try that request in other places."""

    def __init__(self, problem: Problem, plan: Iterable[Assignment], request: str) -> None:
        fixed = tuple(row for row in problem.fixed if row.request != request)
        self.problem = replace(problem, fixed=fixed)
        self.request: Request = problem.request[request]
        self._by_host: defaultdict[str, list[Assignment]] = defaultdict(list)
        self._by_room: defaultdict[str, list[Assignment]] = defaultdict(list)
        self._by_person: defaultdict[str, list[Assignment]] = defaultdict(list)
        for row in plan:
            if row.request != request and row.request in problem.request:
                self._file(row)

    def _file(self, row: Assignment) -> None:
        asked = self.problem.request[row.request]
        self._by_host[asked.organisation].append(row)
        if asked.venue is not None:
            self._by_room[asked.venue].append(row)
        for person in row.people:
            self._by_person[person].append(row)

    def load(self, person: str) -> int:
        """How many other talks the plan gives somebody."""
        return len(self._by_person[person])

    def opinion(self, assignment: Assignment) -> Opinion:
        """What the judge says of this placement."""
        around = self._around(assignment)
        alone = judged(self.problem, around)
        together = judged(self.problem, [*around, assignment])
        return Opinion(
            score=_difference(together.score, alone.score),
            breaches=tuple(about(together, assignment.request)),
        )

    def _around(self, assignment: Assignment) -> list[Assignment]:
        related = list(self._by_host[self.request.organisation])
        if self.request.venue is not None:
            related += self._by_room[self.request.venue]
        for person in assignment.people:
            related += self._by_person[person]
        return list({row.request: row for row in related}.values())

    def alternatives(self, limit: int = 5, without: Assignment | None = None) -> list[Alternative]:
        """The best allowed placements, most points first; never `without` itself."""
        found = []
        for candidate in islice(self._candidates(), MOST_CANDIDATES):
            if candidate == without:
                continue
            opinion = self.opinion(candidate)
            if not opinion.breaches:
                found.append(Alternative(candidate, opinion.score))
        found.sort(key=lambda row: (-row.score.total, row.assignment.start, row.assignment.people))
        return list(islice(_one_a_team_and_day(found), limit))

    def completed(self, start: datetime, person: str = "") -> Assignment | None:
        """The placement at `start`, with `person` if one is named, that breaks the fewest rules.

        None if nobody could be named for it.
        """
        likely = sorted(islice(self._at(start, person), MOST_TEAMS), key=self._strangers)
        tried = ((self.opinion(row), row) for row in likely[:MOST_COMPLETIONS])
        best = min(
            tried, key=lambda pair: (len(pair[0].breaches), -pair[0].score.total), default=None
        )
        return None if best is None else best[1]

    def _at(self, start: datetime, person: str) -> Iterator[Assignment]:
        """Teams for one start, whoever may be free; those who can come first."""
        modes = [mode for mode in Mode if self.request.mode.allows(mode)]
        speakers = [
            row for row in self.problem.speakers
            if row.id == person or (person not in self.problem.speaker and self._fits(row))
        ]  # fmt: skip
        for mode, language in product(modes, self.request.languages):
            helpers = [row for row in self.problem.interpreters if language in row.languages]
            helpers.sort(key=lambda row: not self._can_come(row, start, mode))
            speakers.sort(key=lambda row: not self._can_come(row, start, mode))
            for speaker in speakers:
                for team in self._interpreting(speaker, language, helpers):
                    if person in ("", speaker.id, *team):
                        yield Assignment(
                            request=self.request.id,
                            start=start,
                            mode=mode,
                            language=language,
                            speakers=(speaker.id,),
                            interpreters=team,
                        )

    def _strangers(self, row: Assignment) -> int:
        """How many of a team cannot come at all."""
        people = (self.problem.person[code] for code in row.people)
        return sum(not self._can_come(one, row.start, row.mode) for one in people)

    def _candidates(self) -> Iterator[Assignment]:
        """Likely placements, cheapest days and best languages first."""
        starts = sorted(self._starts(), key=lambda start: (self._cost(start), start))
        for start in starts:
            for mode in Mode:
                if not self.request.mode.allows(mode):
                    continue
                for language in self.request.languages:
                    yield from self._teams(start, mode, language)

    def _cost(self, start: datetime) -> int:
        weight = self.problem.weights.preference
        liked = max(
            (row.preference for row in self.request.windows if row.start <= start < row.end),
            default=0,
        )
        return self.problem.discouraged_days.get(start.date(), 0) - weight * liked

    def _starts(self) -> set[datetime]:
        """Every start on the grid inside a window, on a day that is not closed."""
        minutes = timedelta(minutes=self.request.minutes)
        step = timedelta(minutes=self.problem.start_grid_minutes)
        starts = set()
        for window in self.request.windows:
            day = datetime.combine(window.start, time(0))
            start = day + -(-(window.start - day) // step) * step
            while start + minutes <= window.end:
                if start.date() not in self.problem.closed_days:
                    starts.add(start)
                start += step
        return starts

    def _teams(self, start: datetime, mode: Mode, language: str) -> Iterator[Assignment]:
        helpers = [
            row for row in self.problem.interpreters
            if language in row.languages and self._can_come(row, start, mode)
        ]  # fmt: skip
        for speaker in self.problem.speakers:
            if not self._fits(speaker) or not self._can_come(speaker, start, mode):
                continue
            for team in self._interpreting(speaker, language, helpers):
                yield Assignment(
                    request=self.request.id,
                    start=start,
                    mode=mode,
                    language=language,
                    speakers=(speaker.id,),
                    interpreters=team,
                )

    def _interpreting(
        self, speaker: Speaker, language: str, helpers: Sequence[Interpreter]
    ) -> Iterator[tuple[str, ...]]:
        if language in speaker.languages:
            yield ()
        elif language != GERMAN and GERMAN in speaker.languages:
            for team in combinations(helpers, self.request.interpreters_needed):
                yield tuple(sorted(row.id for row in team))

    def _fits(self, speaker: Speaker) -> bool:
        return (
            self.request.topics[0] in speaker.topics
            and speaker.id not in self.request.excluded_speakers
            and speaker.min_people <= self.request.people
        )

    def _can_come(self, person: Person, start: datetime, mode: Mode) -> bool:
        """What rules somebody out at a glance; the judge has the last word."""
        end = start + timedelta(minutes=self.request.minutes)
        districts = person.districts
        near = mode is not Mode.ONSITE or districts is None or self.request.district in districts
        return (
            near
            and mode in person.modes
            and (person.womens_groups or not self.request.womens_group)
            and any(begin <= start and end <= until for begin, until in person.available)
            and start.date() >= self.problem.now.date() + person.lead_days * ONE_DAY
        )


def _difference(after: Score, before: Score) -> Score:
    parts = {
        row.name: getattr(after, row.name) - getattr(before, row.name) for row in fields(Score)
    }
    return Score(**parts)


def _one_a_team_and_day(found: Iterable[Alternative]) -> Iterator[Alternative]:
    """Not the same people on the same day at every half hour."""
    seen = set()
    for row in found:
        key = (row.assignment.start.date(), row.assignment.people)
        if key not in seen:
            seen.add(key)
            yield row
