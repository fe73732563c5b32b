"""An invitation promises only what the speakers know."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matchmaker.models import ProfileTopic, RequestTopic
from matchmaker.models.states import AssignmentState
from matchmaker.services.desk import Desk
from matchmaker.services.inviting.talk_facts import topic_names
from tests import factories
from tests.services.inviting.mailed import Evening, calendar_of, plain


@pytest.fixture
def evening(session: Session, desk: Desk) -> Evening:
    """Two topics are asked for; the second is the one that the speaker knows."""
    made = Evening(session, desk, topics={"ARB-01": 2})
    factories.topic(session, "ANE-01").name_de = "Anerkennung"
    factories.topic(session, "ARB-01").name_de = "Arbeitsrecht"
    request = made.talk.request
    assert request is not None
    request.topics.append(RequestTopic(rank=2, topic_code="ARB-01"))
    session.flush()
    session.refresh(request, ["topics"])
    return made


def test_mail_and_calendar_name_only_topics_that_the_speaker_knows(evening: Evening) -> None:
    evening.invite()
    (mail,) = evening.mails
    entry = calendar_of(mail).events[0]
    for text in (plain(mail), mail.subject, str(entry["SUMMARY"]), str(entry["DESCRIPTION"])):
        assert "Anerkennung" not in text
    assert "Arbeitsrecht" in plain(mail)
    assert "Arbeitsrecht" in str(entry["SUMMARY"])


def test_topics_are_those_asked_for_while_nobody_can_say(evening: Evening) -> None:
    evening.assignment.state = AssignmentState.DECLINED
    assert topic_names(evening.talk, "de") == ["Anerkennung", "Arbeitsrecht"]
    evening.assignment.state = AssignmentState.APPROVED
    assert evening.speaker.profile is not None
    evening.speaker.profile.topics = []
    assert topic_names(evening.talk, "de") == ["Anerkennung", "Arbeitsrecht"]


def test_most_wanted_topic_comes_first_however_well_it_is_known(evening: Evening) -> None:
    assert evening.speaker.profile is not None
    evening.speaker.profile.topics.append(ProfileTopic(topic_code="ANE-01", level=1))
    assert topic_names(evening.talk, "de") == ["Anerkennung", "Arbeitsrecht"]
