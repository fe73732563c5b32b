"""The audit log in words: what was done to what, and what the states are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.i18n import N_
from matchmaker.models import AuditEntry
from matchmaker.models.states import RequestState
from matchmaker.web.coordinator import request_words
from matchmaker.web.texts import _, pgettext

ACTIONS: Mapping[str, str] = {
    "assignment.invited": N_("Person invited"),
    "assignment.no_show": N_("Person did not come"),
    "availability.changed": N_("Times changed"),
    "availability.confirmed": N_("Times confirmed"),
    "blocked_period.added": N_("Days without talks added"),
    "blocked_period.removed": N_("Days without talks removed"),
    "calendar_source.added": N_("Own calendar added"),
    "calendar_source.counted": N_("Times of a calendar taken over"),
    "calendar_source.refreshed": N_("Times of a calendar read again"),
    "calendar_source.removed": N_("Own calendar removed"),
    "calendar_source.stopped": N_("Times of a calendar taken back"),
    "carrier.changed": N_("Details of the carrier changed"),
    "decision.ban_day": N_("Day banned"),
    "decision.ban_person": N_("Person banned"),
    "decision.leave_out": N_("Request left out of the round"),
    "decision.pin": N_("Date fixed by hand"),
    "decision.restored": N_("Decision made again"),
    "decision.undone": N_("Decision undone"),
    "duplicate.flagged": N_("Possible duplicate found"),
    "duplicate.kept": N_("Both requests kept"),
    "factor.ended": N_("Second factor turned off"),
    "factor.locked": N_("Second factor locked after wrong codes"),
    "factor.optional": N_("Second factor no longer required"),
    "factor.required": N_("Second factor required"),
    "factor.reset": N_("Second factor reset"),
    "factor.set_up": N_("Second factor set up"),
    "factor.used": N_("Second factor used"),
    "feed.opened": N_("Calendar subscription opened"),
    "feed.renewed": N_("Calendar subscription renewed"),
    "feed.revoked": N_("Calendar subscription ended"),
    "incoming_mail.decided": N_("Incoming mail decided"),
    "invitation.answer_logged": N_("Answer noted for somebody"),
    "invitation.answered": N_("Invitation answered"),
    "invitation.cancelled": N_("Invitation called off"),
    "invitation.sent": N_("Invitation sent"),
    "invitation.sent_again": N_("Invitation sent again"),
    "invitation.undeliverable": N_("Invitation came back"),
    "invitation.updated": N_("Invitation updated"),
    "login.link_printed": N_("Sign-in link made by the administration"),
    "login.used": N_("Signed in"),
    "mail.dropped": N_("Mail given up"),
    "mail.resent": N_("Mail sent again"),
    "organisation.added": N_("Organisation added"),
    "organisation.changed": N_("Organisation changed"),
    "person.added": N_("Person added"),
    "person.changed": N_("Person changed"),
    "mail.arrived": N_("Mail noted as arrived"),
    "mail.held": N_("Mail held"),
    "mail.released": N_("Mail released"),
    "plan.cancelled": N_("Planning stopped"),
    "plan.failed": N_("Planning failed"),
    "plan.requested": N_("Plan asked for"),
    "planning_rules.changed": N_("Planning rules changed"),
    "reminders.changed": N_("Days of the reminders changed"),
    "profile.changed": N_("Profile changed"),
    "proposal.current": N_("Version of the plan chosen"),
    "round.approved": N_("Plan approved"),
    "round.changed": N_("Planning round changed"),
    "round.closed": N_("Planning round closed"),
    "round.in_review": N_("Planning round in review"),
    "round.opened": N_("Planning round opened"),
    "round.sent": N_("Invitations of the round sent"),
    "talk.approved": N_("Talk approved"),
    "talk.called_off": N_("Talk called off"),
    "talk.created": N_("Talk created"),
    "talk.guest_invited": N_("Guest invited"),
    "talk.guest_uninvited": N_("Guest uninvited"),
    "talk.held": N_("Noted as held"),
    "talk.held_taken_back": N_("Note that it was held taken back"),
    "talk.interpreter_added": N_("Interpreter added"),
    "talk.interpreter_removed": N_("Interpreter removed"),
    "talk.moved": N_("Talk moved"),
    "talk.participants_corrected": N_("Number of people corrected"),
    "talk.person_replaced": N_("Person replaced"),
    "talk.rules_overridden": N_("Decided against a rule"),
    "topic.added": N_("Topic added"),
    "topic.changed": N_("Topic changed"),
    "venue.added": N_("Room added"),
    "venue.removed": N_("Room removed"),
}

SUBJECTS: Mapping[str, str] = {
    "assignment": N_("Person in a talk"),
    "blocked_period": N_("Days without talks"),
    "duplicate_flag": N_("Possible duplicate"),
    "calendar_source": N_("Other calendar"),
    "feed": N_("Calendar subscription"),
    "incoming_mail": N_("Incoming mail"),
    "invitation": N_("Invitation"),
    "organisation": N_("Organisation"),
    "outbox": N_("E-mail"),
    "person": N_("Person"),
    "planning_round": N_("Planning round"),
    "profile": N_("Profile"),
    "proposal": N_("Version of a plan"),
    "reminder": N_("Reminder"),
    "request": N_("Request"),
    "round_decision": N_("Decision in a round"),
    "setting": N_("Settings"),
    "solve_run": N_("Planning run"),
    "talk": N_("Talk"),
    "topic": N_("Topic"),
    "venue": N_("Room"),
}

_STATES: Mapping[str, str] = {
    "accepted": N_("said yes"),
    "applied": N_("counted"),
    "approved": N_("approved"),
    "cancelled": N_("called off"),
    "closed": N_("closed"),
    "counts": N_("counts"),
    "confirmed": N_("confirmed"),
    "decided": N_("decided"),
    "dead": N_("undeliverable"),
    "declined": N_("said no"),
    "done": N_("held"),
    "dropped": N_("given up"),
    "failed": N_("failed"),
    "followed_up": N_("followed up"),
    "in_review": N_("in review"),
    "invited": N_("invited"),
    "kept": N_("kept"),
    "listed": N_("only listed"),
    "merged": N_("merged"),
    "no_show": N_("did not come"),
    "open": N_("open"),
    "queued": N_("waiting"),
    "read": N_("read"),
    "review": N_("to decide"),
    "running": N_("running"),
    "sent": N_("sent"),
    "skipped": N_("skipped"),
    "tentative": N_("not sure yet"),
    "uncertain": N_("uncertain"),
    "waiting": N_("waiting"),
}


_REASONS: Mapping[str, str] = {
    "absent": N_("Absence told of in the planning"),
    "undone": N_("Change taken back"),
}
"""Reasons that the service gives itself; all others are what somebody has typed."""


def action_name(action: str) -> str:
    """What was done, in two or three words; an action of an older version keeps its name."""
    name = ACTIONS.get(action)
    return _(name) if name else request_words.action_name(AuditEntry(action=action))


def reason_text(reason: str) -> str:
    """Why it was done, as typed or in words for what the service notes itself."""
    return _(_REASONS[reason]) if reason in _REASONS else reason


def subject_name(kind: str) -> str:
    """What it was done to."""
    return _(SUBJECTS[kind]) if kind in SUBJECTS else kind


def value_words(kind: str, field: str, value: Any) -> str:
    """A fact before or after; `kind` is what the entry is about."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value_words(kind, field, item) for item in value)
    if isinstance(value, dict):
        facts = ((name, value_words(kind, name, item)) for name, item in value.items())
        return "; ".join(f"{request_words.field_name(name)}: {item}" for name, item in facts)
    return _state(kind, value) if field == "state" else str(value)


def _state(kind: str, state: str) -> str:
    if kind == "request" and state == RequestState.DRAFT:
        return pgettext("request", "Draft")
    asked = request_words.state_names() if kind == "request" else {}
    if state in asked:
        return asked[state]
    return _(_STATES[state]) if state in _STATES else state
