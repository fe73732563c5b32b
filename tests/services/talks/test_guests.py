"""Guests at a talk: found by their address, invited, answering, uninvited."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.models import Feed, Invitation, OutboxMessage, Person
from matchmaker.models.states import AnswerVia, InvitationRole, InvitationState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.inviting.responses import all_agreed, record_response
from matchmaker.services.people import contacts
from matchmaker.services.talks import guests
from tests.services.talks.approved import Approved

NAME, EMAIL = "Bezirksstadträtin Sommer", "sommer@bezirk.example"


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    return Approved(session, desk)


def invite(approved: Approved, name: str = NAME, email: str = EMAIL) -> Invitation:
    guests.invite_guest(approved.session, approved.desk, approved.talk.code, name=name, email=email)
    approved.session.refresh(approved.talk, ["invitations"])
    return approved.talk.invitations[-1]


def uninvite(approved: Approved, invitation: Invitation) -> None:
    guests.uninvite_guest(approved.session, approved.desk, approved.talk.code, invitation.id)


def calendar_of(approved: Approved, person: Person) -> str:
    feed = approved.session.scalars(select(Feed).where(Feed.person_id == person.id)).one()
    return feed.body.decode()


def test_guest_alone_gets_an_invitation_and_a_calendar(approved: Approved) -> None:
    made = invite(approved, email=" Sommer@Bezirk.example ")

    assert (made.role, made.person.name, made.person.roles) == (
        InvitationRole.GUEST,
        NAME,
        frozenset(),
    )
    assert approved.queued() == {EMAIL: "invitation"}
    mail = approved.session.scalars(
        select(OutboxMessage).where(OutboxMessage.invitation_id == made.id)
    ).one()
    assert mail.method == "REQUEST"
    assert made.uid in calendar_of(approved, made.person)
    assert approved.last_entry("talk.guest_invited").after == {"person": made.person.code}


def test_guest_is_written_to_in_the_language_chosen(approved: Approved) -> None:
    guests.invite_guest(
        approved.session,
        approved.desk,
        approved.talk.code,
        name="Jane Summer",
        email=EMAIL,
        locale="en",
    )
    mail = approved.session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == EMAIL)
    ).one()
    assert mail.subject.startswith("Invitation: ")
    with pytest.raises(Invalid) as refused:
        guests.invite_guest(
            approved.session,
            approved.desk,
            approved.talk.code,
            name=NAME,
            email="x@bezirk.example",
            locale="tlh",
        )
    assert list(refused.value.fields) == ["locale"]


def test_known_person_is_found_and_stays_as_they_are(approved: Approved) -> None:
    known = approved.another_speaker()
    before = contacts.facts_of(known)
    people = approved.session.scalar(select(func.count()).select_from(Person))

    made = invite(approved, name="Ganz anders", email=known.email.upper())

    assert made.person is known
    assert contacts.facts_of(known) == before
    assert approved.session.scalar(select(func.count()).select_from(Person)) == people


@pytest.mark.parametrize(
    ("name", "email", "field"), [("", EMAIL, "name"), (NAME, "sommer", "email")]
)
def test_guest_needs_a_name_and_an_address(
    approved: Approved, name: str, email: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        invite(approved, name, email)
    assert list(refused.value.fields) == [field]


def test_whoever_takes_part_already_is_not_invited_twice(approved: Approved) -> None:
    invite(approved)
    for email in (EMAIL, approved.speaker.email):
        with pytest.raises(Invalid):
            invite(approved, email=email)


def test_somebody_who_is_not_active_is_not_invited(approved: Approved) -> None:
    known = approved.another_speaker()
    known.active = False
    with pytest.raises(Invalid):
        invite(approved, email=known.email)


def test_nobody_is_invited_to_a_talk_that_has_begun(approved: Approved) -> None:
    approved.later(days=60)
    with pytest.raises(NotPossible):
        invite(approved)


def test_stale_page_invites_nobody(approved: Approved) -> None:
    with pytest.raises(Conflict):
        guests.invite_guest(
            approved.session,
            approved.desk,
            approved.talk.code,
            name=NAME,
            email=EMAIL,
            version=approved.talk.version - 1,
        )


def test_uninvited_guest_gets_a_cancellation_by_mail_and_in_the_calendar(
    approved: Approved,
) -> None:
    made = invite(approved)
    approved.send()
    approved.later(minutes=1)

    uninvite(approved, made)

    assert made.state is InvitationState.CANCELLED
    assert approved.queued() == {EMAIL: "invitation_cancelled"}
    assert "STATUS:CANCELLED" in calendar_of(approved, made.person)
    assert approved.last_entry("talk.guest_uninvited").before == {"person": made.person.code}


def test_invitation_that_has_not_left_stays_at_home(approved: Approved) -> None:
    uninvite(approved, invite(approved))
    assert approved.queued() == {}


def test_guest_can_be_invited_again(approved: Approved) -> None:
    first = invite(approved)
    uninvite(approved, first)
    again = invite(approved)
    assert again.uid != first.uid
    assert approved.queued() == {EMAIL: "invitation"}


def test_only_guests_can_be_uninvited(approved: Approved) -> None:
    for invitation in list(approved.talk.invitations):
        with pytest.raises(NotFound):
            uninvite(approved, invitation)


def test_talk_stands_without_its_guest(approved: Approved) -> None:
    made = invite(approved)
    for invitation in approved.talk.invitations:
        record_response(
            approved.session,
            approved.desk,
            invitation,
            InvitationState.DECLINED if invitation is made else InvitationState.ACCEPTED,
            sequence=0,
            stamp=approved.desk.now,
            via=AnswerVia.WEB,
        )
    assert made.state is InvitationState.DECLINED
    assert all_agreed(approved.talk)
