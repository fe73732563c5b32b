"""The times as a form: from times to fields and back, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from babel.dates import format_date, get_day_names
from werkzeug.datastructures import MultiDict

from matchmaker.dates import read_day, read_time
from matchmaker.i18n import N_, format_day, format_time_range
from matchmaker.models import Person
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.times.availability_facts import (
    BANDS,
    PARTS,
    Availability,
    DayTime,
    WeeklyTime,
    band,
    normal,
)
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _

WEEKLY_FIELDS = ("weekday", "weekly_kind", "weekly_starts", "weekly_ends", "valid_from", "valid_to")
DAY_FIELDS = ("day_kind", "first_day", "last_day", "day_starts", "day_ends")
WEEKLY_KINDS = (AvailabilityKind.AVAILABLE, AvailabilityKind.AVOID)
DAY_KINDS = (AvailabilityKind.AVAILABLE, AvailabilityKind.OFF, AvailabilityKind.AVOID)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they were sent: `bands` and `removed` are keys, the others as typed."""

    bands: frozenset[str]
    removed: frozenset[str]
    school_holidays_off: bool
    new: dict[str, str]

    @property
    def has_weekly(self) -> bool:
        return bool(self.new["weekly_starts"] or self.new["weekly_ends"])

    @property
    def has_days(self) -> bool:
        return any(self.new[name] for name in DAY_FIELDS if name != "day_kind")


def from_request(form: MultiDict[str, str]) -> Typed:
    return Typed(
        bands=frozenset(form.getlist("band")),
        removed=frozenset(form.getlist("remove")),
        school_holidays_off="school_holidays_off" in form,
        new={name: form.get(name, "").strip() for name in (*WEEKLY_FIELDS, *DAY_FIELDS)},
    )


def from_facts(facts: Availability) -> Typed:
    """The page as it is opened: what is stored, and empty fields for more."""
    return Typed(
        bands=frozenset(band_key(key) for key in facts.bands),
        removed=frozenset(),
        school_holidays_off=facts.school_holidays_off,
        new=dict.fromkeys((*WEEKLY_FIELDS, *DAY_FIELDS), ""),
    )


def to_facts(typed: Typed, stored: Availability) -> tuple[Availability, dict[str, str]]:
    """The wanted times, and the faults of what cannot be read (field → message id)."""
    faults: dict[str, str] = {}
    weekly = [band(key) for key in BANDS if band_key(key) in typed.bands]
    weekly += [row for row in stored.other_weekly if row_key(row) not in typed.removed]
    days = [row for row in stored.days if row_key(row) not in typed.removed]
    if typed.has_weekly:
        weekly += _new_weekly(typed.new, faults)
    if typed.has_days:
        days += _new_days(typed.new, faults)
    wanted = Availability(
        weekly=tuple(weekly), days=tuple(days), school_holidays_off=typed.school_holidays_off
    )
    return wanted, faults


def _new_weekly(new: dict[str, str], faults: dict[str, str]) -> list[WeeklyTime]:
    starts = _time(new, "weekly_starts", faults)
    ends = _time(new, "weekly_ends", faults)
    valid_from = _optional_day(new, "valid_from", faults)
    valid_to = _optional_day(new, "valid_to", faults)
    weekday = new["weekday"]
    if weekday not in set("0123456"):
        faults["weekday"] = N_("Weekday: please choose one from the list.")
    if starts is None or ends is None or "weekday" in faults:
        return []
    return [
        WeeklyTime(
            weekday=int(weekday),
            starts=starts,
            ends=ends,
            kind=_kind(new["weekly_kind"], WEEKLY_KINDS),
            valid_from=valid_from,
            valid_to=valid_to,
        )
    ]


def _new_days(new: dict[str, str], faults: dict[str, str]) -> list[DayTime]:
    first = read_day(new["first_day"])
    if first is None:
        faults["first_day"] = N_("Day: please give a day, for example 19.01.2027.")
    last = _optional_day(new, "last_day", faults) or first
    starts = _time(new, "day_starts", faults) if new["day_starts"] else None
    ends = _time(new, "day_ends", faults) if new["day_ends"] else None
    if first is None or last is None:
        return []
    kind = _kind(new["day_kind"], DAY_KINDS)
    return [DayTime(kind=kind, first_day=first, last_day=last, starts=starts, ends=ends)]


def _time(new: dict[str, str], name: str, faults: dict[str, str]) -> time | None:
    moment = read_time(new[name])
    if moment is None:
        faults[name] = (
            N_("From: please give a time, for example 18:00.")
            if name.endswith("starts")
            else N_("Until: please give a time, for example 20:00.")
        )
    return moment


def _optional_day(new: dict[str, str], name: str, faults: dict[str, str]) -> date | None:
    if not new[name]:
        return None
    day = read_day(new[name])
    if day is None:
        faults[name] = N_("Day: please give a day, for example 19.01.2027.")
    return day


def _kind(text: str, kinds: Iterable[AvailabilityKind]) -> AvailabilityKind:
    return next((kind for kind in kinds if kind.value == text), AvailabilityKind.AVAILABLE)


def band_key(key: tuple[int, str]) -> str:
    return f"{key[0]}-{key[1]}"


def row_key(row: WeeklyTime | DayTime) -> str:
    """Names a row by what it says, so that a stale page cannot remove another one."""
    return "|".join(str(getattr(row, name) or "") for name in sorted(row.__dataclass_fields__))


def weekday_names() -> list[str]:
    """Monday first, in the page's language."""
    names = get_day_names("wide", locale=locale())
    return [names[day] for day in range(7)]


def short_weekdays() -> list[str]:
    names = get_day_names("abbreviated", locale=locale())
    return [names[day].rstrip(".") for day in range(7)]


def short_day(day: date) -> str:
    """`28.12.` or `28 Dec`, to find a week by."""
    return str(format_date(day, "dd.MM." if locale() == "de" else "d MMM", locale=locale()))


def part_words() -> dict[str, str]:
    words = (_("Morning"), _("Afternoon"), _("Evening"))
    return dict(zip(PARTS, words, strict=True))


def band_hours(key: tuple[int, str]) -> str:
    """`10–12`."""
    starts, ends = BANDS[key]
    return f"{starts.hour}–{ends.hour}"


def weekly_words(row: WeeklyTime) -> str:
    """`Dienstag, 17:30–19:00 Uhr (ab Mo., 01.02.2027)`."""
    text = f"{weekday_names()[row.weekday]}, {format_time_range(row.starts, row.ends, locale())}"
    if row.valid_from and row.valid_to:
        period = _(
            "from %(first)s to %(last)s", first=_day(row.valid_from), last=_day(row.valid_to)
        )
    elif row.valid_from:
        period = _("from %(first)s", first=_day(row.valid_from))
    elif row.valid_to:
        period = _("until %(last)s", last=_day(row.valid_to))
    else:
        return text
    return f"{text} ({period})"


def day_words(row: DayTime) -> str:
    """`Di., 19.01.2027, 17:00–19:00 Uhr` or `Mo., 01.02.2027 – Fr., 05.02.2027`."""
    text = _day(row.first_day)
    if row.last_day != row.first_day:
        text = f"{text} – {_day(row.last_day)}"
    if row.starts is None or row.ends is None:
        return text
    return f"{text}, {format_time_range(row.starts, row.ends, locale())}"


def interval_words(interval: tuple[datetime, datetime]) -> str:
    return format_time_range(interval[0].time(), interval[1].time(), locale())


def kind_words() -> dict[str, str]:
    return {
        AvailabilityKind.AVAILABLE.value: _("I have time"),
        AvailabilityKind.AVOID.value: _("Rather not"),
        AvailabilityKind.OFF.value: _("I have no time"),
    }


def saved_words(helped: Person | None) -> str:
    """What is said after saving: to oneself, or to whoever did it for somebody."""
    if helped:
        return _("The times of %(name)s are saved.", name=helped.name)
    return _("Your times are saved.")


def hold_words(helped: Person | None) -> str:
    if helped:
        return _("It is noted that the times of %(name)s hold.", name=helped.name)
    return _("Thank you. Your times hold.")


def undone_words(helped: Person | None) -> str:
    if helped:
        return _("The times of %(name)s are as they were before.", name=helped.name)
    return _("Your times are as they were before.")


def differences(stored: Availability, wanted: Availability) -> list[dict[str, str]]:
    """What is stored beside what was typed, one line for each time that only one of them has."""
    words = kind_words()
    lines = []
    for label, ours, theirs in (
        (_("Every week"), normal(stored).weekly, normal(wanted).weekly),
        (_("Single days"), stored.days, wanted.days),
    ):
        for row in (*ours, *theirs):
            if (row in ours) is not (row in theirs):
                text = weekly_words(row) if isinstance(row, WeeklyTime) else day_words(row)
                text = f"{text}: {words[row.kind.value]}"
                before, after = (text, "") if row in ours else ("", text)
                lines.append({"label": label, "before": before, "after": after})
    if stored.school_holidays_off is not wanted.school_holidays_off:
        yes_no = {True: _("yes"), False: _("no")}
        lines.append(
            {
                "label": _("No talks in the school holidays"),
                "before": yes_no[stored.school_holidays_off],
                "after": yes_no[wanted.school_holidays_off],
            }
        )
    return lines


def _day(day: date) -> str:
    return format_day(day, locale())
