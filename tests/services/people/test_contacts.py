from __future__ import annotations

import email
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry, Feed, OutboxMessage, Person
from matchmaker.models.states import (
    InvitationRole,
    InvitationState,
    OutboxState,
    Role,
    TokenPurpose,
)
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.house import tokens
from matchmaker.services.house.reference import load_reference
from matchmaker.services.inviting import feeds, invitations
from matchmaker.services.inviting.answer_links import answer_link
from matchmaker.services.people import contacts, sessions
from matchmaker.services.people.contacts import PersonFacts
from matchmaker.services.sending import post
from tests import factories
from tests.services.plans import TUESDAY_UTC
from tests.support.invited import Evening

SATURDAY_UTC = TUESDAY_UTC + timedelta(days=4)

HOST = PersonFacts(name="Rana Haddad", email="rana@verein.example", roles=frozenset({Role.HOST}))


def _audited(session: Session) -> AuditEntry:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    return entry


def test_add_person_keeps_what_was_given(session: Session, desk: Desk) -> None:
    verein = factories.organisation(session, code="MO07")
    facts = replace(HOST, phone=" 030  23125 101 ", organisation="MO07", locale="en")

    person = contacts.add_person(
        session, desk, replace(facts, email=" Rana@Verein.example"), may_grant=contacts.EVERYBODY
    )

    assert contacts.facts_of(person) == replace(facts, phone="030 23125 101")
    assert (person.code, person.organisation) == ("H01", verein)
    assert (_audited(session).action, _audited(session).after["roles"]) == (
        "person.added",
        ["host"],
    )


def test_add_person_counts_codes_up(session: Session, desk: Desk) -> None:
    load_reference(session)
    codes = [
        contacts.add_person(
            session,
            desk,
            PersonFacts(name="N", email=f"n{number}@a.example", roles=frozenset({role})),
            may_grant=contacts.EVERYBODY,
        ).code
        for number, role in enumerate([Role.HOST, Role.HOST, Role.SPEAKER, Role.ADMIN])
    ]

    assert codes == ["H01", "H02", "R01", "V01"]


def test_add_person_gives_speakers_a_profile(session: Session, desk: Desk) -> None:
    load_reference(session)
    factories.organisation(session, code="IN01", district_nr="05")
    facts = replace(HOST, roles=frozenset({Role.SPEAKER}), organisation="IN01")

    profile = contacts.add_person(session, desk, facts, may_grant=contacts.EVERYBODY).profile

    assert profile is not None
    assert (profile.kind, profile.home_district_nr, profile.confirmed_at) == ("speaker", "05", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"email": "taken@verein.example"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"locale": "xx"}, "locale"),
        ({"organisation": "MO99"}, "organisation"),
        ({"roles": frozenset()}, "roles"),
        ({"roles": frozenset({Role.SPEAKER, Role.INTERPRETER})}, "roles"),
    ],
)
def test_add_person_names_the_field_that_is_wrong(
    session: Session, desk: Desk, change: dict[str, object], field: str
) -> None:
    factories.person(session, Role.HOST, email="taken@verein.example")

    with pytest.raises(Invalid) as refusal:
        contacts.add_person(session, desk, replace(HOST, **change), may_grant=contacts.EVERYBODY)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]
    assert contacts.person_by_email(session, HOST.email) is None


def test_change_person_records_only_what_changed(session: Session, desk: Desk) -> None:
    person = contacts.add_person(session, desk, HOST, may_grant=contacts.EVERYBODY)

    contacts.change_person(
        session, desk, person, replace(HOST, name="Rana Haddad-Weiß"), may_grant=contacts.EVERYBODY
    )

    entry = _audited(session)
    assert (entry.before, entry.after) == ({"name": "Rana Haddad"}, {"name": "Rana Haddad-Weiß"})


def test_change_person_that_changes_nothing_is_not_recorded(session: Session, desk: Desk) -> None:
    person = contacts.add_person(session, desk, HOST, may_grant=contacts.EVERYBODY)
    before = _audited(session).id

    contacts.change_person(session, desk, person, HOST, may_grant=contacts.EVERYBODY)

    assert _audited(session).id == before


def test_disabling_signs_out_everywhere(session: Session, desk: Desk) -> None:
    person = contacts.add_person(session, desk, HOST, may_grant=contacts.EVERYBODY)
    token = sessions.start(session, desk, person)

    contacts.change_person(
        session, desk, person, replace(HOST, active=False), may_grant=contacts.EVERYBODY
    )
    contacts.change_person(session, desk, person, HOST, may_grant=contacts.EVERYBODY)

    assert person.active
    assert sessions.person_of(session, desk, token) is None


def test_change_of_a_stale_page_is_refused(session: Session, desk: Desk) -> None:
    person = contacts.add_person(session, desk, HOST, may_grant=contacts.EVERYBODY)
    shown = person.version
    contacts.change_person(
        session, desk, person, replace(HOST, name="Neu"), may_grant=contacts.EVERYBODY
    )

    with pytest.raises(Conflict):
        contacts.change_person(
            session, desk, person, HOST, version=shown, may_grant=contacts.EVERYBODY
        )


def test_coordinators_cannot_make_staff(session: Session, desk: Desk) -> None:
    coordinator = factories.person(session, Role.COORDINATOR)
    may_grant = contacts.grantable(coordinator)
    person = contacts.add_person(session, desk, HOST, may_grant=may_grant)

    for roles in ({Role.ADMIN}, {Role.HOST, Role.COORDINATOR}):
        facts = replace(HOST, roles=frozenset(roles))
        with pytest.raises(NotPossible):
            contacts.change_person(session, desk, person, facts, may_grant=may_grant)
        new = replace(facts, email="new@verein.example")
        with pytest.raises(NotPossible):
            contacts.add_person(session, desk, new, may_grant=may_grant)


def test_coordinators_cannot_take_over_an_account_of_staff(session: Session, desk: Desk) -> None:
    coordinator = factories.person(session, Role.COORDINATOR)
    admin = factories.person(session, Role.ADMIN)
    facts = replace(contacts.facts_of(admin), email="mine@verein.example")

    assert not contacts.may_change(coordinator, admin)
    with pytest.raises(NotPossible):
        contacts.change_person(
            session, desk, admin, facts, may_grant=contacts.grantable(coordinator)
        )


@pytest.mark.parametrize("change", [{"active": False}, {"roles": frozenset({Role.HOST})}])
def test_nobody_locks_themselves_out(
    session: Session, desk: Desk, change: dict[str, object]
) -> None:
    admin = factories.person(session, Role.ADMIN)
    facts = replace(contacts.facts_of(admin), **change)  # type: ignore[arg-type]

    with pytest.raises(NotPossible):
        contacts.change_person(
            session, desk.by(Actor.of(admin)), admin, facts, may_grant=contacts.EVERYBODY
        )


def test_speaker_cannot_become_an_interpreter(session: Session, desk: Desk) -> None:
    speaker = factories.speaker(session)
    facts = replace(contacts.facts_of(speaker), roles=frozenset({Role.INTERPRETER}))

    with pytest.raises(Invalid):
        contacts.change_person(session, desk, speaker, facts, may_grant=contacts.EVERYBODY)


def test_add_roles_lets_somebody_in_again(session: Session, desk: Desk) -> None:
    person: Person = contacts.add_person(
        session, desk, replace(HOST, active=False), may_grant=contacts.EVERYBODY
    )

    contacts.add_roles(session, desk, person, frozenset({Role.COORDINATOR}))

    assert (person.active, person.roles) == (True, {Role.HOST, Role.COORDINATOR})


def test_person_by_code_knows_nobody(session: Session) -> None:
    with pytest.raises(NotFound):
        contacts.person_by_code(session, "R99")


def test_corrected_address_is_invited_again_and_shown_in_the_subscription(
    session: Session, desk: Desk
) -> None:
    person = factories.speaker(session)
    talk = factories.talk(session, TUESDAY_UTC)
    invitations.invite(session, desk, talk, person, InvitationRole.SPEAKER)
    wanted = replace(contacts.facts_of(person), email="richtig@beratung.example")

    assert contacts.change_person(session, desk, person, wanted, may_grant=contacts.EVERYBODY) == 1

    mails = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(row.recipient, row.state) for row in mails] == [
        (mails[0].recipient, OutboxState.DROPPED),
        ("richtig@beratung.example", OutboxState.QUEUED),
    ]
    feed = session.scalars(select(Feed).where(Feed.person_id == person.id)).one()
    assert b"BEGIN:VEVENT" in feed.body


@dataclass
class _Mailed:
    """A host with every kind of link that somebody may be mailed."""

    person: Person
    answers: list[str]
    status: str
    draft: str

    def works(self, session: Session, desk: Desk) -> dict[str, object]:
        session.expire_all()
        feed = feeds.feed_address(session, desk, self.person)
        return {
            "answers": [answer_link(session, desk, token) is not None for token in self.answers],
            "status": tokens.subject_of(session, desk, TokenPurpose.REQUEST_STATUS, self.status)
            is not None,
            "draft": tokens.subject_of(session, desk, TokenPurpose.DRAFT, self.draft) is not None,
            "feed": feed is not None,
        }


@pytest.fixture
def mailed(session: Session, desk: Desk) -> _Mailed:
    coming = Evening(session, desk, role=InvitationRole.HOST)
    said_no = Evening(
        session, desk, person=coming.person, role=InvitationRole.HOST, starts_at=SATURDAY_UTC
    )
    said_no.invitation.state = InvitationState.DECLINED
    person = coming.person
    assert person is not None
    request = factories.request(session, contact=person)

    def link(purpose: TokenPurpose, number: int) -> str:
        return tokens.issue(session, desk, purpose, number)

    made = _Mailed(
        person,
        [link(TokenPurpose.ANSWER, evening.invitation.id) for evening in (coming, said_no)],
        link(TokenPurpose.REQUEST_STATUS, request.id),
        link(TokenPurpose.DRAFT, request.id),
    )
    session.flush()
    assert made.works(session, desk) == {
        "answers": [True, True],
        "status": True,
        "draft": True,
        "feed": True,
    }
    return made


@pytest.mark.parametrize(
    ("change", "feed_works"), [({"email": "neu@verein.example"}, True), ({"active": False}, False)]
)
def test_mailed_links_end_with_the_address_and_with_the_account(
    session: Session, desk: Desk, mailed: _Mailed, change: dict[str, Any], feed_works: bool
) -> None:
    facts = replace(contacts.facts_of(mailed.person), **change)

    contacts.change_person(session, desk, mailed.person, facts, may_grant=contacts.EVERYBODY)

    assert mailed.works(session, desk) == {
        "answers": [False, False],
        "status": False,
        "draft": True,
        "feed": feed_works,
    }


def test_other_changes_leave_mailed_links_alone(
    session: Session, desk: Desk, mailed: _Mailed
) -> None:
    facts = replace(contacts.facts_of(mailed.person), phone="030 1234567")

    contacts.change_person(session, desk, mailed.person, facts, may_grant=contacts.EVERYBODY)

    assert mailed.works(session, desk)["answers"] == [True, True]


def test_new_address_gets_an_answer_link_that_works(
    session: Session, desk: Desk, mailed: _Mailed
) -> None:
    facts = replace(contacts.facts_of(mailed.person), email="neu@verein.example")

    contacts.change_person(session, desk, mailed.person, facts, may_grant=contacts.EVERYBODY)

    mail = session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == "neu@verein.example")
    ).one()
    body = email.message_from_bytes(mail.body, policy=default).get_body(("plain",))
    assert body is not None
    link = re.search(r"/antwort/([\w-]{43})", body.get_content())
    assert link is not None
    assert answer_link(session, desk, link[1]) is not None


def _mail_before(session: Session, desk: Desk, person: Person, state: OutboxState) -> None:
    mail = post.queue_letter(
        session,
        desk,
        kind="request_withdrawn",
        subject_key="test",
        person=person,
        facts={"topic": "Minijob", "url": "https://matchmaker.example/anfrage/abc"},
    )
    mail.state = state
    session.flush()


@pytest.mark.parametrize(
    ("role", "before", "told"),
    [
        (Role.HOST, OutboxState.SENT, ["alt@verein.example"]),
        (Role.HOST, OutboxState.DEAD, []),
        (Role.HOST, None, []),
        (Role.COORDINATOR, None, ["alt@verein.example"]),
    ],
)
def test_old_address_is_told_of_the_new_one_where_somebody_reads_it(
    session: Session, desk: Desk, role: Role, before: OutboxState | None, told: list[str]
) -> None:
    person = factories.person(session, role, email="alt@verein.example")
    if before is not None:
        _mail_before(session, desk, person, before)
    facts = replace(contacts.facts_of(person), email="neu@verein.example")

    contacts.change_person(session, desk, person, facts, may_grant=contacts.EVERYBODY)

    letters = select(OutboxMessage).where(OutboxMessage.kind == "account_changed")
    rows = session.scalars(letters).all()
    assert [row.recipient for row in rows] == told
    assert not [row for row in rows if b"neu@verein.example" in row.body]


def test_old_international_address_is_told_where_mails_have_arrived_there(
    session: Session, desk: Desk
) -> None:
    person = factories.person(session, Role.HOST, email="alt@büro.example")
    _mail_before(session, desk, person, OutboxState.SENT)
    facts = replace(contacts.facts_of(person), email="neu@verein.example")

    contacts.change_person(session, desk, person, facts, may_grant=contacts.EVERYBODY)

    told = select(OutboxMessage.recipient).where(OutboxMessage.kind == "account_changed")
    assert session.scalars(told).all() == ["alt@xn--bro-hoa.example"]


def test_guest_without_a_role_can_be_changed_and_stays_without_one(
    session: Session, desk: Desk
) -> None:
    guest = contacts.known_or_added(session, desk, "Petra Sommer", "sommer@bezirk.example")
    facts = replace(contacts.facts_of(guest), email="p.sommer@bezirk.example")
    contacts.change_person(session, desk, guest, facts, may_grant=contacts.ORDINARY)
    assert (guest.email, guest.roles) == ("p.sommer@bezirk.example", frozenset())
    assert contacts.known_or_added(session, desk, "", "P.Sommer@bezirk.example") is guest
