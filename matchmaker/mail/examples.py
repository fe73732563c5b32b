"""One of each mail about people, places and talks that do not exist, to look at the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from gettext import NullTranslations

from matchmaker.i18n import translations_for
from matchmaker.mail import facts
from matchmaker.mail.facts import Agenda, AnswerLinks, MailFacts, Remedy, Role, TalkFacts

NOWHERE = "https://example.invalid"
"""No link of an example leads anywhere (RFC 2606)."""


class _Samples:
    """The facts of the examples in one language; `today` sets their dates."""

    def __init__(self, locale: str, today: date) -> None:
        self.words: NullTranslations = translations_for(locale)
        self.today = today
        self.answers = AnswerLinks(
            page=f"{NOWHERE}/antwort",
            accept=f"{NOWHERE}/antwort?antwort=accepted",
            decline=f"{NOWHERE}/antwort?antwort=declined",
            substitute=f"{NOWHERE}/antwort#substitute",
        )
        self.talk = self._talk()

    def _talk(self) -> TalkFacts:
        start = datetime.combine(self.today + timedelta(days=24), datetime.min.time())
        start = start.replace(hour=18)
        _ = self.words.gettext
        return TalkFacts(
            topic=_("Is my profession recognised in Germany?"),
            host=_("Sample Association"),
            start=start,
            end=start + timedelta(hours=2),
            language="ar",
            interpreting=True,
            interpreter=_("Ina Interpreter"),
            speakers=(
                facts.SpeakerFacts(name=_("Sam Speaker"), institution=_("Sample Institution")),
            ),
            address=_("Sample Street 1, 12345 Berlin"),
            participants=18,
            children=4,
            agenda=Agenda.of(120),
            contact_on_site=_("Hanna Host, 030 1234567"),
        )

    def invitation(self, role: Role) -> MailFacts:
        return facts.Invitation(
            recipient_name=self.name(role),
            role=role,
            talk=self.talk,
            answers=self.answers,
            answer_by=self.today + timedelta(days=7),
            status_url=f"{NOWHERE}/anfrage" if role is Role.HOST else "",
        )

    def confirmed(self) -> MailFacts:
        return facts.DateConfirmed(
            recipient_name=self.name(Role.HOST),
            role=Role.HOST,
            talk=self.talk,
            answers=self.answers,
        )

    def changed(self) -> MailFacts:
        week = timedelta(days=7)
        before = replace(self.talk, start=self.talk.start - week, end=self.talk.end - week)
        _ = self.words.gettext
        return facts.InvitationChanged(
            recipient_name=self.name(Role.SPEAKER),
            role=Role.SPEAKER,
            before=before,
            talk=self.talk,
            answers=self.answers,
            ask_again=True,
            answer_by=self.today + timedelta(days=7),
            reason=_("The room was taken."),
        )

    def cancelled(self) -> MailFacts:
        _ = self.words.gettext
        return facts.InvitationCancelled(
            recipient_name=self.name(Role.HOST),
            role=Role.HOST,
            talk=self.talk,
            reason=_("The room was taken."),
            hear_by=self.today + timedelta(days=7),
        )

    def reminder(self) -> MailFacts:
        return facts.Reminder(
            recipient_name=self.name(Role.SPEAKER),
            role=Role.SPEAKER,
            talk=self.talk,
            days=3,
            questions_url=self.answers.page,
            answers=self.answers,
        )

    def answer_reminder(self) -> MailFacts:
        return facts.AnswerReminder(
            recipient_name=self.name(Role.INTERPRETER),
            role=Role.INTERPRETER,
            talk=self.talk,
            answers=self.answers,
            answer_by=self.today + timedelta(days=3),
        )

    def received(self) -> MailFacts:
        return facts.RequestReceived(
            recipient_name=self.name(Role.HOST),
            topics=(self.talk.topic,),
            language="ar",
            hear_by=self.today + timedelta(days=14),
            url=f"{NOWHERE}/anfrage",
            place=self.talk.address,
        )

    def question(self) -> MailFacts:
        _ = self.words.gettext
        return facts.RequestQuestion(
            recipient_name=self.name(Role.HOST),
            topic=self.talk.topic,
            question=_("Is there a projector in the room?"),
            url=f"{NOWHERE}/anfrage",
        )

    def no_date(self) -> MailFacts:
        _ = self.words.gettext
        return facts.NoSlotFound(
            recipient_name=self.name(Role.HOST),
            topic=self.talk.topic,
            reasons=(_("Nobody was free for this topic in your weeks."),),
            remedies=(Remedy(text=_("Another day of the week"), url=f"{NOWHERE}/anfrage"),),
            url=f"{NOWHERE}/anfrage",
        )

    def withdrawn(self) -> MailFacts:
        return facts.RequestWithdrawn(
            recipient_name=self.name(Role.HOST), topic=self.talk.topic, url=f"{NOWHERE}/anfrage"
        )

    def restored(self) -> MailFacts:
        return facts.RequestRestored(
            recipient_name=self.name(Role.HOST), topic=self.talk.topic, url=f"{NOWHERE}/anfrage"
        )

    def request_link(self) -> MailFacts:
        link = facts.RequestLink(topic=self.talk.topic, url=f"{NOWHERE}/anfrage")
        return facts.RequestStatusLink(
            recipient_name=self.name(Role.HOST),
            requests=(link,),
            valid_until=self.today + timedelta(days=90),
        )

    def login(self) -> MailFacts:
        return facts.Login(
            recipient_name=self.name(Role.SPEAKER), url=f"{NOWHERE}/anmelden", code="123456"
        )

    def account(self) -> MailFacts:
        return facts.AccountChanged(recipient_name=self.name(Role.SPEAKER), change="address")

    def name(self, role: Role) -> str:
        _ = self.words.gettext
        names = {
            Role.SPEAKER: _("Sam Speaker"),
            Role.INTERPRETER: _("Ina Interpreter"),
            Role.HOST: _("Hanna Host"),
            Role.GUEST: _("Gil Guest"),
        }
        return names[role]


_MADE: Mapping[str, Callable[[_Samples], MailFacts]] = {
    "request_received": _Samples.received,
    "request_question": _Samples.question,
    "invitation_speaker": lambda samples: samples.invitation(Role.SPEAKER),
    "invitation_interpreter": lambda samples: samples.invitation(Role.INTERPRETER),
    "invitation_host": lambda samples: samples.invitation(Role.HOST),
    "invitation_guest": lambda samples: samples.invitation(Role.GUEST),
    "answer_reminder": _Samples.answer_reminder,
    "date_confirmed": _Samples.confirmed,
    "invitation_changed": _Samples.changed,
    "invitation_cancelled": _Samples.cancelled,
    "reminder": _Samples.reminder,
    "no_slot_found": _Samples.no_date,
    "request_withdrawn": _Samples.withdrawn,
    "request_restored": _Samples.restored,
    "request_status_link": _Samples.request_link,
    "login": _Samples.login,
    "account_changed": _Samples.account,
}
NAMES = tuple(_MADE)
"""The examples in the order in which people get such mails."""


def example(name: str, locale: str, today: date) -> MailFacts:
    """The facts of an example; KeyError if there is none of this name."""
    return _MADE[name](_Samples(locale, today))
