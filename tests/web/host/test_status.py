"""The page behind the link: a word, what happens next, why not yet, and what one can do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Invitation, OutboxMessage, PlanningRound, Proposal, Request
from matchmaker.models.states import (
    InvitationRole,
    InvitationState,
    ProposalSource,
    RequestState,
    Role,
    RoundState,
    TalkState,
    TokenPurpose,
)
from matchmaker.services.desk import Desk
from matchmaker.services.errors import NotPossible
from matchmaker.services.house import tokens
from matchmaker.services.house.carrier import change_carrier
from matchmaker.services.intake import submit
from matchmaker.services.planning.reasons import TO_HOSTS, telling, why_open
from tests import factories
from tests.support.needs import submitted
from tests.support.pages import Browser


def _link(session: Session, desk: Desk, request: Request) -> str:
    token = tokens.issue(session, desk, TokenPurpose.REQUEST_STATUS, request.id)
    session.commit()
    return f"/anfrage/{token}"


def _look_again(session: Session, request: Request) -> None:
    """As it is stored now; the reading lock is given back at once."""
    session.refresh(request)
    session.commit()


@pytest.mark.parametrize(
    "state", [state for state in RequestState if state is not RequestState.DRAFT]
)
def test_every_state_has_a_page(
    session: Session, desk: Desk, browse: Browser, state: RequestState
) -> None:
    request = submitted(session, desk)
    request.state = state
    page = browse.open(_link(session, desk, request))
    assert (page.status, "A001" in page.words) == (200, True)


def test_reason_of_the_coordination_is_shown(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    request.state, request.state_reason = RequestState.NOT_POSSIBLE, "<b>Niemand da</b>"
    page = browse.open(_link(session, desk, request))
    assert "<b>Niemand da</b>" in page.words


def test_question_stands_under_its_name_with_how_to_answer(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    request.state = RequestState.IN_CLARIFICATION
    link = _link(session, desk, request)
    assert "Wir rufen Sie an oder schreiben Ihnen" in browse.open(link).words
    request.state_reason = "Gibt es einen Beamer?\nWie viele kommen?"
    session.commit()
    words = browse.open(link).words
    assert "Unsere Frage: Gibt es einen Beamer?" in words
    assert "Antworten Sie einfach darauf, oder rufen Sie uns an." in words
    assert ("Warum?" in words, "Wir rufen Sie an oder" in words) == (False, False)


def _planned(session: Session, unassigned: list[dict[str, Any]]) -> PlanningRound:
    planning_round = factories.planning_round(session, state=RoundState.IN_REVIEW)
    proposal = Proposal(
        round_id=planning_round.id,
        number=1,
        source=ProposalSource.SOLVER,
        problem=b"",
        content={"assignments": [], "unassigned": unassigned, "info": {}},
        content_hash="0" * 64,
        status="optimal",
        total=0,
        bound=0,
        served=0,
        unserved=1,
        seconds=0.1,
        seed=0,
        weights={},
        solver_version="1",
        created_at=factories.CREATED,
    )
    session.add(proposal)
    session.flush()
    planning_round.current_proposal_id = proposal.id
    session.flush()
    return planning_round


def test_open_request_says_why_and_what_would_help(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    _planned(session, [{"request": request.code, "reasons": ["language", "window"]}])
    change_carrier(session, desk, phone="030 123456")
    page = browse.open(_link(session, desk, request) + "?lang=en")
    reason, remedy = TO_HOSTS["language"]
    assert (reason in page.words, remedy in page.words) == (True, True)
    assert TO_HOSTS["window"][0] not in page.words
    assert "You can also call us: 030 123456" in page.words


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        (
            {"group_size": [{"needed": 25, "person": "R01", "start": "2027-01-19T18:00"}]},
            "With 25 people it would be possible, for example on Tue 19 Jan 2027, 18:00–20:00.",
        ),
        (
            {"blocked": [{"start": "2027-01-19T18:00"}]},
            "It would be possible on Tue 19 Jan 2027, 18:00–20:00, if you open your closed period "
            "for it. Please call us for that.",
        ),
        (
            {"group_size": [{"needed": 25, "start": "2027-01-19T18:00"}], "competes_with": ["A9"]},
            "",
        ),
    ],
)
def test_tried_way_is_offered_without_names(
    session: Session, desk: Desk, browse: Browser, detail: dict[str, Any], sentence: str
) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    reasons = [code for code in detail if code != "competes_with"]
    _planned(session, [{"request": request.code, "reasons": reasons, "detail": detail}])
    page = browse.open(_link(session, desk, request) + "?lang=en")
    assert ("would be possible" in page.words) == bool(sentence)
    assert sentence in page.words
    assert "R01" not in page.words


def test_last_resorts_are_named_only_where_nothing_else_is() -> None:
    assert telling(["availability", "window", "topic"]) == ("availability",)
    assert telling(["window", "topic"]) == ("window", "topic")
    assert telling([]) == ()


def test_plan_says_nothing_of_requests_that_do_not_wait(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    _planned(session, [{"request": request.code, "reasons": ["language"]}])
    assert why_open(session, request).codes == ()


def test_request_is_changed_by_its_link(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    page = browse.open(_link(session, desk, request))
    page = browse.send(page.form("aendern"))
    url = next(url for url, _words in page.links if "/aendern/6" in url)
    page = browse.send(browse.open(url).form("/6"), people="33", womens_group="yes")
    _look_again(session, request)
    assert request.people == 18
    page = browse.send(page.form("senden"))
    _look_again(session, request)
    assert (page.status, request.people, request.state) == (
        200,
        33,
        RequestState.IN_CLARIFICATION,
    )
    assert ("Wir lesen Ihre Änderung." in page.words, "Frage." in page.words) == (True, False)


def test_faulty_change_is_not_sent(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    page = browse.open(_link(session, desk, request))
    page = browse.send(page.form("aendern"))
    url = next(url for url, _words in page.links if "/aendern/6" in url)
    page = browse.send(browse.open(url).form("/6"), people="viele")
    assert page.status == 422
    page = browse.open(url.partition("/6")[0] + "/8")
    page = browse.send(page.form("senden"))
    _look_again(session, request)
    assert (page.status, request.people) == (422, 18)


def test_change_can_be_dropped(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    link = _link(session, desk, request)
    page = browse.send(browse.open(link).form("aendern"))
    page = browse.send(page.form("verwerfen"))
    assert page.address == link


def test_scheduled_request_is_not_changed_here(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    link = _link(session, desk, request)
    form = browse.open(link).form("aendern")
    request.state = RequestState.SCHEDULED
    session.commit()
    page = browse.send(form)
    assert (page.address, "Bitte rufen Sie uns an" in page.words) == (link, True)
    assert [one for one in browse.open(link).forms if "aendern" in one.action] == []


def test_withdrawing_asks_first(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    link = _link(session, desk, request)
    page = browse.open(link + "/zuruecknehmen")
    _look_again(session, request)
    assert request.state is RequestState.SUBMITTED
    page = browse.send(page.form("zuruecknehmen"))
    _look_again(session, request)
    assert (page.address, request.state) == (link, RequestState.WITHDRAWN)
    kinds = list(session.scalars(select(OutboxMessage.kind)))
    session.commit()
    assert kinds == ["request_received", "request_withdrawn"]
    page = browse.send(page.form("doch"))
    _look_again(session, request)
    assert (page.address, request.state) == (link, RequestState.SUBMITTED)


def test_page_of_a_change_leads_back_once_the_request_is_withdrawn(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    link = _link(session, desk, request)
    browse.send(browse.open(link).form("aendern"))
    request.state, request.state_reason = RequestState.WITHDRAWN, submit.WITHDRAWN_BY_HOST
    session.commit()
    page = browse.open(f"{link}/aendern/8")
    assert (page.status, page.address) == (200, link)


def test_request_that_the_coordination_ended_is_not_brought_back(
    session: Session, desk: Desk
) -> None:
    request = submitted(session, desk)
    request.state, request.state_reason = RequestState.WITHDRAWN, "Am Telefon besprochen"
    with pytest.raises(NotPossible):
        submit.restore(session, desk, request)


def test_ready_request_is_ready_again_after_an_undo(session: Session, desk: Desk) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    submit.withdraw(session, desk, request)
    submit.restore(session, desk, request)
    assert (request.state, request.state_reason) == (RequestState.READY, "")


def test_without_a_phone_number_nobody_promises_a_call(
    session: Session, desk: Desk, browse: Browser
) -> None:
    reached = submitted(session, desk)
    page = browse.open(_link(session, desk, reached))
    assert "rufen wir Sie an" in page.words
    assert reached.contact is not None
    reached.contact.phone = None
    page = browse.open(_link(session, desk, reached))
    assert ("rufen wir Sie an" in page.words, "schreiben wir Ihnen" in page.words) == (False, True)


def test_talk_is_shown_with_a_way_to_answer(session: Session, desk: Desk, browse: Browser) -> None:
    request = submitted(session, desk)
    request.state = RequestState.SCHEDULED
    starts = datetime(2027, 2, 2, 17, 0, tzinfo=UTC)
    talk = factories.talk(session, starts, request=request, organisation=request.organisation)
    session.add(
        Invitation(
            talk=talk,
            person=request.contact,
            role=InvitationRole.HOST,
            uid="uid-1@example",
            state=InvitationState.OPEN,
            stamp=factories.CREATED,
            created_at=factories.CREATED,
        )
    )
    page = browse.open(_link(session, desk, request))
    assert "Di., 02.02.2027, 18:00–20:00 Uhr" in page.words
    page = browse.send(page.form("antworten"))
    assert (page.status, page.address.startswith("/antwort/")) == (200, True)


def test_own_requests_are_listed_and_opened(session: Session, desk: Desk, sign_in: Any) -> None:
    request = submitted(session, desk)
    assert request.contact is not None
    session.commit()
    browser = sign_in(request.contact)
    page = browser.open("/anfrage/meine?lang=de")
    assert page.status == 200
    assert request.topics[0].topic.question_in("de") in page.words
    session.commit()
    page = browser.send(page.form("A001"))
    assert "A001" in page.words


def test_requests_of_others_stay_theirs(session: Session, desk: Desk, sign_in: Any) -> None:
    submitted(session, desk)
    stranger = factories.person(session, Role.HOST)
    session.commit()
    browser = sign_in(stranger)
    page = browser.open("/anfrage/meine")
    assert [form for form in page.forms if "A001" in form.action] == []
    token = page.form("/anfrage").fields["csrf_token"]
    answer = browser.client.post("/anfrage/meine/A001", data={"csrf_token": token})
    assert answer.status_code == 404
    assert session.scalar(select(Request.code)) == "A001"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (InvitationState.OPEN, "Wir haben einen Termin gefunden. Passt er Ihnen?"),
        (InvitationState.ACCEPTED, "Alle haben zugesagt."),
        (InvitationState.DECLINED, "Sie haben abgesagt. Wir suchen einen anderen Tag."),
    ],
)
def test_answer_of_the_host_is_told_on_the_page(
    session: Session, desk: Desk, browse: Browser, state: InvitationState, words: str
) -> None:
    request = submitted(session, desk)
    request.state = RequestState.SCHEDULED
    starts = datetime(2027, 2, 2, 17, 0, tzinfo=UTC)
    talk = factories.talk(session, starts, request=request, organisation=request.organisation)
    session.add(
        Invitation(
            talk=talk,
            person=request.contact,
            role=InvitationRole.HOST,
            uid="uid-1@example",
            state=state,
            stamp=factories.CREATED,
            created_at=factories.CREATED,
        )
    )
    page = browse.open(_link(session, desk, request))
    assert words in page.words
    page = browse.send(page.form("antworten"))
    assert page.address.startswith("/antwort/")


def test_link_to_a_talk_called_off_says_why_and_what_comes_next(
    session: Session, desk: Desk, browse: Browser
) -> None:
    request = submitted(session, desk)
    request.state = RequestState.READY
    talk = factories.talk(
        session,
        datetime(2027, 2, 2, 17, 0, tzinfo=UTC),
        request=request,
        organisation=request.organisation,
        state=TalkState.CANCELLED,
        cancel_reason="Der Raum ist gesperrt.",
        cancelled_at=desk.now,
    )
    invitation = Invitation(
        talk=talk,
        person=request.contact,
        role=InvitationRole.HOST,
        uid="uid-1@example",
        state=InvitationState.CANCELLED,
        stamp=factories.CREATED,
        created_at=factories.CREATED,
    )
    session.add(invitation)
    session.flush()
    token = tokens.issue(session, desk, TokenPurpose.ANSWER, invitation.id)
    session.commit()
    for address in (f"/antwort/{token}", _link(session, desk, request)):
        page = browse.open(address)
        assert "Der Raum ist gesperrt." in page.words
        assert "Wir suchen einen neuen." in page.words
        assert "Sie hören spätestens am Mo., 11.01.2027 von uns." in page.words
