"""The form that puts a request on an evening: as typed, as read, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from werkzeug.datastructures import MultiDict

from matchmaker.dates import read_day, read_time
from matchmaker.i18n import N_
from matchmaker.models import Person
from matchmaker.models.states import Role
from matchmaker.scheduling.problem import Assignment, Mode

MOST_PEOPLE = 3
WAY = "statt"
"""What links and forms call the requests that make way, their codes divided by commas."""

OUT = "heraus"
"""What a link says so that the form for taking the request out is open."""

SPEAKER = Role.SPEAKER.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The fields as they stand in the form; people by code, empty ones left away."""

    day: str = ""
    start: str = ""
    mode: str = Mode.ONSITE.value
    language: str = ""
    speakers: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    reason: str = ""

    def faults(self, first: date, last: date) -> dict[str, str]:
        """What is missing or unreadable, by field."""
        found = {}
        day = read_day(self.day)
        if day is None:
            found["day"] = N_("Please give a day. Example: 19.01.2027.")
        elif not first <= day <= last:
            found["day"] = N_("Please choose a day within the period of the round.")
        if read_time(self.start) is None:
            found["start"] = N_("Please give a time. Example: 18:00.")
        if not self.language:
            found["language"] = N_("Please choose the language of the evening.")
        if not self.speakers:
            found["speaker"] = N_("Please choose who speaks.")
        if len(set(self.speakers)) < len(self.speakers):
            found["speaker"] = N_("Please choose each person only once.")
        if len(set(self.interpreters)) < len(self.interpreters):
            found["interpreter"] = N_("Please choose each person only once.")
        return found

    def assignment(self, code: str) -> Assignment:
        """What was typed, once it has no faults."""
        day, start = read_day(self.day), read_time(self.start)
        return Assignment(
            request=code,
            start=datetime.combine(day or date.min, start or time(0)),
            mode=Mode(self.mode),
            language=self.language,
            speakers=tuple(sorted(self.speakers)),
            interpreters=tuple(sorted(self.interpreters)),
        )


def from_request(form: MultiDict[str, str]) -> Typed:
    return _typed(form, form.getlist("speaker"), form.getlist("interpreter"))


def of_assignment(row: Assignment) -> Typed:
    return Typed(
        day=row.start.date().isoformat(),
        start=f"{row.start:%H:%M}",
        mode=row.mode.value,
        language=row.language,
        speakers=row.speakers,
        interpreters=row.interpreters,
    )


def link_values(row: Assignment) -> dict[str, str]:
    """What a link says of a placement so that the form is filled in with exactly that."""
    typed = of_assignment(row)
    return {
        "day": typed.day,
        "start": typed.start,
        "mode": typed.mode,
        "language": typed.language,
        "speaker": ",".join(typed.speakers),
        "interpreter": ",".join(typed.interpreters),
    }


def from_link(given: Mapping[str, str]) -> Typed | None:
    """The form as `link_values` says; None where a link names no speakers."""
    speakers, interpreters = (given.get(name, "").split(",") for name in ("speaker", "interpreter"))
    return _typed(given, speakers, interpreters) if any(speakers) else None


def prepared(typed: Typed, given: Mapping[str, str], people: Mapping[str, Person]) -> Typed:
    """The form with what a link has filled in where nobody completes it: day, time, one person."""
    person = people.get(given.get("person", ""))
    speaks = person is not None and person.profile is not None and person.profile.kind == SPEAKER
    chosen = (person.code,) if person is not None else ()
    return replace(
        typed,
        day=given.get("day", typed.day),
        start=given.get("start", typed.start),
        speakers=chosen if speaks else typed.speakers,
        interpreters=chosen if chosen and not speaks else typed.interpreters,
    )


def moment_of(given: Mapping[str, str]) -> datetime | None:
    """The day and time that a link has filled in."""
    day, start = read_day(given.get("day", "")), read_time(given.get("start", ""))
    return None if day is None or start is None else datetime.combine(day, start)


def _typed(given: Mapping[str, str], speakers: Sequence[str], interpreters: Sequence[str]) -> Typed:
    mode = given.get("mode", "")
    return Typed(
        day=given.get("day", ""),
        start=given.get("start", ""),
        mode=mode if mode in set(Mode) else Mode.ONSITE.value,
        language=given.get("language", ""),
        speakers=_chosen(speakers),
        interpreters=_chosen(interpreters),
        reason=given.get("reason", ""),
    )


def _chosen(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(code for code in codes[:MOST_PEOPLE] if code)
