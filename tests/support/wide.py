"""The subscriptions that show more than one person's talks, all of them in use."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar
from sqlalchemy.orm import Session

from matchmaker.models import Organisation, Person
from matchmaker.models.states import OrganisationKind, Role
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import feed_serving, wide_feeds
from matchmaker.services.inviting.wide_feeds import PUBLIC, Whose
from tests import factories
from tests.services.talks.approved import Approved


class Subscribed(Approved):
    """An approved talk; its association, two institutions, a coordinator and the public follow it.

    The speaker is of the first institution. The second has somebody who might come instead.
    """

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session, desk)
        self.coordinator: Person = factories.person(session, Role.COORDINATOR)
        self.institution, self.other = (self._institution(name) for name in ("Amt", "Kammer"))
        self.speaker.organisation = self.institution
        self.substitute = self.another_speaker()
        self.substitute.organisation = self.other
        session.flush()
        session.expire_all()
        self.all = Whose(person=self.coordinator)
        self.host = Whose(organisation=self.talk.organisation)
        self.sender, self.second = (
            Whose(organisation=self.institution),
            Whose(organisation=self.other),
        )
        self.public = PUBLIC
        for whose in self.every:
            wide_feeds.renew(session, self.desk, whose)

    @property
    def every(self) -> tuple[Whose, ...]:
        return (self.all, self.host, self.sender, self.second, self.public)

    def _institution(self, name: str) -> Organisation:
        return factories.organisation(
            self.session, name=f"{name} Berlin-Mitte", kind=OrganisationKind.INSTITUTION
        )

    def served(self, whose: Whose, desk: Desk | None = None) -> bytes:
        """What a subscriber's program gets."""
        desk = desk or self.desk
        address = wide_feeds.feed_address(self.session, desk, whose)
        assert address is not None
        token = address.split("/")[-2]
        found = feed_serving.served_feed(self.session, desk, token)
        assert found is not None
        return feed_serving.content(self.session.connection(), desk.settings, found, token)

    def entries(self, whose: Whose, desk: Desk | None = None) -> list[dict[str, Any]]:
        found = Calendar.from_ical(self.served(whose, desk)).walk("VEVENT")
        return [{name: str(value) for name, value in event.items()} for event in found]


def where(subscribed: Subscribed) -> list[bool]:
    """In which of the feeds something stands, in the order of `every`."""
    return [bool(subscribed.entries(whose)) for whose in subscribed.every]
