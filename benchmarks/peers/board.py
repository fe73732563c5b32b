"""A plan in the making: what is legal beside it, what it would earn, and taking talks back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from matchmaker.scheduling.problem import Assignment, Mode, Request
from peers.facts import DAY, Facts, minute
from peers.menu import NEVER, Menu

BATCH = 64
_WEEK, _MONTH, _CODES = 2**20, 2**21, 2**22


@dataclass(frozen=True, slots=True)
class Talk:
    """One request with everything decided; `points` are those that no other talk changes."""

    number: int
    start: int
    end: int
    online: bool
    language: str
    people: tuple[int, ...]
    points: int = 0


@cache
def periods(day: int) -> tuple[int, int, int]:
    """Codes of the day (an ordinal), its ISO week and its month; all of them differ."""
    at = date.fromordinal(day)
    return day, _WEEK + (day - 1) // 7, _MONTH + at.year * 12 + at.month


class Board:
    """Fixed talks stand on it from the beginning, whatever rules they break."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.talks: dict[int, Talk] = {}
        self.load: defaultdict[int, int] = defaultdict(int)
        self._day: defaultdict[tuple[int, int], list[tuple[int, int, str | None]]] = defaultdict(
            list
        )
        self._host: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._venue: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.fixed = frozenset(self._place_fixed())

    def _place_fixed(self) -> list[int]:
        numbers = {row.id: number for number, row in enumerate(self.facts.problem.requests)}
        for row in self.facts.problem.fixed:
            number = numbers[row.request]
            start = minute(row.start)
            end = start + self.facts.problem.requests[number].minutes
            people = tuple(self.facts.number[name] for name in row.people)
            online = row.mode is Mode.ONLINE
            self.place(Talk(number, start, end, online, row.language, people))
        return [numbers[row.request] for row in self.facts.problem.fixed]

    def person_room(self, person: int, code: int) -> int:
        """How many more talks the person can have: in a period by its code, in all if 0."""
        row = self.facts.people[person]
        if code == 0:
            most = row.max_talks
        elif code >= _MONTH:
            most = row.max_per_month
        else:
            most = row.max_per_week if code >= _WEEK else row.max_per_day
        return max(most - self.load[person * _CODES + code], 0)

    def host_room(self, organisation: str, code: int) -> int:
        """How many more talks the organisation can have; no limit counts by the month."""
        row = self.facts.problem.organisation[organisation]
        limit = row.max_per_week if code >= _WEEK else 1
        most = row.max_talks if code == 0 else limit
        return max(most - self._host[organisation, code], 0)

    def gain(self, talk: Talk) -> int:
        """What the talk, which is not on the board, would add to the total."""
        organisation = self.facts.problem.requests[talk.number].organisation
        burden = sum(self.burden(person) for person in talk.people)
        return talk.points + self.fairness(organisation) - burden

    def place(self, talk: Talk) -> None:
        self.talks[talk.number] = talk
        self._count(talk, 1)
        for person in talk.people:
            self._day[person, talk.start // DAY].append(self._stop(talk))
        request = self.facts.problem.requests[talk.number]
        if request.venue is not None:
            self._venue[request.venue].append((talk.start, talk.end))

    def remove(self, number: int) -> Talk:
        talk = self.talks.pop(number)
        self._count(talk, -1)
        for person in talk.people:
            self._day[person, talk.start // DAY].remove(self._stop(talk))
        request = self.facts.problem.requests[talk.number]
        if request.venue is not None:
            self._venue[request.venue].remove((talk.start, talk.end))
        return talk

    def _count(self, talk: Talk, change: int) -> None:
        codes = periods(talk.start // DAY)
        organisation = self.facts.problem.requests[talk.number].organisation
        for code in (0, *codes):
            self._host[organisation, code] += change
            for person in talk.people:
                self.load[person * _CODES + code] += change

    def _stop(self, talk: Talk) -> tuple[int, int, str | None]:
        district = None if talk.online else self.facts.problem.requests[talk.number].district
        return talk.start, talk.end, district

    def takes(self, person: int, start: int, end: int, district: str | None) -> bool:
        """Whether the person's loads, and the ways to and from their other talks, allow it."""
        row, base = self.facts.people[person], person * _CODES
        day, week, month = periods(start // DAY)
        load = self.load
        if (
            load[base] >= row.max_talks
            or load[base + month] >= row.max_per_month
            or load[base + week] >= row.max_per_week
            or load[base + day] >= row.max_per_day
        ):
            return False
        return not load[base + day] or all(
            end + self.facts.gap(district, there) <= begins
            or ends + self.facts.gap(there, district) <= start
            for begins, ends, there in self._day[person, day]
        )

    def welcome(self, request: Request, start: int) -> bool:
        """Whether the host and the venue can have a talk of this request then."""
        organisation = self.facts.problem.organisation[request.organisation]
        day, week, _ = periods(start // DAY)
        host = self._host
        if (
            host[organisation.id, 0] >= organisation.max_talks
            or host[organisation.id, day]
            or host[organisation.id, week] >= organisation.max_per_week
        ):
            return False
        if request.venue is None:
            return True
        end = start + request.minutes
        return all(
            end <= begins or ends <= start for begins, ends in self._venue.get(request.venue, ())
        )

    def fairness(self, organisation: str, ahead: int = 0) -> int:
        """What one more talk of the organisation earns, so many others having come before it."""
        weights = self.facts.problem.weights
        past = self.facts.problem.organisation[organisation].past_talks
        nth = past + self._host[organisation, 0] + ahead + 1
        steps = {1: weights.fair_first, 2: weights.fair_second, 3: weights.fair_third}
        return steps.get(nth, 0)

    def burden(self, person: int, ahead: int = 0) -> int:
        """What one more talk of the person costs, so many others having come before it."""
        talks = self.facts.people[person].past_talks + self.load[person * _CODES] + ahead
        return 2 * self.facts.problem.weights.balance * talks

    def best(self, menu: Menu) -> Talk | None:
        """The legal column that adds most to the total; None if none adds anything."""
        if menu.number in self.talks:
            return None
        extra = menu.worth + self.fairness(menu.request.organisation)
        best: Talk | None = None
        gain = -extra
        open_slots: dict[int, bool] = {}
        for begin in range(0, len(menu), BATCH):
            for points, slot, team in menu.columns(begin, begin + BATCH):
                if points <= gain:
                    return best
                if slot not in open_slots:
                    open_slots[slot] = self.welcome(menu.request, int(menu.slots.start[slot]))
                if not open_slots[slot]:
                    continue
                found = self._staffed(menu, points, slot, team, gain)
                if found is not None:
                    gain, people = found
                    best = self._talk(menu, slot, team, people, gain)
        return best

    def _staffed(
        self, menu: Menu, points: int, slot: int, team: int, floor: int
    ) -> tuple[int, tuple[int, ...]] | None:
        """The column's points beside this plan and all its people, if more than `floor`."""
        chosen = menu.teams[team]
        points -= sum(self.burden(person) for person in chosen.speakers)
        if points <= floor:
            return None
        start = int(menu.slots.start[slot])
        end = start + menu.request.minutes
        district = None if menu.slots.online[slot] else menu.request.district
        if not all(self.takes(person, start, end, district) for person in chosen.speakers):
            return None
        if not chosen.interpreters:
            return points, chosen.speakers
        helpers = menu.helpers[menu.helpers_of(chosen, slot)]
        costs = helpers.cost[:, slot]
        able = sorted(
            (cost + self.burden(person), person)
            for person, cost in zip(helpers.numbers.tolist(), costs.tolist(), strict=True)
            if cost < NEVER and self.takes(person, start, end, district)
        )[: chosen.interpreters]
        if len(able) < chosen.interpreters:
            return None
        cheapest = sorted(costs.tolist())[: chosen.interpreters]
        points += sum(cheapest) - sum(cost for cost, _ in able)
        people = (*chosen.speakers, *(person for _, person in able))
        return (points, people) if points > floor else None

    def _talk(self, menu: Menu, slot: int, team: int, people: tuple[int, ...], gain: int) -> Talk:
        start = int(menu.slots.start[slot])
        burden = sum(self.burden(person) for person in people)
        return Talk(
            menu.number,
            start,
            start + menu.request.minutes,
            bool(menu.slots.online[slot]),
            menu.teams[team].language,
            people,
            menu.worth + gain + burden,
        )

    def assignments(self) -> list[Assignment]:
        """The plan in the official form; fixed talks exactly as they are given."""
        problem = self.facts.problem
        rows = []
        for number, talk in sorted(self.talks.items()):
            request = problem.requests[number]
            if number in self.fixed:
                rows.append(self.facts.fixed[request.id])
            else:
                rows.append(
                    self.facts.assignment(
                        request, talk.start, talk.online, talk.language, talk.people
                    )
                )
        return rows
