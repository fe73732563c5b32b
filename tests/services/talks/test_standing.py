"""What happens to a talk after its approval: called off, moved, others sent, held."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import Person, Talk, Venue
from matchmaker.models.states import (
    AnswerVia,
    AssignmentRole,
    AssignmentState,
    Format,
    InvitationState,
    MeetingMode,
    RequestState,
    Role,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, Invalid, NotFound, NotPossible
from matchmaker.services.planning.rehearsal import rehearse
from matchmaker.services.talks import talk_changes, talk_outcomes
from matchmaker.services.talks.talk_changes import Place
from matchmaker.services.talks.talk_creation import NewTalk, create_by_hand
from tests import factories
from tests.services.plans import TUESDAY, TUESDAY_UTC
from tests.services.talks.approved import Approved

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def approved(session: Session, desk: Desk) -> Approved:
    return Approved(session, desk)


def test_calling_off_tells_everybody_and_lets_the_request_wait_again(approved: Approved) -> None:
    talk_changes.call_off(
        approved.session, approved.desk, approved.talk.code, reason="Der Raum ist gesperrt."
    )
    assert approved.queued() == dict.fromkeys(approved.everybody(), "invitation_cancelled")
    assert set(approved.states().values()) == {"cancelled"}
    assert (approved.talk.state, approved.talk.cancel_reason) == (
        TalkState.CANCELLED,
        "Der Raum ist gesperrt.",
    )
    assert approved.request.state is RequestState.READY
    assert approved.last_entry("talk.called_off").reason == "Der Raum ist gesperrt."
    reopened = approved.last_entry("request.reopened")
    assert reopened.before == {"state": "scheduled", "talk": approved.talk.code}
    assert reopened.after == {"state": "ready"}


def test_calling_off_can_withdraw_the_request(approved: Approved) -> None:
    talk_changes.call_off(
        approved.session,
        approved.desk,
        approved.talk.code,
        reason="Der Verein sagt ab.",
        request_becomes=RequestState.WITHDRAWN,
    )
    assert approved.request.state is RequestState.WITHDRAWN


def test_calling_off_needs_a_reason_and_happens_once(approved: Approved) -> None:
    call_off = talk_changes.call_off
    with pytest.raises(Invalid) as refused:
        call_off(approved.session, approved.desk, approved.talk.code, reason=" \n")
    assert set(refused.value.fields) == {"reason"}
    call_off(approved.session, approved.desk, approved.talk.code, reason="Krank")
    with pytest.raises(NotPossible):
        call_off(approved.session, approved.desk, approved.talk.code, reason="Krank")
    with pytest.raises(NotFound):
        call_off(approved.session, approved.desk, "T999", reason="Krank")


def test_stale_tab_changes_nothing(approved: Approved) -> None:
    with pytest.raises(Conflict):
        talk_changes.call_off(
            approved.session,
            approved.desk,
            approved.talk.code,
            reason="Krank",
            version=approved.talk.version - 1,
        )
    assert approved.queued() == {}


def test_moving_asks_everybody_again(approved: Approved) -> None:
    invitation = approved.talk.invitations[0]
    invitation.state = InvitationState.DECLINED
    approved.talk.assignments[0].state = AssignmentState.DECLINED
    talk_changes.move(
        approved.session,
        approved.desk,
        approved.talk.code,
        start=WEDNESDAY,
        minutes=90,
        reason="Der Raum ist am Dienstag belegt.",
    )
    assert approved.queued() == dict.fromkeys(approved.everybody(), "invitation_changed")
    assert approved.talk.starts_at == TUESDAY_UTC + timedelta(days=1)
    assert approved.talk.ends_local == "2027-01-20T19:30"
    assert {row.starts_at for row in approved.talk.assignments} == {approved.talk.starts_at}
    assert {row.state for row in approved.talk.invitations} == {InvitationState.OPEN}
    assert {row.sequence for row in approved.talk.invitations} == {1}
    entry = approved.last_entry("talk.moved")
    assert (entry.before["starts"], entry.after["starts"]) == (
        "2027-01-19T18:00",
        "2027-01-20T18:00",
    )


def test_moving_onto_another_talk_of_a_person_is_refused_by_name(approved: Approved) -> None:
    factories.assignment(
        approved.session, approved.speaker, TUESDAY_UTC + timedelta(days=1, hours=1)
    )
    approved.session.flush()
    with pytest.raises(Conflict) as refused:
        talk_changes.move(
            approved.session, approved.desk, approved.talk.code, start=WEDNESDAY, minutes=120
        )
    assert approved.speaker.name in str(refused.value)
    assert "2027-01-20 19:00" in str(refused.value)


@pytest.mark.parametrize(
    ("start", "minutes", "field"),
    [
        (TUESDAY - timedelta(days=60), 120, "day"),
        (TUESDAY, 5, "minutes"),
        (TUESDAY, 1000, "minutes"),
        (TUESDAY.replace(hour=23), 120, "starts"),
    ],
)
def test_impossible_times_are_named(
    approved: Approved, start: object, minutes: int, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        talk_changes.move(
            approved.session,
            approved.desk,
            approved.talk.code,
            start=start,  # type: ignore[arg-type]  # a datetime
            minutes=minutes,
        )
    assert set(refused.value.fields) == {field}


def test_talk_may_end_at_midnight(approved: Approved) -> None:
    start = TUESDAY.replace(hour=22)
    talk_changes.move(approved.session, approved.desk, approved.talk.code, start=start, minutes=120)
    assert approved.talk.ends_local == "2027-01-20T00:00"


def test_place_can_change_to_a_room_or_online(approved: Approved) -> None:
    room = Venue(
        organisation=approved.talk.organisation, name="Saal", address="Weg 2", district_nr="01"
    )
    approved.session.add(room)
    approved.session.flush()
    code = approved.talk.code

    def move(place: Place) -> Talk:
        return talk_changes.move(
            approved.session, approved.desk, code, start=TUESDAY, minutes=120, place=place
        )

    assert move(Place(venue_id=room.id)).location == "Saal, Weg 2"
    assert move(Place(mode=MeetingMode.ONLINE)).location == ""
    with pytest.raises(Invalid):
        move(Place(address=" "))
    foreign = Venue(organisation=factories.organisation(approved.session), name="Fremd")
    approved.session.add(foreign)
    approved.session.flush()
    with pytest.raises(Invalid):
        move(Place(venue_id=foreign.id))


def test_replacing_ends_one_invitation_and_begins_another(approved: Approved) -> None:
    new = approved.another_speaker()
    old = approved.talk.invitations[0]
    talk_changes.replace_person(
        approved.session,
        approved.desk,
        approved.talk.code,
        leaving=approved.speaker.code,
        coming=new.code,
    )
    approved.session.refresh(approved.talk, ["invitations"])
    made = approved.talk.invitations[-1]
    assert approved.queued() == {
        approved.speaker.email: "invitation_cancelled",
        new.email: "invitation",
        approved.interpreter.email: "invitation_changed",
        approved.everybody()[2]: "invitation_changed",
    }
    assert made.uid != old.uid
    assert (old.state, made.state) == (InvitationState.CANCELLED, InvitationState.OPEN)
    assert approved.states() == {
        approved.speaker.id: "cancelled",
        approved.interpreter.id: "approved",
        new.id: "approved",
    }


def test_person_can_come_back_under_a_new_uid(approved: Approved) -> None:
    new, code = approved.another_speaker(), approved.talk.code

    def swap(leaving: Person, coming: Person) -> None:
        talk_changes.replace_person(
            approved.session, approved.desk, code, leaving=leaving.code, coming=coming.code
        )
        approved.send()
        approved.later(minutes=1)

    swap(approved.speaker, new)
    swap(new, approved.speaker)
    approved.session.refresh(approved.talk, ["invitations"])
    uids = [row.uid for row in approved.talk.invitations]
    assert len(set(uids)) == len(uids) == 5
    assert approved.states()[approved.speaker.id] == "approved"


def test_replacement_must_be_free_and_new(approved: Approved) -> None:
    def replace_with(code: str) -> None:
        talk_changes.replace_person(
            approved.session,
            approved.desk,
            approved.talk.code,
            leaving=approved.speaker.code,
            coming=code,
        )

    for code in ("P999", approved.interpreter.code):
        with pytest.raises(Invalid):
            replace_with(code)
    busy = approved.another_speaker()
    factories.assignment(approved.session, busy, TUESDAY_UTC)
    approved.session.flush()
    with pytest.raises(Conflict):
        replace_with(busy.code)


def test_held_talk_closes_its_request_and_names_who_did_not_come(approved: Approved) -> None:
    with pytest.raises(NotPossible):
        talk_outcomes.mark_held(approved.session, approved.desk, approved.talk.code)
    approved.later(days=30)
    talk_outcomes.mark_held(
        approved.session,
        approved.desk,
        approved.talk.code,
        participants=17,
        absent=[approved.interpreter.code],
    )
    assert (approved.talk.state, approved.talk.participants) == (TalkState.DONE, 17)
    assert approved.states() == {
        approved.speaker.id: "done",
        approved.interpreter.id: "no_show",
    }
    assert approved.request.state is RequestState.DONE
    with pytest.raises(NotPossible):
        talk_changes.call_off(approved.session, approved.desk, approved.talk.code, reason="zu spät")


def test_no_show_can_be_noted_afterwards(approved: Approved) -> None:
    approved.later(days=30)
    talk_outcomes.mark_held(approved.session, approved.desk, approved.talk.code)
    talk_outcomes.mark_no_show(
        approved.session, approved.desk, approved.talk.code, approved.speaker.code
    )
    assert approved.states()[approved.speaker.id] == "no_show"


@pytest.mark.parametrize("participants", [-1, 10_001])
def test_participants_are_a_sensible_number(approved: Approved, participants: int) -> None:
    approved.later(days=30)
    with pytest.raises(Invalid):
        talk_outcomes.mark_held(
            approved.session, approved.desk, approved.talk.code, participants=participants
        )


def test_answer_by_telephone_counts_for_the_present_date(approved: Approved) -> None:
    invitation = approved.talk.invitations[0]
    given = talk_outcomes.answer_for(
        approved.session,
        approved.desk,
        approved.talk.code,
        invitation.id,
        InvitationState.ACCEPTED,
        comment="rief an",
    )
    assert (given.via, given.sequence, given.applied) == (AnswerVia.COORDINATOR, 0, True)
    assert invitation.state is InvitationState.ACCEPTED
    assert approved.states()[approved.speaker.id] == "accepted"
    with pytest.raises(NotFound):
        talk_outcomes.answer_for(
            approved.session, approved.desk, approved.talk.code, 4711, InvitationState.ACCEPTED
        )


def test_rehearsal_shows_mails_and_broken_rules_and_leaves_no_trace(approved: Approved) -> None:
    sunday = TUESDAY + timedelta(days=5)

    def change() -> Talk:
        return talk_changes.move(
            approved.session, approved.desk, approved.talk.code, start=sunday, minutes=120
        )

    seen = rehearse(approved.session, approved.desk, change, talk=approved.talk)
    assert [mail.email for mail in seen.mails] == approved.everybody()
    assert {mail.kind for mail in seen.mails} == {"invitation_changed"}
    assert {breach.code for breach in seen.breaches} == {"availability", "window"}
    assert approved.queued() == {}
    approved.session.refresh(approved.talk)
    assert approved.talk.starts_local == "2027-01-19T18:00"


def new_workshop(approved: Approved, **changes: object) -> NewTalk:
    facts = {
        "format": Format.WORKSHOP,
        "title": "Bewerben üben",
        "organisation": approved.talk.organisation.code,
        "start": WEDNESDAY,
        "minutes": 180,
        "language": "de",
        "place": Place(address="Weg 2, Berlin"),
        "speakers": [approved.speaker.code],
        **changes,
    }
    return NewTalk(**facts)  # type: ignore[arg-type]  # by name


def test_workshop_by_hand_invites_people_and_host(approved: Approved) -> None:
    talk = create_by_hand(approved.session, approved.desk, new_workshop(approved))
    assert (talk.format, talk.code, talk.ends_local) == (
        Format.WORKSHOP,
        "T002",
        "2027-01-20T21:00",
    )
    assert approved.queued() == dict.fromkeys(
        [approved.speaker.email, approved.everybody()[2]], "invitation"
    )
    assert [row.role for row in talk.assignments] == [AssignmentRole.SPEAKER]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"format": Format.TALK, "title": ""}, {"format", "title"}),
        ({"organisation": "MO999", "language": "xx"}, {"organisation", "language"}),
        ({"speakers": []}, {"speakers"}),
        ({"speakers": ["P999"]}, {"speakers"}),
        ({"start": TUESDAY - timedelta(days=90), "minutes": 3}, {"day", "minutes"}),
        ({"place": Place()}, {"address"}),
    ],
)
def test_faults_of_a_new_workshop_are_named(
    approved: Approved, changes: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        create_by_hand(approved.session, approved.desk, new_workshop(approved, **changes))
    assert set(refused.value.fields) == fields


def test_workshop_over_a_talk_of_the_same_person_is_refused(approved: Approved) -> None:
    with pytest.raises(Conflict):
        create_by_hand(approved.session, approved.desk, new_workshop(approved, start=TUESDAY))


def test_workshop_needs_no_contact_to_be_invited(approved: Approved) -> None:
    empty = factories.organisation(approved.session)
    factories.person(approved.session, Role.HOST, organisation=empty, active=False)
    talk = create_by_hand(
        approved.session, approved.desk, new_workshop(approved, organisation=empty.code)
    )
    assert [row.person_id for row in talk.invitations] == [approved.speaker.id]
