"""What stands in the subscriptions of organisations, of the coordination and of the public.

They show a talk once, under a UID of its own, as it is now: nobody's invitation, nobody's answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.calendars.event import CalendarEvent, Status
from matchmaker.calendars.feed import FeedInfo
from matchmaker.i18n import DEFAULT, translations_for
from matchmaker.mail.details import TalkWords
from matchmaker.mail.facts import Role, TalkFacts
from matchmaker.models import (
    Assignment,
    District,
    Feed,
    Invitation,
    Person,
    Profile,
    Request,
    RequestTopic,
    Talk,
    Topic,
)
from matchmaker.models.states import (
    Format,
    InvitationRole,
    InvitationState,
    MeetingMode,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.house import links
from matchmaker.services.house.carrier import Carrier
from matchmaker.services.inviting.talk_facts import covered_topics, summary, talk_facts

KEPT = timedelta(days=100)
"""A little more than a feed reaches back, so that moved talks are not missed."""
OPEN_TO_ALL = (Format.TALK, Format.WORKSHOP)
"""Advice and coaching are between few people, and nobody else's business."""
_TEAM = (InvitationRole.SPEAKER, InvitationRole.INTERPRETER)


def talks_for_feeds(
    session: Session, desk: Desk, which: ColumnElement[bool] | None = None
) -> Sequence[Talk]:
    """The talks that may stand in a feed, just as the database has them, with all that is shown.

    The number of statements does not grow with the number of talks.
    """
    person = selectinload(Talk.assignments).joinedload(Assignment.person)
    request = joinedload(Talk.request)
    query = select(Talk).where(Talk.ends_at >= desk.now - KEPT).order_by(Talk.id)
    if which is not None:
        query = query.where(which)
    return session.scalars(
        query.options(
            joinedload(Talk.organisation),
            request.selectinload(Request.topics).joinedload(RequestTopic.topic),
            request.joinedload(Request.contact),
            person.joinedload(Person.organisation),
            person.joinedload(Person.profile).selectinload(Profile.topics),
            selectinload(Talk.invitations).joinedload(Invitation.person),
        ).execution_options(populate_existing=True)
    ).all()


def of_people(person_ids: Collection[int]) -> ColumnElement[bool]:
    """The talks at which they are, were or might have been."""
    return or_(
        Talk.assignments.any(Assignment.person_id.in_(person_ids)),
        Talk.invitations.any(Invitation.person_id.in_(person_ids)),
    )


def of_organisation(organisation_id: int) -> ColumnElement[bool]:
    """The talks at the organisation, and those at which its people are or were."""
    theirs = select(Person.id).where(Person.organisation_id == organisation_id)
    return or_(
        Talk.organisation_id == organisation_id,
        Talk.assignments.any(Assignment.person_id.in_(theirs)),
    )


def organisations_of(talk: Talk) -> set[int]:
    """In whose feeds the talk stands: the host's, and those of the people who come.

    A talk that has been called off stays in the feeds in which it stood.
    """
    if talk.state is TalkState.CANCELLED:
        people = [row.person for row in talk.invitations if _ended_with_talk(talk, row)]
    else:
        people = [row.person for row in talk.team()]
    sent_by = {person.organisation_id for person in people if person.organisation_id is not None}
    return {talk.organisation_id, *sent_by}


def ever_of(talk: Talk) -> set[int]:
    """In whose feeds it may have stood before; more than enough."""
    people = [row.person for row in talk.assignments] + [row.person for row in talk.invitations]
    return {person.organisation_id for person in people if person.organisation_id is not None}


def _ended_with_talk(talk: Talk, invitation: Invitation) -> bool:
    """Whether they were still to come, and neither replaced before nor out by their own "No"."""
    if invitation.role not in _TEAM or invitation.state is not InvitationState.CANCELLED:
        return False
    declined = invitation.snapshot.get("partstat") == "DECLINED"
    off_at = talk.cancelled_at
    return not declined and off_at is not None and invitation.stamp >= off_at.replace(microsecond=0)


class WideWords:
    """Puts talks into the words of one language, for one kind of reader each."""

    def __init__(self, desk: Desk, whose: Carrier, locale: str, districts: dict[str, str]) -> None:
        self.desk, self.whose, self.locale, self.districts = desk, whose, locale, districts
        self._translations = translations_for(locale)
        self._words = TalkWords(self._translations, locale)
        self._known: dict[int, TalkFacts] = {}

    def coordination(self, talk: Talk) -> CalendarEvent:
        """Everything, and where it can be changed."""
        facts = self._facts(talk)
        return replace(
            self._event(talk),
            summary=summary(talk, facts, self.locale),
            description=self._described(facts),
            location=facts.place,
            url=links.page(self.desk.settings, f"/koordination/termine/{talk.code}"),
        )

    def organisation(self, talk: Talk) -> CalendarEvent:
        """Where and with whom, but nothing about the group: calendars are passed on."""
        facts = replace(self._facts(talk), participants=None, womens_group=False)
        return replace(
            self._event(talk),
            summary=summary(talk, facts, self.locale),
            description=self._described(facts),
            location=facts.place,
        )

    def public(self, talk: Talk) -> CalendarEvent:
        """Time, district and topic, and no name of anybody.

        Topics are those of the list: what somebody has typed may name them.
        """
        what = self._words.what(self._facts(talk))
        topics = "; ".join(topic.name_in(self.locale) for topic in public_topics(talk))
        online = self._translations.pgettext("mail", "Online")
        district = self.districts.get(talk.district_nr or "", "")
        return replace(
            self._event(talk),
            summary=f"{what}: {topics}" if topics else what,
            location=online if talk.mode is MeetingMode.ONLINE else district,
        )

    def _facts(self, talk: Talk) -> TalkFacts:
        """Without what the pages tell: how an evening runs, and whom to call there."""
        if talk.id not in self._known:
            facts = talk_facts(talk, self.locale)
            self._known[talk.id] = replace(facts, contact_on_site="", agenda=None)
        return self._known[talk.id]

    def _event(self, talk: Talk) -> CalendarEvent:
        rows = [row for row in talk.invitations if row.role is not InvitationRole.GUEST]
        created = talk.created_at.replace(microsecond=0)
        stamp = max((row.stamp for row in rows), default=created)
        off = talk.state is TalkState.CANCELLED
        return CalendarEvent(
            uid=talk.uid,
            sequence=max((row.sequence for row in rows), default=0),
            stamp=stamp,
            created=created,
            last_modified=stamp,
            start=talk.local_start,
            end=talk.local_end,
            timezone=talk.timezone,
            summary="",
            status=Status.CANCELLED if off else Status.CONFIRMED,
        )

    def _described(self, facts: TalkFacts) -> str:
        rows = self._words.rows(facts, Role.GUEST)
        return "\n".join(f"{row.label}: {row.value}" for row in rows)

    def info(self, feed: Feed) -> FeedInfo:
        """What a program shows of the feed itself, without its address."""
        name, lead = self._titles(feed)
        return FeedInfo(
            name=name,
            description=lead,
            url="",
            timezone=self.desk.settings.timezone,
            cancelled_prefix=self._translations.gettext("Cancelled: "),
        )

    def _titles(self, feed: Feed) -> tuple[str, str]:
        _ = self._translations.gettext
        name = self.whose.short_name
        if feed.organisation is not None:
            lead = _("Your organisation’s talks, always as they are now.")
            return f"{name}: {feed.organisation.name}", lead
        if feed.person is not None:
            lead = _("All talks, always as they are now.")
            return _("%(name)s (coordination)") % {"name": name}, lead
        return name, _("When and where talks take place, and what they are about.")


def public_topics(talk: Talk) -> list[Topic]:
    return covered_topics(talk) if talk.request is not None else []


def locale_of(feed: Feed) -> str:
    """A person's own feed speaks their language; who reads the others is not known."""
    return feed.person.locale if feed.person is not None else DEFAULT


def district_names(session: Session) -> dict[str, str]:
    rows = session.execute(select(District.nr, District.name))
    return {row.nr: row.name for row in rows}
