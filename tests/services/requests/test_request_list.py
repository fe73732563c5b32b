"""The list finds names however they are spelt, counts in one go and stays quick."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import Topic
from matchmaker.models.states import RequestState
from matchmaker.services.desk import Desk
from matchmaker.services.intake import look_alikes
from matchmaker.services.requests import request_list
from matchmaker.services.requests.request_list import RequestFilter
from tests import factories
from tests.factories import CREATED
from tests.support.statements import count_statements


def _codes(session: Session, **wanted: object) -> list[str]:
    shown = request_list.requests(session, RequestFilter(**wanted))  # type: ignore[arg-type]  # names of the filter
    return [row.code for row in shown.rows]


def test_newest_requests_stand_first(session: Session) -> None:
    old = factories.request(session)
    new = factories.request(session, submitted_at=CREATED + timedelta(days=1))
    assert _codes(session) == [new.code, old.code]


@pytest.mark.parametrize(
    "words", ["Migrant*innen", "migrant:innen", "MIGRANT_INNEN", "migrant/-innen brucke"]
)
def test_names_are_found_however_they_are_spelt(session: Session, words: str) -> None:
    host = factories.organisation(session, name="Brücke der Migrant*innen e.V.")
    request = factories.request(session, organisation=host)
    factories.request(session)
    assert _codes(session, words=words) == [request.code]


def test_filters_narrow_the_list(session: Session) -> None:
    factories.request(session)
    district = factories.district(session, "08")
    wanted = factories.request(
        session,
        state=RequestState.SUBMITTED,
        topics=("QUA-01", "ARB-01"),
        languages=("de", "ar"),
        district_nr=district.nr,
    )
    topic = session.get(Topic, "ARB-01")
    assert topic is not None
    for choice in (
        {"state": "submitted"},
        {"district": "08"},
        {"area": topic.area.code},
        {"language": "ar"},
    ):
        assert _codes(session, **choice) == [wanted.code]
    assert len(_codes(session, state="open")) == 2
    assert _codes(session, state="closed") == []


def test_doubles_are_marked_and_found(session: Session, desk: Desk) -> None:
    host = factories.organisation(session)
    pair = [factories.request(session, organisation=host) for _ in range(2)]
    factories.request(session)
    look_alikes.flag(session, desk, pair[0])
    assert sorted(_codes(session, doubled=True)) == sorted(row.code for row in pair)
    assert request_list.offered(session).doubled == 1


@pytest.mark.parametrize("words", ["", "Sonnenhof"])
def test_line_says_what_the_request_says(session: Session, words: str) -> None:
    host = factories.organisation(session, name="Sonnenhof")
    contact = factories.person(session, name="Amal K.", email="amal@verein.example")
    made = factories.request(
        session,
        organisation=host,
        contact=contact,
        topics=("ARB-01", "ANE-01"),
        languages=("ar", "de"),
        people=17,
        priority=2,
        district_nr=factories.district(session, "05").nr,
        other_topic="Kredit",
    )
    (row,) = request_list.requests(session, RequestFilter(words=words)).rows
    assert row == request_list.RequestRow(
        code=made.code,
        state=made.state,
        source=made.source,
        submitted_at=made.submitted_at,
        people=17,
        priority=2,
        host="Sonnenhof",
        district="Bezirk 05",
        topic_de="ARB-01",
        topic_en="ARB-01",
        topics=2,
        other_topic="Kredit",
        language="ar",
        languages=2,
        contact="Amal K.",
        email="amal@verein.example",
        doubled=False,
    )


def test_counts_and_choices_come_together(session: Session) -> None:
    factories.request(session)
    factories.request(session, state=RequestState.SUBMITTED, languages=("ar",))
    offered = request_list.offered(session)
    assert (offered.count("open"), offered.count("ready"), offered.count("closed")) == (2, 1, 0)
    assert sorted(offered.languages) == ["ar", "de"]


def test_list_is_shown_by_pages_with_one_statement(session: Session) -> None:
    for _ in range(60):
        factories.request(session)
    for words in ("", "verein"):
        with count_statements(session) as seen:
            shown = request_list.requests(session, RequestFilter(words=words), 2)
        assert (len(shown.rows), shown.total, shown.pages, len(seen)) == (10, 60, 2, 1)


def test_page_beyond_the_end_is_empty(session: Session) -> None:
    factories.request(session)
    assert _codes(session, words="gibt es nicht") == []
    assert request_list.requests(session, RequestFilter(), 99).rows == []
