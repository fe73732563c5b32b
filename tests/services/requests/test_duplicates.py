"""Only a person merges look-alikes or keeps them apart."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import DuplicateFlag, Request
from matchmaker.models.states import DuplicateState, RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.errors import Conflict, NotFound, NotPossible
from matchmaker.services.intake import look_alikes
from matchmaker.services.requests import clearing, duplicates, request_list
from tests import factories


def _pair(session: Session, **second: object) -> tuple[Request, Request]:
    host = factories.organisation(session)
    first = factories.request(session, organisation=host)
    return first, factories.request(session, **{"organisation": host, **second})


def _flag(session: Session, desk: Desk, **second: object) -> DuplicateFlag:
    _first, other = _pair(session, **second)
    (row,) = look_alikes.flag(session, desk, other)
    return row


def test_kept_pair_is_never_flagged_again(session: Session, desk: Desk) -> None:
    row = _flag(session, desk)
    duplicates.keep_both(session, desk, row)
    assert look_alikes.flag(session, desk, row.first) == []
    assert duplicates.open_flags(session) == []
    with pytest.raises(Conflict):
        duplicates.keep_both(session, desk, row)


def test_merging_keeps_what_both_say(session: Session, desk: Desk) -> None:
    row = _flag(
        session,
        desk,
        topics=("ANE-01", "ARB-01"),
        weekly=((1, 18, 20), (3, 18, 20)),
        questions="Was kostet das?",
        room_capacity=25,
    )
    first, second = row.first, row.second
    first.questions = "Gilt mein Zeugnis?"
    session.flush()
    assert duplicates.fuller(row) is second
    assert duplicates.merge(session, desk, row, first) is second
    assert (second.state, second.duplicate_of_id) == (RequestState.DUPLICATE, first.id)
    assert first.questions == "Gilt mein Zeugnis?\nWas kostet das?"
    assert [topic.topic_code for topic in first.topics] == ["ANE-01", "ARB-01"]
    assert [window.weekday for window in first.windows] == [1, 3]
    assert first.room_capacity == 25
    assert row.state is DuplicateState.MERGED


def test_merging_overwrites_nothing(session: Session, desk: Desk) -> None:
    row = _flag(session, desk, people=40, address="Anderswo 9", languages=("ar",))
    duplicates.merge(session, desk, row, row.first)
    assert (row.first.people, row.first.address) == (15, "Musterstraße 1, Berlin")
    assert [language.language_tag for language in row.first.languages] == ["de"]


def test_stale_page_merges_nothing(session: Session, desk: Desk) -> None:
    row = _flag(session, desk)
    seen = (row.first.version, row.second.version)
    row.second.people = 99
    session.flush()
    with pytest.raises(Conflict):
        duplicates.merge(session, desk, row, row.first, versions=seen)
    assert row.second.state is RequestState.READY


def test_request_with_a_date_is_not_merged_away(session: Session, desk: Desk) -> None:
    row = _flag(session, desk, state=RequestState.SCHEDULED)
    assert duplicates.fuller(row) is row.second
    with pytest.raises(NotPossible):
        duplicates.merge(session, desk, row, row.first)
    duplicates.merge(session, desk, row, row.second)
    assert row.first.state is RequestState.DUPLICATE


@pytest.mark.parametrize("closed", [RequestState.WITHDRAWN, RequestState.NOT_POSSIBLE])
def test_closed_request_is_not_the_one_to_keep(
    session: Session, desk: Desk, closed: RequestState
) -> None:
    row = _flag(session, desk, people=40, room_capacity=60, questions="Was kostet das?")
    row.second.state = closed
    session.flush()
    assert duplicates.fuller(row) is row.first
    with pytest.raises(NotPossible):
        duplicates.merge(session, desk, row, row.second)
    assert (row.first.state, row.state) == (RequestState.READY, DuplicateState.OPEN)


def test_pair_with_a_closed_request_asks_nobody_until_it_is_reopened(
    session: Session, desk: Desk
) -> None:
    row = _flag(session, desk)
    clearing.withdraw(session, desk, row.second)
    session.flush()
    assert duplicates.open_flags(session) == duplicates.flags_of(session, row.first) == []
    assert not duplicates.undecided(row)
    listed = request_list.requests(session, request_list.RequestFilter(doubled=True))
    assert (list(listed.rows), request_list.offered(session).doubled) == ([], 0)
    clearing.reopen(session, desk, row.second)
    session.flush()
    assert duplicates.open_flags(session) == duplicates.flags_of(session, row.first) == [row]
    assert duplicates.undecided(row)


def test_foreign_request_cannot_be_kept(session: Session, desk: Desk) -> None:
    row = _flag(session, desk)
    with pytest.raises(NotFound):
        duplicates.merge(session, desk, row, factories.request(session))


def test_merged_request_can_be_opened_again(session: Session, desk: Desk) -> None:
    row = _flag(session, desk)
    other = duplicates.merge(session, desk, row, row.first)
    clearing.reopen(session, desk, other)
    assert (other.state, other.duplicate_of_id) == (RequestState.IN_CLARIFICATION, None)
    assert row.state is DuplicateState.KEPT
    assert look_alikes.flag(session, desk, other) == []


def test_merging_ends_the_other_pairs_of_the_closed_one(session: Session, desk: Desk) -> None:
    host = factories.organisation(session)
    first, second, third = (factories.request(session, organisation=host) for _ in range(3))
    for request in (first, second, third):
        look_alikes.flag(session, desk, request)
    pair = duplicates.flags_of(session, first)[0]
    duplicates.merge(session, desk, pair, first)
    left = session.scalars(select(DuplicateFlag).where(DuplicateFlag.state == DuplicateState.OPEN))
    assert [(row.first_id, row.second_id) for row in left] == [(first.id, third.id)]
