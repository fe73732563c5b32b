"""A talk as one reader sees it: in mails, in calendar entries, and on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from matchmaker.calendars.event import CalendarEvent
from matchmaker.i18n import translations_for
from matchmaker.mail.details import TalkWords
from matchmaker.mail.facts import Agenda, Role, SpeakerFacts, TalkFacts
from matchmaker.models import Assignment, Person, Request, Talk, Topic
from matchmaker.models.states import (
    AssignmentRole,
    Format,
    InvitationRole,
    MeetingMode,
)


def talk_facts(talk: Talk, locale: str) -> TalkFacts:
    """The talk in the reader's language; who has declined or been replaced is left out."""
    interpreters = [row.person.name for row in talk.team(AssignmentRole.INTERPRETER)]
    start, end = talk.local_start, talk.local_end
    request = talk.request
    return TalkFacts(
        topic="; ".join(topic_names(talk, locale)),
        host=talk.organisation.name,
        start=start,
        end=end,
        timezone=talk.timezone,
        format=talk.format.value,
        language=talk.language_tag,
        spoken="de" if interpreters else talk.language_tag,
        interpreting=bool(interpreters),
        interpreter=", ".join(interpreters),
        speakers=tuple(_speaker(row) for row in talk.team(AssignmentRole.SPEAKER)),
        address=place(talk, locale),
        participants=(request.people or None) if request else None,
        children=request.children if request else 0,
        womens_group=bool(request and request.womens_group),
        agenda=_agenda(talk, end - start),
        contact_on_site=_contact(request),
    )


def topic_names(talk: Talk, locale: str) -> list[str]:
    """What the talk is about, the most wanted first; never empty."""
    return [topic.name_in(locale) for topic in covered_topics(talk)] or [talk.title]


def covered_topics(talk: Talk) -> list[Topic]:
    """What was asked for and its speakers know, the most wanted first.

    Everything asked for while nobody can say: no speaker yet, or none who knows any of it.
    """
    asked = [row.topic for row in talk.request.topics] if talk.request else []
    known = {
        row.topic_code
        for speaker in talk.team(AssignmentRole.SPEAKER)
        if speaker.person.profile is not None
        for row in speaker.person.profile.topics
    }
    return [topic for topic in asked if topic.code in known] or asked


def place(talk: Talk, locale: str) -> str:
    if talk.location:
        return talk.location
    online = translations_for(locale).pgettext("mail", "Online")
    return online if talk.mode is MeetingMode.ONLINE else ""


def host_of(talk: Talk) -> Person | None:
    """Who receives the talk: the request's contact, else the organisation's first person."""
    if talk.request is not None:
        return talk.request.contact
    people = sorted(talk.organisation.people, key=lambda person: person.id)
    return next((person for person in people if person.active), None)


def summary(talk: Talk, facts: TalkFacts, locale: str) -> str:
    """The title of the calendar entry."""
    translations = translations_for(locale)
    words = TalkWords(translations, locale)
    return translations.gettext("%(what)s at %(host)s: %(topic)s") % {
        "what": words.what(facts),
        "host": talk.organisation.name,
        "topic": topic_names(talk, locale)[0],
    }


def description(facts: TalkFacts, role: InvitationRole, locale: str, contact: str) -> str:
    """The text of the calendar entry. No answer link: calendars are shared with others."""
    translations = translations_for(locale)
    words = TalkWords(translations, locale)
    lines = [f"{row.label}: {row.value}" for row in words.rows(facts, Role(role.value))]
    lines.append(translations.gettext("Questions? %(contact)s") % {"contact": contact})
    return "\n".join(lines)


def to_json(facts: TalkFacts) -> dict[str, Any]:
    """The facts as JSON values, to be kept with an invitation."""
    values = asdict(facts)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def from_json(values: Mapping[str, Any], now: TalkFacts, event: CalendarEvent) -> TalkFacts:
    """What `to_json` wrote; without it, the facts of `now` at the time and place of `event`."""
    if not values:
        return replace(now, start=event.start, end=event.end, address=event.location, district="")
    read = dict(values)
    for name in ("start", "end"):
        read[name] = datetime.fromisoformat(read[name])
    read["speakers"] = tuple(SpeakerFacts(**speaker) for speaker in read["speakers"])
    read["agenda"] = Agenda(**read["agenda"]) if read["agenda"] else None
    return TalkFacts(**read)


def _speaker(row: Assignment) -> SpeakerFacts:
    institution = row.person.organisation
    return SpeakerFacts(name=row.person.name, institution=institution.name if institution else "")


def _agenda(talk: Talk, length: timedelta) -> Agenda | None:
    if talk.format is not Format.TALK:
        return None
    return Agenda.of(int(length / timedelta(minutes=1)))


def _contact(request: Request | None) -> str:
    contact = request.contact if request else None
    if contact is None:
        return ""
    return ", ".join(filter(None, (contact.name, contact.phone)))
