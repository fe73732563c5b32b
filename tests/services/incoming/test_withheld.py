"""A mail that the server does not hand out keeps no other from counting, and is not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.config import Settings
from matchmaker.models import IncomingMail
from matchmaker.models.states import IncomingKind, IncomingState
from matchmaker.services.desk import Actor, Desk
from matchmaker.services.incoming import review, withheld
from matchmaker.services.incoming.deciding import Reason
from tests.services.incoming.mailboxes import APPLIED, FOR_A_PERSON, LETTER, Post
from tests.support import dovecot, faulty_imap
from tests.support.dovecot import Dovecot
from tests.support.faulty_imap import Stumbling

pytestmark = pytest.mark.clients

WITHHELD = (IncomingKind.UNREADABLE, IncomingState.REVIEW)
NO = "{tag} NO [SERVERBUG] Internal error occurred"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def stumbling(server: Dovecot) -> Iterator[Stumbling]:
    with faulty_imap.before(server.port) as standing:
        yield standing


@pytest.fixture
def post(
    server: Dovecot,
    stumbling: Stumbling,
    factory: sessionmaker[Session],
    settings: Settings,
    desk: Desk,
) -> Post:
    post = Post(server, factory, settings, desk)
    url = post.settings.imap_url or ""
    post.settings = replace(post.settings, imap_url=stumbling.through(url))
    return post


@pytest.mark.parametrize("word", ["SIZE", "BODY"])
@pytest.mark.parametrize("answer", [NO, "{tag} BAD Syntax", "* 1 FETCH (UID 1)\n{tag} OK Done"])
def test_answers_behind_it_count_at_once(
    post: Post, stumbling: Stumbling, word: str, answer: str
) -> None:
    stumbling.answers[1, word] = answer
    post.deliver(LETTER, post.answer)
    assert (post.run().failure, post.state()) == ("", "accepted")
    for _ in range(withheld.MOST_TRIES):
        post.run()
    assert post.rows() == [WITHHELD, APPLIED]


def test_person_is_told_of_it_once_and_can_take_it_off_the_list(
    post: Post, stumbling: Stumbling, desk: Desk
) -> None:
    stumbling.answers[1, "BODY"] = NO
    post.deliver(LETTER)
    assert [post.run().review for _ in range(withheld.MOST_TRIES + 1)] == [0, 0, 1, 0]
    with post.factory.begin() as session:
        row = session.scalars(select(IncomingMail)).one()
        assert (row.reason, row.uid) == (Reason.WITHHELD, 1)
        assert "SERVERBUG" in row.facts["diagnosis"]
        clerk = replace(desk, now=post.now, actor=Actor.of(post.evening.person))
        review.decide(session, clerk, row.id, review.Decision.DONE)
    del stumbling.answers[1, "BODY"]
    post.run()
    assert post.rows() == [(IncomingKind.UNREADABLE, IncomingState.DECIDED)]


@pytest.mark.parametrize("runs", [1, withheld.MOST_TRIES + 1])
def test_mail_that_is_handed_out_later_counts_then(
    post: Post, stumbling: Stumbling, runs: int
) -> None:
    stumbling.answers[1, "BODY"] = NO
    post.deliver(post.answer, LETTER)
    for _ in range(runs):
        post.run()
    del stumbling.answers[1, "BODY"]
    post.run()
    assert (post.state(), post.rows()) == ("accepted", [FOR_A_PERSON, APPLIED])


def test_mail_that_is_gone_meanwhile_leaves_nothing(post: Post, stumbling: Stumbling) -> None:
    stumbling.answers[1, "BODY"] = NO
    post.deliver(LETTER)
    post.run()
    post.server.remove(1, name="Antworten")
    stumbling.answers.clear()
    post.run()
    assert post.rows() == []


def test_it_is_not_asked_for_for_ever(post: Post, stumbling: Stumbling) -> None:
    stumbling.answers[1, "BODY"] = NO
    post.deliver(post.answer)
    for _ in range(withheld.MOST_TRIES):
        post.run()
    post.now += withheld.TRIED_FOR + timedelta(hours=1)
    stumbling.answers.clear()
    post.run()
    assert post.rows() == [WITHHELD]


def test_folder_that_numbers_itself_anew_leaves_it_to_a_person(
    post: Post, stumbling: Stumbling
) -> None:
    stumbling.answers[1, "BODY"] = NO
    post.deliver(LETTER)
    post.run()
    post.server.make("Antworten")
    stumbling.answers.clear()
    post.run()
    assert post.rows() == [WITHHELD]


def test_server_that_is_busy_is_asked_for_the_same_mail_again(
    post: Post, stumbling: Stumbling
) -> None:
    stumbling.answers[1, "BODY"] = "{tag} NO [UNAVAILABLE] The store is away"
    post.deliver(post.answer)
    for _ in range(withheld.MOST_TRIES + 1):
        assert "UNAVAILABLE" in post.run().failure
    stumbling.answers.clear()
    assert post.run().failure == ""
    assert (post.state(), post.rows()) == ("accepted", [APPLIED])


@pytest.mark.parametrize(("said", "reason"), [('"Guten Tag"', "words"), ("NIL", "words")])
def test_body_that_is_no_literal_is_read(
    post: Post, stumbling: Stumbling, said: str, reason: str
) -> None:
    stumbling.answers[1, "BODY"] = f"* 1 FETCH (UID 1 BODY[]<0> {said})\n{{tag}} OK Done"
    post.deliver(LETTER)
    post.run()
    with post.factory() as session:
        assert session.scalars(select(IncomingMail.reason)).all() == [reason]
