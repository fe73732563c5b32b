"""One of each mail, about the same evening."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from matchmaker.mail.facts import (
    AccountChanged,
    Agenda,
    AnswerLinks,
    AnswerReminder,
    CarrierFacts,
    DateConfirmed,
    FeedbackRequest,
    Invitation,
    InvitationCancelled,
    InvitationChanged,
    Login,
    MailFacts,
    NoSlotFound,
    Preparation,
    Remedy,
    Reminder,
    RequestLink,
    RequestQuestion,
    RequestReceived,
    RequestRestored,
    RequestStatusLink,
    RequestWithdrawn,
    Role,
    SpeakerFacts,
    TalkFacts,
)

CARRIER = CarrierFacts(
    name="Verein für Arbeit e. V.",
    email="kontakt@traeger.example",
    phone="030 1234567",
    imprint_url="https://arbeitsmarkt.example/impressum",
    privacy_url="https://arbeitsmarkt.example/datenschutz",
)

TALK = TalkFacts(
    topic="Anerkennung von Berufsabschlüssen",
    host="Frauenverein Neukölln",
    start=datetime(2027, 1, 19, 18, 0),  # noqa: DTZ001  # a wall-clock time
    end=datetime(2027, 1, 19, 20, 0),  # noqa: DTZ001  # a wall-clock time
    language="fa-AF",
    interpreting=True,
    interpreter="Zahra Ahmadi",
    speakers=(
        SpeakerFacts(name="Amina Koch", institution="Jobcenter Neukölln"),
        SpeakerFacts(name="Jan Weiß", institution="IQ Netzwerk"),
    ),
    address="Karl-Marx-Straße 100, 12043 Berlin",
    district="Neukölln",
    directions="U7 Rathaus Neukölln",
    participants=18,
    womens_group=True,
    agenda=Agenda.of(120),
    childcare="durch den Verein",
    contact_on_site="Maryam Karimi, 0170 0000000",
)

BEFORE = replace(
    TALK,
    start=datetime(2027, 1, 12, 17, 0),  # noqa: DTZ001  # a wall-clock time
    end=datetime(2027, 1, 12, 19, 0),  # noqa: DTZ001  # a wall-clock time
    address="Sonnenallee 1, 12047 Berlin",
)

ANSWERS = AnswerLinks(
    page="https://arbeitsmarkt.example/antwort/abc",
    accept="https://arbeitsmarkt.example/antwort/abc?a=ja&b=1",
    decline="https://arbeitsmarkt.example/antwort/abc?a=nein",
    substitute="https://arbeitsmarkt.example/antwort/abc?a=vertretung",
)

NAME = "Amina Koch"

INVITATION = Invitation(
    recipient_name=NAME,
    role=Role.SPEAKER,
    talk=TALK,
    answers=ANSWERS,
    answer_by=date(2026, 12, 20),
)

CHANGED = InvitationChanged(
    recipient_name=NAME,
    role=Role.SPEAKER,
    before=BEFORE,
    talk=TALK,
    answers=ANSWERS,
    ask_again=True,
    answer_by=date(2026, 12, 20),
    reason="Der Raum war schon belegt.",
)

CANCELLED = InvitationCancelled(
    recipient_name=NAME,
    role=Role.HOST,
    talk=TALK,
    reason="Die Fachperson ist krank.",
    hear_by=date(2027, 1, 30),
)

MAILS: dict[str, MailFacts] = {
    "request_received": RequestReceived(
        recipient_name="Maryam Karimi",
        topics=("Ist mein Beruf in Deutschland gültig?", "Wer bezahlt meinen Kurs?"),
        language="fa-AF",
        hear_by=date(2027, 1, 5),
        url="https://arbeitsmarkt.example/anfrage/abc",
        place="Neukölln",
    ),
    "invitation_speaker": INVITATION,
    "invitation_interpreter": replace(INVITATION, role=Role.INTERPRETER, has_calendar=False),
    "invitation_host": replace(
        INVITATION,
        role=Role.HOST,
        preparation=Preparation(
            questions_url="https://arbeitsmarkt.example/fragen/abc",
            poster_url="https://arbeitsmarkt.example/aushang/abc",
        ),
    ),
    "invitation_guest": replace(
        INVITATION, role=Role.GUEST, answer_by=None, answers=replace(ANSWERS, substitute="")
    ),
    "invitation_accepted": replace(INVITATION, accepted=True),
    "invitation_host_accepted": replace(INVITATION, role=Role.HOST, accepted=True),
    "invitation_online": replace(
        INVITATION,
        talk=replace(TALK, address="", district="", join_url="https://video.example/raum?x=1&y=2"),
    ),
    "date_confirmed": DateConfirmed(
        recipient_name=NAME,
        role=Role.HOST,
        talk=replace(TALK, childcare="", children=4),
        answers=ANSWERS,
    ),
    "date_confirmed_interpreter": DateConfirmed(
        recipient_name=NAME, role=Role.INTERPRETER, talk=TALK, answers=ANSWERS
    ),
    "changed": CHANGED,
    "changed_little": replace(
        CHANGED,
        role=Role.HOST,
        before=replace(TALK, topic="Anerkennung"),
        ask_again=False,
        answer_by=None,
        reason="",
        has_calendar=False,
    ),
    "cancelled": CANCELLED,
    "replaced": replace(
        CANCELLED, role=Role.SPEAKER, only_you=True, reason="", hear_by=None, has_calendar=False
    ),
    "login": Login(
        recipient_name=NAME, url="https://arbeitsmarkt.example/anmelden/abc", code="123456"
    ),
    "no_slot_found": NoSlotFound(
        recipient_name=NAME,
        topic="Anerkennung",
        reasons=("Für Dari haben wir zurzeit keine Sprachmittlung.",),
        remedies=(
            Remedy(text="Ein anderer Tag", url="https://arbeitsmarkt.example/abhilfe/1"),
            Remedy(text="Farsi statt Dari"),
        ),
        url="https://arbeitsmarkt.example/anfrage/abc",
    ),
    "no_remedy": NoSlotFound(
        recipient_name=NAME,
        topic="Anerkennung",
        reasons=("Grund eins.", "Grund zwei."),
        remedies=(),
        url="https://arbeitsmarkt.example/anfrage/abc",
    ),
    "request_question": RequestQuestion(
        recipient_name=NAME,
        topic="Anerkennung",
        question="Gibt es einen Beamer?",
        url="https://arbeitsmarkt.example/anfrage/abc",
    ),
    "request_withdrawn": RequestWithdrawn(
        recipient_name=NAME,
        topic="Anerkennung",
        url="https://arbeitsmarkt.example/anfrage/abc",
    ),
    "request_restored": RequestRestored(
        recipient_name=NAME,
        topic="Anerkennung",
        url="https://arbeitsmarkt.example/anfrage/abc",
    ),
    "account_changed": AccountChanged(recipient_name=NAME, change="address"),
    "request_status_link": RequestStatusLink(
        recipient_name="",
        requests=(
            RequestLink(topic="Anerkennung", url="https://arbeitsmarkt.example/anfrage/1"),
            RequestLink(topic="Minijob", url="https://arbeitsmarkt.example/anfrage/2"),
        ),
    ),
    "reminder": Reminder(
        recipient_name=NAME,
        role=Role.SPEAKER,
        talk=TALK,
        days=3,
        questions_url="https://arbeitsmarkt.example/fragen/abc",
        answers=ANSWERS,
        feedback=True,
    ),
    "reminder_that_asks": Reminder(
        recipient_name=NAME, role=Role.HOST, talk=TALK, days=0, answers=ANSWERS, asks=True
    ),
    "answer_reminder": AnswerReminder(
        recipient_name=NAME,
        role=Role.INTERPRETER,
        talk=TALK,
        answers=ANSWERS,
        answer_by=date(2026, 12, 20),
    ),
    "feedback_request": FeedbackRequest(
        recipient_name=NAME,
        role=Role.HOST,
        talk=TALK,
        url="https://arbeitsmarkt.example/rueckmeldung/abc",
    ),
}
