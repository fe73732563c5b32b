"""What would give an open request its evening, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from matchmaker.i18n import N_, language_name
from matchmaker.services.planning.plan_view import Open
from matchmaker.services.planning.reason_names import Names
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.i18n import day, locale, when
from matchmaker.web.plan_words import host_name, rule_name
from matchmaker.web.texts import _

Change = Mapping[str, Any]

SENTENCES: dict[str, str] = {
    "group_size": N_(
        "With %(needed)s guests instead of %(people)s, %(person)s could come on %(when)s."
    ),
    "group": N_("%(person)s could come on %(when)s, if they took on women's groups."),
    "lead_time": N_("%(person)s could come on %(when)s with %(days)s days’ notice."),
    "passed": N_("It would have to be later than today."),
    "closed_day": N_("On %(day)s, although it is a holiday."),
    "blocked": N_("On %(day)s, if the association opens its closed period for it."),
    "language": N_("One more interpreter for %(language)s: with %(speaker)s on %(when)s."),
    "languages": N_("%(needed)s more interpreters for %(language)s: with %(speaker)s on %(when)s."),
    "speaker": N_("A speaker for the topic who speaks %(language)s, for example on %(when)s."),
    "district": N_("%(person)s could come on %(when)s, if they went to %(district)s."),
    "mode": N_("%(person)s could come on %(when)s, %(way)s."),
    "way": N_("It could take place on %(when)s, %(way)s."),
    "venue": N_("On %(when)s in another room."),
    "host_load": N_(
        "On %(when)s, if the association hosted %(needed)s talks %(period)s instead of %(now)s."
    ),
    "workload": N_(
        "%(person)s could come on %(when)s with %(needed)s talks %(period)s instead of %(now)s."
    ),
    "travel": N_("%(person)s could come on %(when)s with %(minutes)s minutes more for the way."),
    "beside": N_("%(person)s could come on %(when)s, if %(other)s took place at another time."),
    "availability": N_("%(person)s, if they were free on %(when)s."),
    "window": N_("On %(when)s, if that suits the association."),
    "topic": N_("%(person)s on %(when)s, if they could speak about “%(topic)s”."),
    "competition": N_("Possible in place of %(requests)s."),
    "combination": N_("On %(when)s all of this would have to give way: %(rules)s."),
}


def remedy_text(code: str, way: Change, row: Open, names: Names) -> str:
    """One way out, with everything else of the kind that it needs."""
    changes = [way, *({"start": way.get("start"), **change} for change in way.get("also", ()))]
    return " ".join(
        _(SENTENCES[_kind(code, change)], **_facts(change, row, names)) for change in changes
    )


def _kind(code: str, change: Change) -> str:
    """Which sentence fits; a rule may have several."""
    if code == "language":
        if change.get("kind") == "speaker":
            return "speaker"
        return "language" if change.get("needed", 1) == 1 else "languages"
    if code == "mode":
        return "mode" if change.get("person") else "way"
    if code == "travel":
        return "beside" if change.get("with") else "travel"
    # Older plans may offer an evening that had passed; it is nobody's notice.
    return "passed" if code == "lead_time" and not change.get("person") else code


def _facts(change: Change, row: Open, names: Names) -> dict[str, object]:
    start = datetime.fromisoformat(change["start"]) if change.get("start") else None
    topic = names.topics.get(str(change.get("topic")))
    district = str(change.get("district", ""))
    return {
        **{key: change.get(key, "") for key in ("people", "needed", "now", "days", "minutes")},
        "when": when(start, start + timedelta(minutes=row.request.minutes)) if start else "",
        "day": day(start) if start else "",
        "person": _person(change.get("person"), names),
        "speaker": _person(change.get("speaker"), names),
        "language": language_name(spoken(str(change.get("language", ""))), locale()),
        "topic": topic.name_in(locale()) if topic else "",
        "district": names.districts.get(district, district),
        "period": _period(str(change.get("limit"))),
        "way": _("online") if change.get("mode") == "online" else _("on site"),
        "rules": ", ".join(rule_name(code) for code in change.get("rules", ())),
        "other": requests_text([change["with"]], names) if change.get("with") else "",
        "requests": requests_text(change.get("competes_with", ()), names),
    }


def requests_text(codes: Iterable[str], names: Names) -> str:
    """`A054 (Yaprak), A027 (Ahornhaus)`."""
    return ", ".join(f"{code} ({host_name(code, names.requests)})" for code in codes)


def _person(code: Any, names: Names) -> str:
    return names.people[code].name if code in names.people else str(code or "")


def _period(limit: str) -> str:
    periods = {
        "max_per_day": _("a day"),
        "max_per_week": _("a week"),
        "max_per_month": _("a month"),
        "max_talks": _("in all"),
    }
    return periods.get(limit, "")
