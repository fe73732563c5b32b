"""Requests of a round in the core's words: their windows as intervals, their wishes as ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    Organisation,
    Request,
    RequestWindow,
    RoundDecision,
    SpeakerWish,
    Talk,
)
from matchmaker.models.states import (
    TO_PLAN,
    AssignmentRole,
    DecisionKind,
    Format,
    MeetingMode,
    Role,
)
from matchmaker.scheduling import problem as core
from matchmaker.services.problems.aliases import Aliases
from matchmaker.services.problems.people import Period
from matchmaker.services.problems.talks import LARGEST_TEAM
from matchmaker.services.times.calendar_days import days, days_of_week
from matchmaker.services.times.expansion import on_day

LONGEST_LIST = 6  # topics and languages of a request in the format
HIGHEST_PREFERENCE = 3
UNKNOWN_DISTRICT = "-"  # for online talks; nobody travels there
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Bans:
    """What the coordinators have ruled out, by the request's code."""

    speakers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interpreters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: Mapping[str, frozenset[date]] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[RoundDecision]) -> Bans:
        people: dict[bool, defaultdict[str, set[str]]] = {
            True: defaultdict(set),
            False: defaultdict(set),
        }
        off: defaultdict[str, set[date]] = defaultdict(set)
        for row in decisions:
            code = row.request.code
            if row.kind is DecisionKind.BAN_PERSON and row.person and row.person.profile:
                people[row.person.profile.kind == Role.SPEAKER][code].add(row.person.code)
            elif row.kind is DecisionKind.BAN_DAY and row.day:
                off[code].add(row.day)
        return cls(_frozen(people[True]), _frozen(people[False]), _frozen(off))


def load_requests(session: Session) -> Sequence[Request]:
    """All talks that wait for a plan, of every period."""
    return session.scalars(
        select(Request)
        .where(Request.format == Format.TALK, Request.state.in_(TO_PLAN))
        .order_by(Request.code)
        .options(
            *(
                selectinload(part)
                for part in (Request.topics, Request.languages, Request.windows, Request.days_off)
            ),
            selectinload(Request.speaker_wishes),
            joinedload(Request.venue),
            joinedload(Request.organisation).selectinload(Organisation.blocked_periods),
        )
    ).all()


def touches(request: Request, first: date, last: date) -> bool:
    """Whether the request's period, or a single day that it names, lies in first..last."""
    if any(row.day and first <= row.day <= last for row in request.windows):
        return True
    return (request.date_from or first) <= last and (request.date_to or last) >= first


def missing_parts(request: Request) -> list[str]:
    """What a request lacks for planning: names of fields."""
    parts = {
        "topics": request.topics,
        "languages": request.languages,
        "windows": request.windows,
        "district": district(request) or request.mode is MeetingMode.ONLINE,
    }
    return [name for name, value in parts.items() if not value]


def host(request: Request) -> Organisation:
    """Who invites; every request that is no draft any more has one (the database sees to it)."""
    if request.organisation is None:
        raise ValueError(f"{request.code} is a draft and belongs to nobody yet")
    return request.organisation


def district(request: Request) -> str | None:
    """Where the talk takes place, as well as is known."""
    venue = request.venue.district_nr if request.venue else None
    host = request.organisation.district_nr if request.organisation else None
    return request.district_nr or venue or host


def windows(request: Request, period: Period, banned: Collection[date]) -> list[core.Window]:
    """When the request may take place, in order: weekly and single windows without the days off.

    Where children come along, days outside the school holidays count one step more.
    """
    off = {day for row in request.days_off for day in days(row.first_day, row.last_day)}
    off |= set(banned)
    found = set()
    for day, window in _dated(request, period):
        interval = on_day(day, window.starts, window.ends)
        if day in off or interval is None:
            continue
        lift = 1 if request.children and period.school and day not in period.school else 0
        preference = min(window.preference + lift, HIGHEST_PREFERENCE)
        found.add(core.Window(*interval, preference))
    return sorted(found, key=lambda row: (row.start, row.end, row.preference))


def _dated(request: Request, period: Period) -> Iterator[tuple[date, RequestWindow]]:
    begin = max(period.first, request.date_from or period.first)
    end = min(period.last, request.date_to or period.last)
    for window in request.windows:
        if window.day is not None:
            if period.first <= window.day <= period.last:
                yield window.day, window
        elif window.weekday is not None:
            yield from ((day, window) for day in days_of_week(window.weekday, begin, end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Speakers' codes by id; wishes for anybody else are passed over."""

    speakers: Mapping[int, str]
    bans: Bans
    aliases: Aliases


def core_request(request: Request, when: Sequence[core.Window], wishes: Wishes) -> core.Request:
    """The request for the solver; it has everything that planning needs."""
    refused = _wished(request.speaker_wishes, wishes.speakers, wanted=False)
    excluded = {*refused, *wishes.bans.speakers.get(request.code, ())}
    excluded &= set(wishes.speakers.values())
    preferred = _wished(request.speaker_wishes, wishes.speakers, wanted=True)
    return core.Request(
        id=request.code,
        organisation=host(request).code,
        topics=topics(request),
        languages=tuple(wishes.aliases.named(request.code, tag) for tag in languages(request)),
        minutes=request.minutes,
        windows=tuple(when),
        district=district(request) or UNKNOWN_DISTRICT,
        interpreting=core.Interpreting(request.interpreting.value),
        interpreters_needed=request.interpreters_needed,
        max_speakers=request.max_speakers,
        venue=None if request.venue_id is None else venue_id(request.venue_id),
        mode=core.RequestMode(request.mode.value),
        people=request.people,
        womens_group=request.womens_group,
        priority=request.priority,
        waiting_rounds=request.waiting_rounds,
        excluded_speakers=tuple(sorted(excluded)),
        preferred_speakers=tuple(sorted(preferred - excluded)),
    )


def fixed_request(talk: Talk, request: Request) -> core.Request:
    """The request of an agreed talk: as the talk is, whatever was asked for at first."""
    interpreters = len(talk.team(AssignmentRole.INTERPRETER))
    tags = tuple(dict.fromkeys([*languages(request)[: LONGEST_LIST - 1], talk.language_tag]))
    return core.Request(
        id=request.code,
        organisation=talk.organisation.code,
        topics=topics(request),
        languages=tags,
        minutes=int((talk.local_end - talk.local_start) / timedelta(minutes=1)),
        windows=(core.Window(talk.local_start, talk.local_end),),
        district=talk.district_nr or talk.organisation.district_nr or UNKNOWN_DISTRICT,
        interpreters_needed=max(1, interpreters),
        max_speakers=LARGEST_TEAM,
        venue=None if talk.venue_id is None else venue_id(talk.venue_id),
        mode=core.RequestMode(talk.mode.value),
        people=request.people,
        womens_group=request.womens_group,
        priority=request.priority,
        waiting_rounds=request.waiting_rounds,
    )


def wished_request(
    talk: Talk, request: Request, when: Sequence[core.Window], wishes: Wishes
) -> core.Request:
    """The request of an agreed talk as the association made it: where it stays, when it may be.

    A change of the talk is judged against this one; the room and the length are the talk's.
    """
    agreed, wished = fixed_request(talk, request), core_request(request, when, wishes)
    return replace(
        agreed,
        windows=wished.windows if request.windows else agreed.windows,
        languages=wished.languages or agreed.languages,
        interpreting=wished.interpreting,
        interpreters_needed=wished.interpreters_needed,
        max_speakers=wished.max_speakers,
        mode=wished.mode,
        excluded_speakers=wished.excluded_speakers,
    )


def topics(request: Request) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.topic_code for row in request.topics))[:LONGEST_LIST]


def languages(request: Request) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.language_tag for row in request.languages))[:LONGEST_LIST]


def venue_id(number: int) -> str:
    return f"V{number}"


def _wished(rows: Iterable[SpeakerWish], codes: Mapping[int, str], *, wanted: bool) -> set[str]:
    return {codes[row.person_id] for row in rows if row.wanted is wanted and row.person_id in codes}


def _frozen(sets: Mapping[str, Iterable[Value]]) -> dict[str, frozenset[Value]]:
    return {key: frozenset(values) for key, values in sets.items()}
