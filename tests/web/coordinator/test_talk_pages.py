"""Talks in the browser: every change first shows its mails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Assignment, Invitation, OutboxMessage, Talk
from matchmaker.models.states import (
    AnswerVia,
    InvitationRole,
    InvitationState,
    OutboxState,
    TalkState,
)
from matchmaker.services.desk import Desk
from matchmaker.services.inviting import responses
from tests.conftest import NOW
from tests.support.pages import Browser
from tests.web.conftest import SignIn
from tests.web.coordinator.approved_quarter import Quarter, make_quarter

LIST = "/koordination/termine"
TALK = f"{LIST}/T001"
MOST_STATEMENTS = 6


@pytest.fixture
def quarter(factory: sessionmaker[Session], desk: Desk) -> Quarter:
    made = make_quarter(factory, desk)
    with factory.begin() as session:
        for row in session.scalars(select(OutboxMessage)):
            row.state = OutboxState.SENT
    return made


@pytest.fixture
def coordinator(quarter: Quarter, sign_in: SignIn) -> Browser:
    return sign_in(quarter.coordinator)


def test_talk_says_whose_invitation_came_back(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        row = session.scalars(
            select(Invitation).where(Invitation.role == InvitationRole.SPEAKER)
        ).one()
        row.undeliverable_at, row.undeliverable_reason = NOW, "550 no such user"
    page = coordinator.open(f"{TALK}?lang=de")
    assert "Mail kam zurück" in page.words
    assert "550 no such user" in page.words
    assert "Adresse prüfen" in page.words


def waiting(factory: sessionmaker[Session]) -> list[str]:
    with factory() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.QUEUED)
            .order_by(OutboxMessage.id)
        )
        return [row.kind for row in rows]


def the_talk(factory: sessionmaker[Session]) -> Talk:
    with factory() as session:
        return session.scalars(select(Talk).where(Talk.code == "T001")).one()


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that run inside, on every connection of the process."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_lists_need_few_statements(coordinator: Browser, engine: Engine) -> None:
    for address in (LIST, "/koordination/post"):
        coordinator.open(address)
        with counted(engine) as seen:
            assert coordinator.open(address).status == 200
        statements = [one for one in seen if one.startswith("SELECT")]
        assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_list_says_who_comes_and_what_is_missing(coordinator: Browser) -> None:
    page = coordinator.open(f"{LIST}?lang=de")
    assert "Fachperson A" in page.words
    assert "2 Antworten fehlen" in page.words
    assert (f"{TALK}?lang=de", "Di., 19.01.2027, 18:00–20:00 Uhr") in page.links


def test_list_can_be_filtered(coordinator: Browser) -> None:
    expected = {
        "": True,
        "antworten=open": True,
        "antworten=declined": False,
        "antworten=accepted": False,
        "q=Fachperson+A": True,
        "q=nirgends": False,
        "format=workshop": False,
        "zeige=cancelled": False,
        "zeige=past": False,
        "zeige=quatsch&antworten=x&seite=99&format=x": True,
    }
    pages = {query: coordinator.open(f"{LIST}?{query}") for query in expected}
    assert {page.status for page in pages.values()} == {200}
    assert {
        query: any(address.startswith(TALK) for address, _ in page.links)
        for query, page in pages.items()
    } == expected


def test_talk_shows_people_mails_and_history(coordinator: Browser) -> None:
    page = coordinator.open(f"{TALK}?lang=de")
    assert page.status == 200
    for words in ("Fachperson A", "Noch keine Antwort", "Einladung", "alle eingeladen"):
        assert words in page.words


def test_talk_is_confirmed_only_when_everybody_has_accepted(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    def answered(*answers: InvitationState) -> str:
        with factory.begin() as session:
            rows = session.scalars(select(Invitation).order_by(Invitation.id))
            for row, answer in zip(rows, answers, strict=True):
                row.state = answer
        return coordinator.open(f"{TALK}?lang=de").words

    declined = answered(InvitationState.OPEN, InvitationState.DECLINED)
    assert "Absage: " in declined
    assert "1 Antwort fehlt" in declined
    accepted = answered(InvitationState.ACCEPTED, InvitationState.ACCEPTED)
    assert "alle haben zugesagt" in accepted
    assert "bestätigt" not in declined + accepted


def test_calling_off_shows_its_mails_and_only_then_sends_them(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}/absagen?lang=de")
    asked = coordinator.send(page.form("absagen"), reason="Der Raum ist gesperrt.")
    assert "2 Mails gehen hinaus" in asked.words
    assert "Fachperson A" in asked.words
    assert waiting(factory) == []
    assert the_talk(factory).state is TalkState.CONFIRMED
    done = coordinator.send(asked.form(), "Absagen und 2 Mails senden")
    assert done.address == TALK
    assert "Das Gespräch ist abgesagt." in done.words
    assert waiting(factory) == ["invitation_cancelled"] * 2


def test_column_of_actions_is_there_only_while_there_are_some(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    assert "Was Sie tun können" in coordinator.open(f"{TALK}?lang=de").words
    later = NOW + timedelta(days=30)
    with time_machine.travel(later, tick=True), factory.begin() as session:
        _stay_signed_in(session, later)
    with time_machine.travel(later, tick=True):
        page = coordinator.open(f"{TALK}?lang=de")
    assert "Als durchgeführt vermerken" in page.words
    assert "Was Sie tun können" not in page.words


def test_calling_off_a_talk_that_is_over_promises_no_mails(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    later = NOW + timedelta(days=30)
    with time_machine.travel(later, tick=True), factory.begin() as session:
        _stay_signed_in(session, later)
    with time_machine.travel(later, tick=True):
        page = coordinator.open(f"{TALK}/absagen?lang=de")
    assert "Niemand bekommt eine Mail." in page.words
    assert "steht im Protokoll" in page.words
    assert "in den Mails" not in page.words


def test_calling_off_without_a_reason_keeps_the_choice(coordinator: Browser) -> None:
    page = coordinator.open(f"{TALK}/absagen?lang=de")
    again = coordinator.send(page.form("absagen"), reason=" ", request_becomes="withdrawn")
    assert again.status == 422
    assert "Bitte geben Sie einen Grund an." in again.words
    assert again.form("absagen").fields["request_becomes"] == "withdrawn"


def test_moving_starts_from_the_suggested_day_and_shows_both_dates(
    coordinator: Browser, factory: sessionmaker[Session], desk: Desk
) -> None:
    with factory.begin() as session:
        host = session.scalars(
            select(Invitation).where(Invitation.role == InvitationRole.HOST)
        ).one()
        responses.record_response(
            session,
            desk,
            host,
            InvitationState.DECLINED,
            sequence=host.sequence,
            stamp=desk.now,
            via=AnswerVia.WEB,
            other_day=date(2027, 1, 26),
        )
    page = coordinator.open(f"{TALK}/verschieben?lang=de")
    assert page.form("verschieben").fields["day"] == "2027-01-26"
    assert "Vorgeschlagen wurde uns: Di., 26.01.2027" in page.words
    asked = coordinator.send(page.form("verschieben"))
    assert "<del>Di., 19.01.2027, 18:00–20:00 Uhr</del>" in asked.text
    assert "<ins>Di., 26.01.2027, 18:00–20:00 Uhr</ins>" in asked.text


def test_moving_against_a_rule_needs_a_reason(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{TALK}/verschieben?lang=de")
    asked = coordinator.send(page.form("verschieben"), day="2027-01-24", starts="18:00")
    assert "verstößt gegen eine Regel" in asked.words
    refused = coordinator.send(asked.form())
    assert refused.status == 422
    assert the_talk(factory).starts_local == "2027-01-19T18:00"
    done = coordinator.send(refused.form(), note="Alle haben zugesagt")
    assert done.address == TALK
    assert the_talk(factory).starts_local == "2027-01-24T18:00"
    assert waiting(factory) == ["invitation_changed"] * 2


def test_faults_of_a_new_date_are_named_and_kept(coordinator: Browser) -> None:
    faults = [
        ("day", "2027-02-30", "Bitte geben Sie einen Tag an"),
        ("starts", "25:99", "Bitte geben Sie eine Uhrzeit an"),
        ("minutes", "zwei", "Bitte geben Sie die Dauer in Minuten an"),
        ("day", "2020-01-01", "Bitte wählen Sie einen Tag, der noch kommt."),
        ("minutes", "9999", "zwischen 15 Minuten und 12 Stunden"),
    ]
    form = coordinator.open(f"{TALK}/verschieben?lang=de").form("verschieben")
    for field, typed, words in faults:
        again = coordinator.send(form, **{field: typed})
        assert again.status == 422
        assert words in again.words
        assert again.form("verschieben").fields[field] == typed


def test_somebody_else_can_be_sent(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    address = f"{TALK}/ersetzen/{quarter.speaker.code}"
    page = coordinator.open(f"{address}?lang=de")
    assert quarter.speaker.code not in page.form("ersetzen").choices["coming"]
    nothing = coordinator.send(page.form("ersetzen"))
    assert nothing.status == 422
    asked = coordinator.send(page.form("ersetzen"), coming=quarter.other_speaker.code)
    assert "3 Mails gehen hinaus" in asked.words
    coordinator.send(asked.form())
    assert sorted(waiting(factory)) == [
        "invitation",
        "invitation_cancelled",
        "invitation_changed",
    ]


def test_day_that_cannot_be_read_is_asked_for_as_people_write_it(coordinator: Browser) -> None:
    form = coordinator.open(f"{TALK}/verschieben?lang=de").form("verschieben")
    refused = coordinator.send(form, day="bald")
    assert refused.status == 422
    assert "Beispiel: 19.01.2027" in refused.words


def test_answer_by_telephone(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        invitation = session.scalars(
            select(Invitation).where(Invitation.person_id == quarter.speaker.id)
        ).one()
    address = f"{TALK}/antwort/{invitation.id}"
    page = coordinator.open(f"{address}?lang=de")
    assert coordinator.send(page.form("antwort")).status == 422
    done = coordinator.send(page.form("antwort"), answer="declined", comment="Krank")
    assert "Absage" in done.words
    with factory() as session:
        assert session.get_one(Invitation, invitation.id).state is InvitationState.DECLINED


def test_remark_of_an_earlier_answer_is_marked_as_such(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    with factory() as session:
        invitation = session.scalars(
            select(Invitation).where(Invitation.person_id == quarter.speaker.id)
        ).one()
    form = coordinator.open(f"{TALK}/antwort/{invitation.id}?lang=de").form("antwort")
    declined = coordinator.send(form, answer="declined", comment="Besser später")
    assert "Besser später" in declined.words
    assert "Frühere Antwort" not in declined.words
    accepted = coordinator.send(form, answer="accepted", comment="Geht doch")
    assert accepted.words.count("Frühere Antwort: nein") == 1
    assert "Frühere Antwort: ja" not in accepted.words


def test_held_talk_takes_its_figures(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session], app: object
) -> None:
    later = NOW + timedelta(days=30)
    with time_machine.travel(later, tick=True), factory.begin() as session:
        _stay_signed_in(session, later)
    with time_machine.travel(later, tick=True):
        page = coordinator.open(f"{TALK}/durchgefuehrt?lang=de")
        form = page.form("durchgefuehrt")
        assert coordinator.send(form, participants="viele").status == 422
        done = coordinator.send(form, participants="17", absent=[quarter.speaker.code])
    assert "durchgeführt" in done.words
    talk = the_talk(factory)
    assert (talk.state, talk.participants) == (TalkState.DONE, 17)
    with factory() as session:
        states = session.scalars(select(Assignment.state)).all()
        assert [state.value for state in states] == ["no_show"]


def _stay_signed_in(session: Session, now: object) -> None:
    from matchmaker.models import UserSession  # noqa: PLC0415  # only here

    for row in session.scalars(select(UserSession)):
        row.expires_at = now + timedelta(days=1)  # type: ignore[operator]  # a datetime
        row.seen_at = now  # type: ignore[assignment]  # a datetime


def test_workshop_is_made_by_hand(
    coordinator: Browser, quarter: Quarter, factory: sessionmaker[Session]
) -> None:
    page = coordinator.open(f"{LIST}/neu?lang=de")
    form = page.form("neu")
    empty = coordinator.send(form, day="2027-02-02", starts="17:00")
    assert empty.status == 422
    for words in ("Bitte wählen Sie Workshop", "Titel", "den Verein", "mindestens eine Person"):
        assert words in empty.words
    asked = coordinator.send(
        form,
        format="workshop",
        title="Bewerben üben",
        organisation=form.choices["organisation"][1],
        day="2027-02-02",
        starts="17:00",
        address="Weg 2, Berlin",
        speakers=[quarter.other_speaker.code, ""],
    )
    assert "2 Mails gehen hinaus" in asked.words
    done = coordinator.send(asked.form())
    assert "Bewerben üben" in done.words
    assert waiting(factory) == ["invitation"] * 2


def test_empty_form_names_every_missing_field_in_the_order_of_the_page(
    coordinator: Browser, factory: sessionmaker[Session]
) -> None:
    form = coordinator.open(f"{LIST}/neu?lang=de").form("neu")
    empty = coordinator.send(form, minutes="")
    assert empty.status == 422
    at = [
        empty.words.find(words)
        for words in (
            "Bitte wählen Sie Workshop",
            "Bitte geben Sie einen Titel",
            "Bitte wählen Sie den Verein",
            "Bitte geben Sie einen Tag an",
            "Bitte geben Sie eine Uhrzeit an",
            "Bitte geben Sie die Dauer in Minuten an",
            "Bitte geben Sie an, wo das Gespräch stattfindet",
            "mindestens eine Person",
        )
    ]
    assert -1 not in at
    assert at == sorted(at)
    assert waiting(factory) == []


def test_unknown_things_are_not_found(coordinator: Browser) -> None:
    for address in (
        "T999",
        "T999/absagen",
        "T001/antwort/4711",
        "T001/ersetzen/P999",
        "T999/durchgefuehrt",
    ):
        assert coordinator.open(f"{LIST}/{address}").status == 404


def test_auditors_look_and_hosts_stay_out(quarter: Quarter, sign_in: SignIn) -> None:
    auditor, host = sign_in(quarter.auditor), sign_in(quarter.host)
    assert auditor.open(LIST).status == 200
    assert auditor.open(TALK).status == 200
    assert "/absagen" not in auditor.open(TALK).text
    assert auditor.open(f"{TALK}/absagen").status == 403
    assert host.open(LIST).status == 403
