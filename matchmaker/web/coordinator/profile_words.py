"""What a speaker or an interpreter can do and when, in the coordination's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from flask_babel import get_locale
from sqlalchemy import select

from matchmaker.i18n import language_name
from matchmaker.models import District, Profile
from matchmaker.models.states import AvailabilityKind
from matchmaker.services.people.profiles import SPEAKER, ProfileFacts, read
from matchmaker.services.times.availability_facts import Availability, DayTime, WeeklyTime
from matchmaker.web.db import db
from matchmaker.web.i18n import day, locale
from matchmaker.web.texts import _, ngettext

Lines = list[tuple[str, str]]


def profile(row: Profile) -> Lines:
    """Topics, languages, places, limits: label and text of each."""
    facts, lines = read(row), []
    if row.kind == SPEAKER:
        lines.append((_("Topics"), _topics(row)))
    lines += [
        (_("Languages"), ", ".join(language_name(tag, locale()) for tag in facts.languages)),
        (_("Districts"), _districts(facts)),
        (_("At most"), _limits(facts)),
        (_("Notice"), ngettext("%(num)s day", "%(num)s days", facts.lead_days)),
    ]
    if row.kind == SPEAKER and facts.min_people:
        people = ngettext("%(num)s person", "%(num)s people", facts.min_people)
        lines.append((_("Smallest group"), people))
    lines.append((_("Women's groups"), _("yes") if facts.womens_groups else _("no")))
    return lines


def week(given: Availability) -> Lines:
    """The times of each weekday, single days, and school holidays."""
    names = _weekdays()
    lines = []
    for weekday in range(7):
        times = [_weekly(row) for row in given.weekly if row.weekday == weekday]
        if times:
            lines.append((names[weekday], ", ".join(times)))
    if given.days:
        lines.append((_("Single days"), "; ".join(map(_single, given.days))))
    if given.school_holidays_off:
        lines.append((_("School holidays"), _("no talks")))
    return lines


def _topics(row: Profile) -> str:
    """The best known first."""
    ordered = sorted(row.topics, key=lambda known: (-known.level, known.topic_code))
    return "; ".join(known.topic.name_in(locale()) + _level(known.level) for known in ordered)


def _level(level: int) -> str:
    words = {1: _("an overview"), 3: _("daily work")}
    return f" ({words[level]})" if level in words else ""


def _districts(facts: ProfileFacts) -> str:
    names = {row[0]: row[1] for row in db.session.execute(select(District.nr, District.name))}
    home = names.get(facts.home_district, facts.home_district)
    if facts.districts is None:
        return _("all of them; starts from %(home)s", home=home)
    listed = ", ".join(names.get(nr, nr) for nr in facts.districts)
    return _("%(districts)s; starts from %(home)s", districts=listed, home=home)


def _limits(facts: ProfileFacts) -> str:
    limits = [_("%(num)s a day", num=facts.max_per_day)]
    if facts.max_per_week is not None:
        limits.append(_("%(num)s a week", num=facts.max_per_week))
    if facts.max_per_month is not None:
        limits.append(_("%(num)s a month", num=facts.max_per_month))
    if facts.max_talks is not None:
        limits.append(_("%(num)s in all", num=facts.max_talks))
    return ", ".join(limits)


def _weekdays() -> list[str]:
    """Monday first, in the page\'s language."""
    names = get_locale().days["format"]["wide"]
    return [str(names[number]) for number in range(7)]


def _weekly(row: WeeklyTime) -> str:
    bounds = [
        _("from %(day)s", day=day(row.valid_from)) if row.valid_from else "",
        _("until %(day)s", day=day(row.valid_to)) if row.valid_to else "",
    ]
    return _joined(_span(row.starts, row.ends), _kind(row.kind), *bounds)


def _single(row: DayTime) -> str:
    days = day(row.first_day)
    if row.last_day != row.first_day:
        days = f"{days} – {day(row.last_day)}"
    times = _span(row.starts, row.ends) if row.starts and row.ends else ""
    return _joined(days, times, _kind(row.kind, single=True))


def _kind(kind: AvailabilityKind, *, single: bool = False) -> str:
    if kind is AvailabilityKind.AVOID:
        return _("rather not")
    if kind is AvailabilityKind.OFF:
        return _("not available")
    return _("available") if single else ""


def _span(starts: time, ends: time) -> str:
    return f"{starts:%H:%M}–{ends:%H:%M}"


def _joined(*parts: str) -> str:
    return " ".join(_filled(parts))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]
