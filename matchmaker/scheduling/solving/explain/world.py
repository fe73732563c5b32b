"""A request's surroundings in a world in which a remedy has been carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from matchmaker.scheduling.problem import (
    Assignment,
    Interpreter,
    Interval,
    Mode,
    Organisation,
    Person,
    Request,
    RequestMode,
    Window,
    hours_from,
)
from matchmaker.scheduling.solving.kept.kept import Kept

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """The kept plan with single facts changed.

    `people` are the changed ones, `newcomers` interpreters whom nobody knows yet, `gone` requests
    whose talks have left, `opened` days on which talks are possible after all. `crowded`: the host
    takes several a day.
    """

    kept: Kept
    request: Request
    host: Organisation
    people: Mapping[str, Person] = field(default_factory=dict)
    newcomers: tuple[Interpreter, ...] = ()
    gone: frozenset[str] = frozenset()
    opened: frozenset[date] = frozenset()
    crowded: bool = False

    @classmethod
    def of(cls, kept: Kept, request: int) -> World:
        wanted = kept.request(request)
        return cls(kept, wanted, kept.problem.organisation[wanted.organisation])

    def person(self, name: str) -> Person:
        return self.people.get(name) or self.kept.problem.person[name]

    def talks_of(self, name: str) -> list[Assignment]:
        row = self.kept.tables.person_row.get(name)
        return [] if row is None else self._staying(self.kept.talks_of(row))

    def talks_at_host(self) -> list[Assignment]:
        row = self.kept.tables.organisation_row[self.host.id]
        return self._staying([self.kept.talks[talk] for talk in self.kept.held_by(row).tolist()])

    def talks_in_venue(self) -> list[Assignment]:
        row = self.kept.row(self.request.id)
        guests = self.kept.held_in(int(self.kept.tables.requests.venue[row]))
        return self._staying([self.kept.talks[talk] for talk in guests.tolist()])

    def _staying(self, talks: list[Assignment]) -> list[Assignment]:
        return [talk for talk in talks if talk.request not in self.gone]

    def with_person(self, name: str, **fields: Any) -> World:
        changed: Person = replace(self.person(name), **fields)
        return replace(self, people={**self.people, name: changed})

    def without(self, *requests: str) -> World:
        return replace(self, gone=self.gone.union(requests))


def carry_out(world: World, rule: str, remedy: Json) -> World:
    """The world after a remedy for the rule, with all the changes that it consists of."""
    for part in (remedy, *({**row, "start": remedy["start"]} for row in remedy.get("also", ()))):
        world = _CHANGES[rule](world, part)
    return world


def _span(world: World, part: Json) -> Interval:
    return hours_from(datetime.fromisoformat(part["start"]), world.request.minutes)


def _open_day(world: World, part: Json) -> World:
    return replace(world, opened=world.opened | {date.fromisoformat(part["day"])})


def _language(world: World, part: Json) -> World:
    if part["kind"] == "speaker":
        person = world.person(part["person"])
        return world.with_person(person.id, languages=(*person.languages, part["language"]))
    fresh = tuple(
        Interpreter(
            id="",  # which nobody else has
            languages=(part["language"],),
            home=world.request.district,
            available=(_span(world, part),),
            modes=tuple(Mode),
            womens_groups=True,
        )
        for _ in range(part["needed"])
    )
    return replace(world, newcomers=fresh)


def _district(world: World, part: Json) -> World:
    person = world.person(part["person"])
    return world.with_person(person.id, districts=(*(person.districts or ()), part["district"]))


def _mode(world: World, part: Json) -> World:
    if "person" not in part:
        return replace(world, request=replace(world.request, mode=RequestMode.EITHER))
    person = world.person(part["person"])
    return world.with_person(person.id, modes=(*person.modes, Mode(part["mode"])))


def _host_load(world: World, part: Json) -> World:
    if part["limit"] == "max_per_day":
        return replace(world, crowded=True)
    return replace(world, host=replace(world.host, **{part["limit"]: part["needed"]}))


def _travel(world: World, part: Json) -> World:
    """A talk leaves, or the person puts off the commitments of that day."""
    if "with" in part:
        return world.without(part["with"])
    day = datetime.fromisoformat(part["start"]).date()
    person = world.person(part["person"])
    kept = tuple(row for row in person.commitments if not row.start.date() <= day <= row.end.date())
    return world.with_person(person.id, commitments=kept)


def _availability(world: World, part: Json) -> World:
    person = world.person(part["person"])
    return world.with_person(person.id, available=(*person.available, _span(world, part)))


def _window(world: World, part: Json) -> World:
    windows = (*world.request.windows, Window(*_span(world, part)))
    return replace(world, request=replace(world.request, windows=windows))


def _topic(world: World, part: Json) -> World:
    known = world.kept.problem.speaker[part["person"]].topics
    return world.with_person(part["person"], topics={**known, part["topic"]: 1})


_CHANGES: dict[str, Callable[[World, Json], World]] = {
    "group_size": lambda world, part: replace(
        world, request=replace(world.request, people=part["needed"])
    ),
    "group": lambda world, part: world.with_person(part["person"], womens_groups=True),
    "lead_time": lambda world, part: world.with_person(part["person"], lead_days=part["days"]),
    "closed_day": _open_day,
    "blocked": _open_day,
    "language": _language,
    "district": _district,
    "mode": _mode,
    "venue": lambda world, part: world.without(*part["requests"]),
    "host_load": _host_load,
    "workload": lambda world, part: world.with_person(
        part["person"], **{part["limit"]: part["needed"]}
    ),
    "travel": _travel,
    "availability": _availability,
    "window": _window,
    "topic": _topic,
}
