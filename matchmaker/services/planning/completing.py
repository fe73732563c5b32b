"""The likeliest people for one request at one start, whoever may be free; judged, not solved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, islice, product

from matchmaker.scheduling.beside import Beside
from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Mode,
    Person,
    Problem,
    Request,
    Speaker,
)

MOST_TEAMS, MOST_COMPLETIONS = 2000, 100
"""Teams that are put in order, and those of them that are judged."""

GERMAN = "de"
ONE_DAY = timedelta(days=1)


class Completing:
    """Teams for a request of a problem, beside the rest of a plan."""

    def __init__(self, problem: Problem, beside: Beside, request: str) -> None:
        self.problem, self.beside = problem, beside
        self.request: Request = problem.request[request]

    def completed(self, start: datetime, person: str = "") -> Assignment | None:
        """The placement at `start`, with `person` if one is named, that breaks the fewest rules.

        None if nobody could be named for it.
        """
        likely = sorted(islice(self._at(start, person), MOST_TEAMS), key=self._strangers)
        return min(likely[:MOST_COMPLETIONS], key=self._worth, default=None)

    def _worth(self, row: Assignment) -> tuple[int, int]:
        return len(self.beside.breaches(row)), -self.beside.gain(row)

    def _at(self, start: datetime, person: str) -> Iterator[Assignment]:
        """Teams for the start; those who can come first."""
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
