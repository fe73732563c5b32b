"""Approval, talks and mail in the coordinators' words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from matchmaker.models import AuditEntry, OutboxMessage
from matchmaker.models.states import (
    AnswerVia,
    Format,
    InvitationRole,
    OutboxState,
    ReminderKind,
)
from matchmaker.scheduling.judge import Breach
from matchmaker.services.errors import Invalid
from matchmaker.services.talks.approval_review import Evening, MailCount, Objection
from matchmaker.web.i18n import moment
from matchmaker.web.plan_words import breach_text, rule_name
from matchmaker.web.texts import _, ngettext


def role_name(role: InvitationRole) -> str:
    names = {
        InvitationRole.SPEAKER: _("Speaker"),
        InvitationRole.INTERPRETER: _("Interpreter"),
        InvitationRole.HOST: _("Association"),
        InvitationRole.GUEST: _("Guest"),
    }
    return names[role]


def role_count(role: InvitationRole, number: int) -> str:
    """`31 speakers`, for the sentence that says where mails go."""
    names = {
        InvitationRole.SPEAKER: ngettext("%(num)s to a speaker", "%(num)s to speakers", number),
        InvitationRole.INTERPRETER: ngettext(
            "%(num)s to an interpreter", "%(num)s to interpreters", number
        ),
        InvitationRole.HOST: ngettext(
            "%(num)s to an association", "%(num)s to associations", number
        ),
        InvitationRole.GUEST: ngettext("%(num)s to a guest", "%(num)s to guests", number),
    }
    return names[role]


def mails_by_role(count: MailCount) -> str:
    """`31 to speakers, 19 to interpreters, 31 to associations`."""
    return ", ".join(
        role_count(role, count.by_role[role]) for role in InvitationRole if count.by_role.get(role)
    )


def invitations(number: int) -> str:
    return ngettext("%(num)s invitation", "%(num)s invitations", number)


def send_label(number: int) -> str:
    """The button that lets the mails go."""
    if number == 0:
        return _("Approve without mails")
    return ngettext("Send %(num)s invitation", "Send %(num)s invitations", number)


def change_label(change: str, number: int) -> str:
    """The button that makes a change and lets its mails go."""
    silent = {
        "call_off": _("Call off, no mails"),
        "move": _("Move, no mails"),
        "replace": _("Replace, no mails"),
        "create": _("Enter it, no mails"),
        "invite_guest": _("Invite, no mails"),
        "uninvite_guest": _("Take back, no mails"),
        "remove_interpreter": _("Take out, no mails"),
        "add_interpreter": _("Invite, no mails"),
        "invite_again": _("Send nothing"),
    }
    with_mails = {
        "call_off": ngettext(
            "Call off and send %(num)s mail", "Call off and send %(num)s mails", number
        ),
        "move": ngettext("Move and send %(num)s mail", "Move and send %(num)s mails", number),
        "replace": ngettext(
            "Replace and send %(num)s mail", "Replace and send %(num)s mails", number
        ),
        "create": ngettext(
            "Enter it and send %(num)s mail", "Enter it and send %(num)s mails", number
        ),
        "invite_guest": ngettext(
            "Invite and send %(num)s mail", "Invite and send %(num)s mails", number
        ),
        "add_interpreter": ngettext(
            "Invite and send %(num)s mail", "Invite and send %(num)s mails", number
        ),
        "invite_again": ngettext("Send the mail once more", "Send %(num)s mails once more", number),
        "uninvite_guest": ngettext(
            "Take back and send %(num)s mail", "Take back and send %(num)s mails", number
        ),
        "remove_interpreter": ngettext(
            "Take out and send %(num)s mail", "Take out and send %(num)s mails", number
        ),
    }
    return (with_mails if number else silent)[change]


def kind_name(kind: str) -> str:
    """What a mail is, in one or two words."""
    names = {
        "request_received": _("Request received"),
        "invitation": _("Invitation"),
        "date_confirmed": _("Date confirmed"),
        "invitation_changed": _("Change to the talk"),
        "invitation_cancelled": _("Called off"),
        "login": _("Sign-in"),
        "no_slot_found": _("No date found"),
        "request_question": _("Question about a request"),
        "request_withdrawn": _("Request taken back"),
        "request_restored": _("Request counts again"),
        "account_changed": _("Account changed"),
        "request_status_link": _("Link to a request"),
        "reminder": _("Reminder"),
        "answer_reminder": _("Reminder to answer"),
        "feedback_request": _("Feedback"),
    }
    return names.get(kind, kind)


def why_skipped(reason: str) -> str:
    """Why somebody was not reminded."""
    texts = {
        "late": _("It was too late to be of use."),
        "just_told": _("They had just been told of the date."),
        "unreachable": _("No mail reaches this person."),
    }
    return texts.get(reason, reason)


def reminder_name(kind: ReminderKind) -> str:
    return kind_name("reminder" if kind is ReminderKind.TALK else "answer_reminder")


def mail_time(mail: OutboxMessage) -> str:
    """When a mail left, or what is known of when it will."""
    if mail.sent_at is not None:
        return moment(mail.sent_at)
    if mail.state is OutboxState.QUEUED and mail.attempts:
        return _("next try %(when)s", when=moment(mail.due_at))
    return _("written %(when)s", when=moment(mail.created_at))


def known(said: str) -> str:
    """Why a mail has not left: our own words in the reader's language, a server's as they are."""
    return _(said) if said else ""


def format_name(talk_format: Format) -> str:
    names = {
        Format.TALK: _("Labour-market talk"),
        Format.WORKSHOP: _("Workshop"),
        Format.ADVICE: _("Advice session"),
        Format.COACHING: _("Coaching"),
    }
    return names[talk_format]


def via_name(via: AnswerVia) -> str:
    names = {
        AnswerVia.WEB: _("by link"),
        AnswerVia.MAIL: _("by mail"),
        AnswerVia.COORDINATOR: _("entered by the coordination"),
    }
    return names[via]


def outcome_name(outcome: str) -> str:
    """Why an answer was only logged; empty for one that counts."""
    names = {
        "older": _("overtaken by a later answer"),
        "outdated": _("to an earlier date, asked again"),
        "ahead": _("to a date that was never sent, please check"),
        "taken": _("the evening has been taken meanwhile"),
        "cancelled": _("after the cancellation"),
        "past": _("after the talk"),
    }
    return names.get(outcome, "")


def entry_text(entry: AuditEntry) -> str:
    """What happened, in a sentence; the entry's own facts stand beside it."""
    texts = {
        "talk.approved": _("Talk approved, everybody invited"),
        "talk.created": _("Put into the calendar by hand, everybody invited"),
        "talk.moved": _("Talk moved"),
        "talk.called_off": _("Talk called off"),
        "talk.held": _("Marked as held"),
        "talk.held_taken_back": _("No longer marked as held"),
        "talk.participants_corrected": _("Number of participants corrected:"),
        "talk.person_replaced": _("Somebody else takes over"),
        "talk.interpreter_added": _("Interpreter added"),
        "talk.interpreter_removed": _("Interpreter taken out"),
        "talk.guest_invited": _("Guest invited"),
        "talk.guest_uninvited": _("Guest’s invitation taken back"),
        "talk.rules_overridden": _("Decided although rules are broken"),
        "assignment.invited": _("The invitation has been sent"),
        "assignment.no_show": _("Did not come"),
        "invitation.sent": _("The invitation has been sent"),
        "invitation.updated": _("Invitation updated"),
        "invitation.undeliverable": _("Invitation came back"),
        "invitation.sent_again": _("Invitation sent once more"),
        "invitation.cancelled": _("Invitation cancelled"),
        "invitation.answered": _("Answer received"),
        "invitation.answer_logged": _("Answer logged, without effect"),
    }
    return texts.get(entry.action, entry.action)


@dataclass(frozen=True, slots=True)
class Names:
    """Who is meant by the codes and ids in the log of a talk."""

    by_code: Mapping[str, str]
    by_invitation: Mapping[int, str]
    by_assignment: Mapping[int, str]


def entry_detail(entry: AuditEntry, names: Names) -> str:
    """Who or what an entry is about: `Rana Haddad: accepted`, `18:00 → 19:00`."""
    if entry.subject_kind == "assignment":
        return names.by_assignment.get(entry.subject_id or 0, "")
    if entry.subject_kind == "invitation":
        name = names.by_invitation.get(entry.subject_id or 0, "")
        answer = answer_word(str(entry.after.get("answer", "")))
        return f"{name}: {answer}" if answer else name
    return _talk_detail(entry, names)


def _talk_detail(entry: AuditEntry, names: Names) -> str:
    before, after = entry.before, entry.after
    if entry.action == "talk.person_replaced":
        gone, come = (names.by_code.get(str(facts.get("person"))) for facts in (before, after))
        return f"{gone or before.get('person')} → {come or after.get('person')}"
    if entry.action in _ABOUT_ONE_PERSON:
        code = str((before or after).get("person"))
        return names.by_code.get(code, code)
    if entry.action == "talk.moved":
        return f"{_start(before)} → {_start(after)}"
    if entry.action == "talk.participants_corrected":
        return " → ".join(_number(facts.get("participants")) for facts in (before, after))
    if entry.action == "talk.rules_overridden":
        return ", ".join(rule_name(str(code)) for code in after.get("broken_rules", ()))
    return ""


_ABOUT_ONE_PERSON = {
    "talk.guest_invited",
    "talk.guest_uninvited",
    "talk.interpreter_added",
    "talk.interpreter_removed",
}


def blocker_name(rule: str) -> str:
    """Why a talk is none for somebody (`Candidate.blockers`)."""
    names = {
        "group": _("goes to no women’s groups"),
        "group_size": _("comes only to larger groups"),
        "district": _("does not come to this district"),
        "mode": _("does not meet in this way"),
    }
    return names[rule]


def day_text(kind: str) -> str:
    """Why the new day is no good one (`Opinion.day`); nothing forbids it."""
    texts = {
        "closed": _("The new day is a public holiday."),
        "school": _("The new day lies in the school holidays. Fewer people may come."),
        "eve": _("The new day is the one before a public holiday."),
        "bridge": _("The new day lies between a public holiday and the weekend."),
    }
    return texts.get(kind, "")


def _number(value: object) -> str:
    return "–" if value is None else str(value)


def _start(facts: Mapping[str, object]) -> str:
    try:
        return moment(datetime.fromisoformat(str(facts.get("starts"))))
    except ValueError:
        return "–"


def answer_word(answer: str) -> str:
    words = {
        "accepted": _("yes"),
        "tentative": _("perhaps"),
        "declined": _("no"),
    }
    return words.get(answer, "")


def objection_label(objection: Objection) -> str:
    """What kind of thing stands against an evening."""
    labels = {
        "request": _("Request"),
        "person": _("Person"),
        "past": _("Date"),
    }
    return labels.get(objection.code) or rule_name(objection.code)


def objection_text(objection: Objection, evenings: Iterable[Evening]) -> str:
    """What stands against an evening, with names instead of codes."""
    rows = list(evenings)
    people = {mail.person.code: mail.person for row in rows for mail in row.mails}
    requests = {row.code: row.request for row in rows}
    breach = Breach(
        code=objection.code,
        template=objection.template,
        facts=objection.facts,
        requests=(),
        persons=(),
        only_fixed=False,
    )
    return breach_text(breach, people, requests)


def field_errors(error: Invalid) -> dict[str, str]:
    """The faults by field, translated."""
    return {name: _(text) for name, text in error.fields.items()}
