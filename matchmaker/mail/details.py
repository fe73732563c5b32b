"""The facts of a talk as labelled lines: the same in text and in HTML, one list for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from gettext import NullTranslations
from urllib.parse import urlsplit

from matchmaker.i18n import format_day, format_moment, format_when, language_name
from matchmaker.mail.facts import RequestReceived, Role, TalkFacts
from matchmaker.text import isolated


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    label: str
    before: str
    after: str


class TalkWords:
    """Puts the facts of a talk into one reader's words."""

    def __init__(self, translations: NullTranslations, locale: str) -> None:
        self._gettext = translations.gettext
        self._ngettext = translations.ngettext
        self._pgettext = translations.pgettext
        self.locale = locale

    def when(self, talk: TalkFacts) -> str:
        """Day and time, as subjects and changes name them."""
        return format_when(talk.start, talk.end, self.locale)

    def when_exactly(self, talk: TalkFacts) -> str:
        """Day, time and whose time that is: people read mails far from Berlin, too."""
        pgettext = self._pgettext
        zone = (
            pgettext("mail", "Berlin time") if talk.timezone == "Europe/Berlin" else talk.timezone
        )
        return f"{self.when(talk)}, {zone}"

    def day(self, talk: TalkFacts) -> str:
        return format_day(talk.start, self.locale)

    def what(self, talk: TalkFacts) -> str:
        pgettext = self._pgettext
        names = {
            "talk": pgettext("mail", "Labour-market talk"),
            "workshop": pgettext("mail", "Workshop"),
            "advice": pgettext("mail", "Advice session"),
            "coaching": pgettext("mail", "Coaching"),
        }
        return names.get(talk.format, names["talk"])

    def where(self, talk: TalkFacts) -> str:
        pgettext = self._pgettext
        return talk.place or (pgettext("mail", "Online") if talk.join_url else "")

    def who_comes(self, talk: TalkFacts) -> str:
        """The institutions that send somebody, or the people where no institution is named."""
        who = tuple(dict.fromkeys(who.institution or who.name for who in talk.speakers))
        ngettext = self._ngettext
        comes = ngettext("%(who)s comes to you.", "%(who)s come to you.", len(who) or 1)
        _ = self._gettext
        return comes % {"who": ", ".join(who)} if who else _("We have found a date.")

    def main_rows(self, talk: TalkFacts) -> list[Row]:
        """When and where: what a hurried reader needs."""
        pgettext = self._pgettext
        rows = [
            Row(pgettext("mail", "When"), self.when_exactly(talk)),
            Row(pgettext("mail", "Where"), self.where(talk)),
            Row(pgettext("mail", "Getting there"), talk.directions),
            Row(pgettext("mail", "Online link"), talk.join_url, safe_url(talk.join_url)),
        ]
        return [row for row in rows if row.value]

    def brief_rows(self, talk: TalkFacts, role: Role) -> list[Row]:
        """What reminds a person in this role which talk is meant."""
        pgettext = self._pgettext
        rows = [
            Row(pgettext("mail", "Topic"), talk.topic),
            Row(pgettext("mail", "Association"), "" if role is Role.HOST else talk.host),
        ]
        return [row for row in rows if row.value]

    def rows(self, talk: TalkFacts, role: Role) -> list[Row]:
        """Everything but time and place that concerns a person in this role."""
        pgettext = self._pgettext
        rows = [
            *self.brief_rows(talk, role),
            Row(pgettext("mail", "Who comes"), self._others(talk, role)),
            *self._language_rows(talk, role),
            Row(pgettext("mail", "Group"), self._group(talk)),
            Row(pgettext("mail", "Schedule"), self._agenda(talk, role)),
            Row(pgettext("mail", "Childcare"), talk.childcare if role is Role.HOST else ""),
            Row(
                pgettext("mail", "Contact on site"),
                "" if role is Role.HOST else _apart(talk.contact_on_site),
            ),
        ]
        return [row for row in rows if row.value]

    def changes(self, before: TalkFacts, after: TalkFacts, role: Role) -> list[ChangedRow]:
        """What differs for a person in this role, in the order of the rows."""
        old, new = (
            {row.label: row.value for row in (*self.main_rows(talk), *self.rows(talk, role))}
            for talk in (before, after)
        )
        labels = dict.fromkeys((*new, *old))
        return [
            ChangedRow(label, old.get(label, "–"), new.get(label, "–"))
            for label in labels
            if old.get(label) != new.get(label)
        ]

    def request_rows(self, mail: RequestReceived) -> list[Row]:
        pgettext = self._pgettext
        rows = [
            *self.topic_row(" · ".join(mail.topics)),
            Row(pgettext("mail", "Where"), mail.place),
            Row(pgettext("mail", "Language"), language_name(mail.language, self.locale)),
        ]
        return [row for row in rows if row.value]

    def topic_row(self, topic: str) -> list[Row]:
        pgettext = self._pgettext
        return [Row(pgettext("mail", "Topic"), topic)]

    def preparations(self, talk: TalkFacts) -> list[str]:
        """What a host does before the talk; the room is needed half an hour earlier."""
        _ = self._gettext
        open_from = format_moment(talk.start - timedelta(minutes=30), self.locale)
        points = [
            _("Please keep the room free from %(moment)s.") % {"moment": open_from},
            _("Invite your members."),
            _("Collect questions. Please write no names."),
        ]
        if talk.children and not talk.childcare:
            ngettext = self._ngettext
            who = ngettext(
                "Childcare: please settle who looks after %(num)d child.",
                "Childcare: please settle who looks after %(num)d children.",
                talk.children,
            )
            points.append(who % {"num": talk.children})
        return points

    def _others(self, talk: TalkFacts, role: Role) -> str:
        """Nobody is told that they come themselves; the only speaker comes alone."""
        alone = role is Role.SPEAKER and len(talk.speakers) == 1
        return "" if alone else self._speakers(talk)

    def _speakers(self, talk: TalkFacts) -> str:
        return "; ".join(
            f"{who.name} ({who.institution})" if who.institution else who.name
            for who in talk.speakers
        )

    def _language_rows(self, talk: TalkFacts, role: Role) -> list[Row]:
        pgettext = self._pgettext
        group, speaker = (language_name(tag, self.locale) for tag in (talk.language, talk.spoken))
        if role is Role.INTERPRETER:
            pair = pgettext("mail", "%(first)s and %(second)s") % {
                "first": speaker,
                "second": group,
            }
            return [Row(pgettext("mail", "Languages"), pair)]
        return [
            Row(pgettext("mail", "Language"), group),
            Row(pgettext("mail", "Interpreting"), self._interpreting(talk)),
        ]

    def _interpreting(self, talk: TalkFacts) -> str:
        pgettext = self._pgettext
        if not talk.interpreting:
            return pgettext("mail", "not needed")
        if not talk.interpreter:
            return pgettext("mail", "yes, we organise it")
        return pgettext("mail", "yes, we organise it: %(name)s") % {"name": talk.interpreter}

    def _group(self, talk: TalkFacts) -> str:
        pgettext = self._pgettext
        ngettext = self._ngettext
        parts = []
        if talk.participants is not None:
            number = talk.participants
            about = ngettext("about %(num)d person", "about %(num)d people", number)
            parts.append(about % {"num": number})
        if talk.womens_group:
            parts.append(pgettext("mail", "women only"))
        return ", ".join(parts)

    def _agenda(self, talk: TalkFacts, role: Role) -> str:
        _ = self._gettext
        if talk.agenda is None:
            return ""
        plain = _(
            "%(talk)d minutes of talk, %(questions)d minutes for all questions, "
            "%(single)d minutes for single questions"
        )
        short = _("%(talk)d min. talk, %(questions)d min. questions, %(single)d min. individual")
        return (plain if role is Role.HOST else short) % {
            "talk": talk.agenda.talk,
            "questions": talk.agenda.questions,
            "single": talk.agenda.individual,
        }


def _apart(parts: str) -> str:
    """A name and a number, each in its own direction of writing."""
    return ", ".join(isolated(part) for part in parts.split(", "))


def safe_url(url: str) -> str:
    """The address if a mail may link to it, else nothing: people type some of them."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""
