"""What a reading of somebody's calendar says, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_time

from matchmaker.calendars.reading.report import Reason
from matchmaker.i18n import N_, format_day
from matchmaker.models import CalendarSource
from matchmaker.models.states import CalendarSourceKind, CalendarSourceState
from matchmaker.services.sources.reading import Failure
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _

SHOWN_STARTS = 12

REASONS: Mapping[str, str] = {
    Reason.FREE: N_("marked as free"),
    Reason.CANCELLED: N_("called off"),
    Reason.OWN: N_("our own invitations: we know these talks already"),
    Reason.OLDER: N_("replaced by a later version in the same file"),
    Reason.OUTSIDE: N_("over, or more than 400 days away"),
    Reason.NO_LENGTH: N_("without a length"),
    Reason.NOT_AN_EVENT: N_("tasks or notes"),
    Reason.NO_START: N_("without a beginning"),
    Reason.BAD_TIME: N_("with a date or time that cannot be read"),
    Reason.BACKWARDS: N_("that end before they begin"),
    Reason.UNREADABLE: N_("that cannot be understood: only the first date counts"),
    Reason.TOO_MANY_OCCURRENCES: N_("beyond the 5,000 single times that we read"),
    Reason.TOO_SLOW: N_("that take too long to work out: only the first date counts"),
    Reason.BAD_RULE: N_("with a repetition that cannot be read: only the first date counts"),
    Reason.FAST_RULE: N_("that recur too often: only the first date counts"),
    Reason.EXRULE: N_("with exceptions of an old kind: too much may be marked as busy"),
    Reason.BAD_DATE: N_("with single dates that cannot be read"),
    Reason.TOO_MANY_DATES: N_("with more than 200 single dates: only 200 count"),
    Reason.FLOATING: N_("without a time zone: read as Berlin time"),
    Reason.UNKNOWN_ZONE: N_("in a time zone that nobody knows: read as Berlin time"),
}

WARNINGS: Mapping[str, str] = {
    Reason.ENCODING: N_(
        "The file is written in an old way. Letters may look odd, times are right."
    ),
    Reason.TOO_LARGE: N_("The calendar is larger than 1 MB. Only its beginning was read."),
    Reason.CUT_OFF: N_("The file ends in the middle. Something may be missing."),
    Reason.TOO_MANY_ENTRIES: N_(
        "There are more than 5,000 entries. Only the first 5,000 were read."
    ),
    Reason.BAD_ZONE: N_("The calendar names a time zone that nobody knows."),
}

FAILURES: Mapping[str, str] = {
    Failure.NOT_A_CALENDAR: N_(
        "This is not a calendar file, whatever its name. Please export your calendar in your "
        "calendar program as an .ics file."
    ),
    Failure.GAVE_UP: N_("This calendar takes too long to read. Please export a shorter period."),
    Failure.UNREACHABLE: N_("We get no answer at this address."),
    Failure.GONE: N_("There is no calendar at this address any more."),
    Failure.REFUSED: N_(
        "The server does not give the calendar to us. Is the address the secret one?"
    ),
    Failure.TROUBLE: N_("The server of the calendar reports trouble."),
    Failure.TOO_LARGE: N_("The calendar is larger than 1 MB. Please share a smaller one."),
    Failure.INCOMPLETE: N_("Not everything in this calendar could be read the last time."),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Entries with one thing to say of them; `starts` are the beginnings of some."""

    number: int
    words: str
    starts: tuple[str, ...]


def remarks(report: Mapping[str, Any] | None) -> Iterator[Remark]:
    """What was not taken over, or not as it was written; what concerns most comes first."""
    reasons: Mapping[str, int] = (report or {}).get("reasons", {})
    entries = (report or {}).get("entries", [])
    for reason, number in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        starts = [row["start"] for row in entries if row["reason"] == reason and row["start"]]
        yield Remark(number, _(REASONS.get(reason, reason)), tuple(starts[:SHOWN_STARTS]))


def start(text: str) -> str:
    """The beginning of an entry as the report has it: a day, or a day with a time."""
    if "T" not in text:
        return format_day(date.fromisoformat(text), locale())
    at = datetime.fromisoformat(text)
    return f"{format_day(at.date(), locale())}, {format_time(at, 'short', locale=locale())}"


def warnings(report: Mapping[str, Any] | None) -> list[str]:
    found = (report or {}).get("warnings", [])
    return [_(WARNINGS[reason]) for reason in found if reason in WARNINGS]


def failure(source: CalendarSource) -> str:
    """Why the last try failed; empty if it did not."""
    return _(FAILURES.get(source.failure, FAILURES[Failure.TROUBLE])) if source.failure else ""


def state(source: CalendarSource) -> tuple[str, str, str]:
    """Word, tone and icon."""
    if source.state is CalendarSourceState.WAITING:
        return _("being read"), "info", "clock"
    if source.state is CalendarSourceState.FAILED:
        return _("not readable"), "attention", "help"
    if source.state is CalendarSourceState.READ:
        return _("does not count yet"), "attention", "help"
    if source.failure:
        return _("counts, but is not up to date"), "attention", "help"
    return _("counts"), "good", "done"


def kind(source: CalendarSource) -> str:
    if source.kind is CalendarSourceKind.UPLOAD:
        return _("File")
    return _("Subscription, read every hour")
