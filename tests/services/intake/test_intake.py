"""From a draft to a request: who asks is found again, and nothing known is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import (
    AuditEntry,
    Organisation,
    OutboxMessage,
    Person,
    Request,
    Venue,
)
from matchmaker.models.states import RequestState, Role, TokenPurpose
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.errors import Invalid, NotFound, NotPossible
from matchmaker.services.house import tokens
from matchmaker.services.house.reference import load_reference
from matchmaker.services.intake import drafts, hosts, submit
from matchmaker.services.intake.need import typed_need
from tests import factories
from tests.support.needs import drafted, full, submitted


def test_draft_keeps_what_was_typed_right_or_wrong(session: Session, desk: Desk) -> None:
    request, token = drafts.start(session, desk)
    drafts.save(session, desk, request, {"people": "viele", "email": "kein@", "topics": ["X"]})
    drafts.save(session, desk, request, {"name": "Amal"})
    session.expire_all()
    typed = drafts.fields_of(drafts.draft_of(session, desk, token))
    kept = {name: typed[name] for name in ("people", "email", "topics", "name")}
    assert kept == {"people": "viele", "email": "kein@", "topics": ["X"], "name": "Amal"}


def test_saving_a_draft_counts_no_version_up(session: Session, desk: Desk) -> None:
    request, _token = drafts.start(session, desk)
    session.commit()
    before = request.version
    drafts.save(session, desk, request, {"name": "Amal"})
    session.commit()
    assert session.scalar(select(Request.version)) == before


def test_submitted_request_holds_everything(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    session.commit()
    session.expire_all()
    assert (request.code, request.state) == ("A001", RequestState.SUBMITTED)
    assert [row.topic_code for row in request.topics] == ["ARB-01", "ANE-01"]
    assert [row.language_tag for row in request.languages] == ["ar", "de-simple"]
    assert typed_need(request)["windows"] == ["mon-eve", "sat-am"]
    assert typed_need(request)["off_to"] == ["2027-03-08", "2027-03-09"]
    assert (request.people, request.children, request.room_capacity) == (18, 4, 30)
    assert request.organisation is not None
    assert request.contact is not None
    assert (request.organisation.name, request.organisation.code) == ("Brücke e. V.", "MO01")
    assert (request.contact.email, request.contact.roles) == (
        "amal@bruecke.example",
        {Role.HOST},
    )
    assert request.contact.organisation_id == request.organisation_id
    assert request.venue is not None
    assert request.venue.address == "Sonnenallee 1, 12047 Berlin"


def test_form_of_a_request_says_what_was_typed(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    typed = typed_need(request) | drafts.who_of(request)
    expected = full(off_to=["2027-03-08", "2027-03-09"], needs_room="no")
    assert typed == expected


def test_confirmation_goes_to_the_contact_with_a_link_that_works(
    session: Session, desk: Desk
) -> None:
    request = submitted(session, desk)
    (mail,) = session.scalars(select(OutboxMessage)).all()
    assert (mail.kind, mail.recipient, mail.request_id) == (
        "request_received",
        "amal@bruecke.example",
        request.id,
    )


def test_link_of_the_draft_becomes_the_link_of_the_request(session: Session, desk: Desk) -> None:
    request, token = drafted(session, desk)
    submit.submit(session, desk, request)
    assert submit.request_of(session, desk, token) is request
    later = replace(desk, now=desk.now + timedelta(days=300))
    assert submit.request_of(session, later, token) is request
    with pytest.raises(NotFound):
        drafts.draft_of(session, desk, token)


def test_submitting_twice_makes_one_request(session: Session, desk: Desk) -> None:
    request, _token = drafted(session, desk)
    submit.submit(session, desk, request)
    submit.submit(session, desk, request)
    assert session.scalar(select(func.count()).select_from(Request)) == 1
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    submissions = select(func.count()).where(AuditEntry.action == "request.submitted")
    assert session.scalar(submissions) == 1


def test_faulty_draft_changes_nothing(session: Session, desk: Desk) -> None:
    request, _token = drafted(session, desk, people="NaN", period_to="2027-02-30", email="x")
    session.commit()
    with pytest.raises(Invalid) as refusal:
        submit.submit(session, desk, request)
    session.rollback()
    assert set(refusal.value.fields) == {"people", "period_to", "email"}
    for table in (Organisation, Person, Venue, OutboxMessage):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert request.state is RequestState.DRAFT
    assert drafts.fields_of(request)["people"] == "NaN"


@pytest.mark.parametrize(
    "written",
    ["Brücke e.V.", "BRÜCKE", "brücke e. V.", "  Bruecke".replace("ue", "ü"), "Brücke eV"],
)
def test_association_is_found_again_however_it_is_spelt(
    session: Session, desk: Desk, written: str
) -> None:
    load_reference(session)
    known = factories.organisation(session, name="Brücke e.V.", district_nr="08")
    request = submitted(session, desk, organisation=written)
    assert request.organisation is known


def test_names_are_compared_without_signs_and_legal_form() -> None:
    assert hosts.normal_name("Referent*innen e. V.") == hosts.normal_name("referent:innen")
    assert hosts.normal_name("e.V.") == "ev"


def test_anonymous_form_overwrites_nobody(session: Session, desk: Desk) -> None:
    load_reference(session)
    host = factories.organisation(session, name="Brücke", phone="030 1")
    known = factories.person(
        session, Role.SPEAKER, email="amal@bruecke.example", name="Dr. Amal", phone="030 99999"
    )
    request = submitted(session, desk, name="Somebody Else", phone="030 55555")
    assert request.contact is known
    assert request.organisation is host
    assert (known.name, known.phone, known.organisation_id) == ("Dr. Amal", "030 99999", None)
    assert known.roles == {Role.SPEAKER}
    assert host.phone == "030 1"
    assert drafts.who_of(request)["name"] == "Somebody Else"


def test_stranger_becomes_no_member_of_a_known_association(session: Session, desk: Desk) -> None:
    load_reference(session)
    host = factories.organisation(session, name="Brücke")
    request = submitted(session, desk)
    assert request.organisation is host
    assert request.contact is not None
    assert request.contact.organisation_id is None


def test_known_room_is_used_and_members_add_new_ones(session: Session, desk: Desk) -> None:
    first = submitted(session, desk)
    again = submitted(session, desk, address="SONNENALLEE 1, 12047 Berlin")
    assert first.venue_id == again.venue_id
    request, _token = drafted(session, desk, address="Karl-Marx-Straße 2")
    assert first.contact is not None
    submit.submit(session, desk.by(Actor.of(first.contact)), request, person=first.contact)
    assert request.venue_id not in {first.venue_id, None}
    assert submitted(session, desk, needs_room="yes", address="").venue_id is None


def test_stranger_gives_a_known_association_no_new_room(session: Session, desk: Desk) -> None:
    first = submitted(session, desk)
    other = submitted(session, desk, address="Karl-Marx-Straße 2")
    assert other.organisation is first.organisation
    assert (other.venue_id, other.address) == (None, "Karl-Marx-Straße 2")
    assert session.scalars(select(Venue.id)).all() == [first.venue_id]


def test_signed_in_host_types_nothing_twice(session: Session, desk: Desk) -> None:
    first = submitted(session, desk)
    assert first.contact is not None
    known = drafts.known_of(session, first.contact)
    names = ("organisation", "name", "email", "phone", "district", "address", "language_1")
    assert {name: known[name] for name in names} == {
        "organisation": "Brücke e. V.",
        "name": "Amal Nasser",
        "email": "amal@bruecke.example",
        "phone": "030 1234567",
        "district": "08",
        "address": "Sonnenallee 1, 12047 Berlin",
        "language_1": "ar",
    }
    assert "questions" not in known


def test_new_association_of_a_signed_in_host_is_theirs(session: Session, desk: Desk) -> None:
    load_reference(session)
    person = factories.person(session, Role.HOST, email="amal@bruecke.example")
    request, _token = drafted(session, desk)
    submit.submit(session, desk.by(Actor.of(person)), request, person=person)
    assert person.organisation_id == request.organisation_id


def test_old_drafts_expire_and_young_ones_stay(session: Session, desk: Desk) -> None:
    _old, old_token = drafts.start(session, desk)
    later = replace(desk, now=desk.now + timedelta(days=20))
    young, young_token = drafts.start(session, later)
    session.commit()
    at_last = replace(desk, now=desk.now + timedelta(days=31))
    with pytest.raises(NotFound):
        drafts.draft_of(session, at_last, old_token)
    assert drafts.expire(session, at_last) == 1
    assert drafts.draft_of(session, at_last, young_token).id == young.id
    assert session.scalars(select(Request.id)).all() == [young.id]


def test_link_is_mailed_once_a_day(session: Session, desk: Desk) -> None:
    request, token = drafted(session, desk)
    for _press in range(3):
        assert drafts.mail_link(session, desk, request, token) == "amal@bruecke.example"
    (mail,) = session.scalars(select(OutboxMessage)).all()
    assert (mail.kind, mail.person_id) == ("request_status_link", None)
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_link_is_not_mailed_without_an_address(session: Session, desk: Desk) -> None:
    request, token = drafted(session, desk, email="nope")
    with pytest.raises(Invalid):
        drafts.mail_link(session, desk, request, token)


def test_change_counts_only_when_it_is_sent(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    submit.begin_change(session, request)
    drafts.save(session, desk, request, {"people": "40"})
    assert (request.people, submit.is_changing(request)) == (18, True)
    assert submit.send_change(session, desk, request) is True
    assert (request.people, submit.is_changing(request)) == (40, False)
    assert request.state is RequestState.SUBMITTED


@pytest.mark.parametrize("state", [RequestState.READY, RequestState.PROPOSED])
def test_changed_request_goes_back_to_clarification(
    session: Session, desk: Desk, state: RequestState
) -> None:
    request = submitted(session, desk)
    request.state = state
    session.flush()
    submit.begin_change(session, request)
    drafts.save(session, desk, request, {"topics": ["ANE-01"], "language_2": ""})
    assert submit.send_change(session, desk, request) is True
    assert request.state is RequestState.IN_CLARIFICATION
    assert [row.topic_code for row in request.topics] == ["ANE-01"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "request.changed")).one()
    assert entry.before["topics"] == ["ARB-01", "ANE-01"]
    assert entry.after["topics"] == ["ANE-01"]


def test_sending_no_change_leaves_the_state(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    session.flush()
    submit.begin_change(session, request)
    assert submit.send_change(session, desk, request) is False
    assert request.state is RequestState.READY


def test_faulty_change_is_refused_and_kept(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    submit.begin_change(session, request)
    drafts.save(session, desk, request, {"people": "-3"})
    with pytest.raises(Invalid):
        submit.send_change(session, desk, request)
    assert (request.people, drafts.fields_of(request)["people"]) == (18, "-3")


def test_dropped_change_is_forgotten(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    submit.begin_change(session, request)
    submit.drop_change(session, request)
    assert submit.is_changing(request) is False
    assert drafts.who_of(request)["name"] == "Amal Nasser"


def test_scheduled_request_is_changed_by_phone_only(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    request.state = RequestState.SCHEDULED
    session.flush()
    with pytest.raises(NotPossible):
        submit.begin_change(session, request)
    with pytest.raises(NotPossible):
        submit.withdraw(session, desk, request)


def test_withdrawing_twice_is_written_down_once(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    submit.withdraw(session, desk, request)
    submit.withdraw(session, desk, request)
    assert request.state is RequestState.WITHDRAWN
    written = select(func.count()).where(AuditEntry.action == "request.withdrawn")
    assert session.scalar(written) == 1


def test_draft_token_opens_no_other_door(session: Session, desk: Desk) -> None:
    request, token = drafted(session, desk)
    assert tokens.subject_of(session, desk, TokenPurpose.ANSWER, token) is None
    with pytest.raises(NotFound):
        submit.request_of(session, desk, token)
    assert drafts.draft_of(session, desk, token).id == request.id


def test_draft_sent_meanwhile_does_not_expire(
    session: Session, factory: sessionmaker[Session], desk: Desk
) -> None:
    request, _token = drafted(session, desk)
    session.commit()
    at_last = replace(desk, now=desk.now + timedelta(days=31))
    submit.submit(session, at_last, request)
    with ThreadPoolExecutor(1) as pool, factory() as other:
        removing = pool.submit(drafts.expire, other, at_last)
        wait([removing], timeout=0.3)
        session.commit()
        assert removing.result() == 0
        other.commit()
    assert session.scalars(select(Request.state)).all() == [RequestState.SUBMITTED]


def test_strangers_cannot_fill_a_mailbox_with_links_to_drafts(session: Session, desk: Desk) -> None:
    def mail(to: str, at: Desk) -> str:
        draft, token = drafts.start(session, at)
        drafts.save(session, at, draft, {"email": to})
        return drafts.mail_link_once(session, at, draft, token)

    told = [mail("Somebody@verein.example", desk) for _ in range(5)]
    mail("other@verein.example", desk)
    mail("somebody@verein.example", replace(desk, now=desk.now + timedelta(days=1)))

    assert told == ["somebody@verein.example"] * 5, "who types an address learns nothing of it"
    sent = session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.id)).all()
    mine = "somebody@verein.example"
    assert sent == [mine, mine, mine, "other@verein.example", mine]
