"""The planning in the coordinators' words: rules, reasons, breaches, progress, summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from matchmaker.i18n import language_name
from matchmaker.models import District, Person, Request, SolveRun, Topic
from matchmaker.models.states import MeetingMode, RunState
from matchmaker.scheduling.judge import Breach
from matchmaker.services.planning.goals import Importance
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.problems import Note
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.requests import venue_id
from matchmaker.web.db import db
from matchmaker.web.i18n import day, locale, moment
from matchmaker.web.texts import _, ngettext, number


def rule_name(code: str) -> str:
    """A rule in one or two words, as on a pill."""
    names = {
        "group_size": _("Group size"),
        "group": _("Women's group"),
        "lead_time": _("Notice"),
        "closed_day": _("Public holiday"),
        "blocked": _("Closed period"),
        "language": _("Language"),
        "district": _("District"),
        "mode": _("On site or online"),
        "venue": _("Room taken"),
        "host_load": _("Limit of the association"),
        "workload": _("Fully booked"),
        "travel": _("Travel time"),
        "availability": _("Nobody free"),
        "window": _("Wished times"),
        "topic": _("Topic"),
        "competition": _("Competition"),
        "banned_day": _("Day ruled out"),
        "banned_person": _("Person ruled out"),
        "combination": _("Several causes"),
        "team": _("People"),
        "fixed": _("Fixed talks"),
        "shape": _("Form of the plan"),
    }
    return names.get(code, code)


def reason_text(code: str) -> str:
    """Why a request is open, in a sentence."""
    texts = {
        "group_size": _("The group is smaller than the smallest that the speakers come to."),
        "group": _("Nobody who fits takes on women's groups."),
        "lead_time": _("The wished days are too close: the speakers need more notice."),
        "closed_day": _("The wished days are public holidays."),
        "blocked": _("The wished days lie in a closed period of the association."),
        "language": _("Nobody speaks the language or could interpret it."),
        "district": _("Nobody who fits goes to this district."),
        "mode": _("Nobody who fits comes in the way that was asked for."),
        "venue": _("The room is taken by another talk."),
        "host_load": _("The association has as many talks already as it can host."),
        "workload": _("Everybody who fits has as many talks as agreed."),
        "travel": _("The way to the next appointment is too long for everybody who fits."),
        "availability": _("Nobody who fits is free at the wished times."),
        "window": _("On another day it would be possible."),
        "topic": _("Nobody offers this topic."),
        "competition": _("Other requests need the same people at the same time."),
        "combination": _("No single cause: several things would have to change together."),
    }
    return texts.get(code, "")


def left_out_text(reason: str, missing: Iterable[str] = ()) -> str:
    """Why a request is not part of a plan at all."""
    texts = {
        "decision": _("Left out of this round by decision."),
        "elsewhere": _("It stands in the plan of another round."),
        "incomplete": _("It lacks: %(parts)s.", parts=", ".join(map(missing_name, missing))),
        "no_window": _("None of its wished evenings is left in this period."),
        "outside": _("Its wished days lie outside of this round."),
        "submitted": _("It has to be clarified again."),
        "in_clarification": _("It has to be clarified again."),
        "withdrawn": _("It was withdrawn."),
        "not_possible": _("It was answered with a no for now."),
        "duplicate": _("It was merged into another request."),
    }
    return texts.get(reason, "")


def missing_name(part: str) -> str:
    names = {
        "topics": _("a topic"),
        "languages": _("a language"),
        "windows": _("times that suit"),
        "district": _("the district"),
    }
    return names.get(part, part)


def breach_text(
    breach: Breach, people: Mapping[str, Person], requests: Mapping[str, Request]
) -> str:
    """What a broken rule is about, with names instead of ids."""
    facts = {name: _fact(name, fact, people, requests) for name, fact in breach.facts.items()}
    # The judge marks its sentences for translation where it defines the rule.
    return _(breach.template, **facts)


def _fact(
    name: str, fact: Any, people: Mapping[str, Person], requests: Mapping[str, Request]
) -> object:
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, date):
        return day(fact)
    text = str(fact)
    words: dict[str, Callable[[], str]] = {
        "language": lambda: language_name(spoken(text), locale()),
        "request": lambda: request_name(text, requests),
        "requests": lambda: "; ".join(request_name(one, requests) for one in text.split(", ")),
        "organisation": lambda: _organisation_name(text, requests),
        "person": lambda: person_name(people[text]) if text in people else text,
        "mode": lambda: _("online") if text == MeetingMode.ONLINE else _("on site"),
        "district": lambda: _district_name(text),
        "venue": lambda: _venue_name(text, requests),
        "topic": lambda: _topic_name(text),
        "week": lambda: f"{int(text[6:])}/{text[:4]}",  # 2027-W03
        "month": lambda: _month_name(text),
    }
    return words[name]() if name in words else fact


def request_name(code: str, requests: Mapping[str, Request]) -> str:
    """`A012 Sonnenhof`: the code and who asks."""
    return f"{code} {host_name(code, requests)}".strip()


def host_name(code: str, requests: Mapping[str, Request]) -> str:
    """Which association asks."""
    request = requests.get(code)
    return request.organisation.name if request and request.organisation else ""


def topic_name(request: Request) -> str:
    """The topic wanted most; `+ 2` says how many others there are."""
    names = [row.topic.name_in(locale()) for row in request.topics]
    if not names:
        return request.other_topic
    return names[0] if len(names) == 1 else f"{names[0]} (+ {len(names) - 1})"


def person_name(person: Person) -> str:
    """`Name, institution`."""
    if person.organisation is None:
        return person.name
    return f"{person.name}, {person.organisation.name}"


def _month_name(text: str) -> str:
    """`März 2027` for 2027-03."""
    return str(format_date(date.fromisoformat(f"{text}-01"), "LLLL yyyy", locale=locale()))


def _district_name(nr: str) -> str:
    district = db.session.get(District, nr)
    return district.name if district else nr


def _topic_name(code: str) -> str:
    topic = db.session.get(Topic, code)
    return topic.name_in(locale()) if topic else code


def _venue_name(name: str, requests: Mapping[str, Request]) -> str:
    """The room's own name; `name` is what the problem calls it."""
    rooms = (request.venue for request in requests.values() if request.venue)
    return next((room.name for room in rooms if venue_id(room.id) == name), name)


def _organisation_name(code: str, requests: Mapping[str, Request]) -> str:
    hosts = (row.organisation for row in requests.values() if row.organisation)
    return next((host.name for host in hosts if host.code == code), code)


def summary(plan: Plan) -> str:
    """`49 placed, 11 open. More than 49 is not possible (proven).`"""
    served, waiting = len(plan.placed), len(plan.open)
    counted = " ".join(
        [
            ngettext("%(num)s talk placed,", "%(num)s talks placed,", served),
            ngettext("%(num)s request open.", "%(num)s requests open.", waiting),
        ]
    )
    return " ".join(part for part in (counted, proof(plan), choice(plan)) if part)


def choice(plan: Plan) -> str:
    """How the plan was asked for where there was one before."""
    if plan.near is not None:
        return _("Changed as little as possible from version %(number)s.", number=plan.near)
    computed = plan.made_by_hand is None and plan.without is None
    if plan.proposal.parent_id is not None and computed:
        return _("Calculated anew, without regard to the version before.")
    return ""


def proof(plan: Plan) -> str:
    """How good the plan is, as far as that is proven."""
    served, most = len(plan.placed), plan.most_served
    seconds = number(round(plan.proposal.seconds, 1))
    if plan.without is not None or plan.made_by_hand is not None:
        return _by_hand(plan)
    if most == served and plan.open:
        return _(
            "More than %(most)s is not possible (proven in %(seconds)s s).",
            most=served,
            seconds=seconds,
        )
    if plan.is_optimal and plan.near is not None:
        return _(
            "No better plan is possible, with changes weighed in (proven in %(seconds)s s).",
            seconds=seconds,
        )
    if plan.is_optimal:
        return _("No better plan is possible (proven in %(seconds)s s).", seconds=seconds)
    if most is not None and most > served:
        return _("At most %(most)s are possible.", most=most)
    return _("The search was stopped at its time limit; there may be a better plan.")


def _by_hand(plan: Plan) -> str:
    if plan.without is not None:
        return _("Taken over from version %(number)s.", number=plan.without.version)
    return _("Changed by hand.")


@dataclass(frozen=True, slots=True)
class ProgressWords:
    """A run for the progress region: `value` of `total` requests (None: not known yet)."""

    title: str
    text: str
    value: int | None
    total: int


def progress_of(run: SolveRun) -> ProgressWords:
    """`41 of 60 placed, at most 49 possible` while a plan is being made."""
    progress = run.progress
    served, asked, most = (progress.get(name) for name in ("served", "asked", "most"))
    titles = {
        RunState.QUEUED: _("The plan waits for its turn."),
        RunState.RUNNING: _("The plan is being made."),
        RunState.DONE: _("The plan is ready."),
        RunState.FAILED: _("The plan could not be made."),
        RunState.CANCELLED: _("The search was stopped."),
    }
    if not asked:
        return ProgressWords(titles[run.state], "", None, 1)
    if served is None:
        text = ngettext("%(num)s request is looked at.", "%(num)s requests are looked at.", asked)
        return ProgressWords(titles[run.state], text, None, asked)
    if most is None:
        text = _("%(served)s of %(asked)s placed", served=served, asked=asked)
    else:
        text = _(
            "%(served)s of %(asked)s placed, at most %(most)s possible",
            served=served,
            asked=asked,
            most=most,
        )
    return ProgressWords(titles[run.state], text, served, asked)


def note_text(note: Note, people: Mapping[str, Person], requests: Mapping[str, Request]) -> str:
    """Something to know before planning."""
    names = [people[code].name for code in note.facts.get("people", ()) if code in people]
    if note.code == "school_holidays_unknown":
        since = day(note.facts["from"])
        return _(
            "From %(day)s on the school holidays are not known yet. The plan does not avoid them.",
            day=since,
        )
    if note.code == "people_without_times":
        return ngettext(
            "%(num)s person has given no times for this period: %(names)s.",
            "%(num)s people have given no times for this period: %(names)s.",
            len(names),
            names=", ".join(names),
        )
    if note.code == "people_incomplete":
        return ngettext(
            "%(num)s person cannot be planned, because topics or languages are missing: %(names)s.",
            "%(num)s people cannot be planned, because topics or languages are missing: %(names)s.",
            len(names),
            names=", ".join(names),
        )
    if note.code == "open_duplicates":
        pairs = "; ".join(f"{one} + {other}" for one, other in note.facts["pairs"])
        return _("These requests look alike and may be one: %(pairs)s.", pairs=pairs)
    if note.code == "pin_over":
        return _(
            "%(request)s was fixed on an evening that is over. The plan looks for another one.",
            request=request_name(note.facts["request"], requests),
        )
    return _(
        "%(request)s was fixed with people who are not available any more.",
        request=request_name(note.facts.get("request", ""), requests),
    )


def goal_name(key: str) -> str:
    names = {
        "fairness": _("Every association gets a talk before others get a second one"),
        "waiting": _("Whoever has waited longest comes first"),
        "language": _("Talks in the wished language, without interpreting"),
        "preference": _("The associations' favourite times"),
        "balance": _("Speakers and interpreters have equally many talks"),
        "travel": _("Short ways"),
    }
    return names[key]


def importance_name(level: Importance) -> str:
    names = {
        Importance.LESS: _("less important"),
        Importance.NORMAL: _("as usual"),
        Importance.MORE: _("more important"),
    }
    return names[level]
