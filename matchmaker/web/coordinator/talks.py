"""Termine: what stands in the calendar, who has answered, what has happened."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matchmaker.models import Invitation, Talk
from matchmaker.models.states import AssignmentRole, Format, InvitationState, TalkState
from matchmaker.services.errors import Invalid
from matchmaker.services.reminding import overview
from matchmaker.services.talks import talk_list, talk_outcomes
from matchmaker.services.talks.interpreting import interpreters_missing
from matchmaker.services.talks.standing import find_talk
from matchmaker.services.talks.substitutes import GERMAN
from matchmaker.services.talks.talk_list import Answers, Shelf, TalkFilter
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator import (
    sending_words,
    talk_changing,
    talk_corrections,
    talk_guests,
    talk_interpreters,
    talk_making,
    talk_resending,
)
from matchmaker.web.coordinator.room import Page, asked, page_address, page_number
from matchmaker.web.coordinator.talk_corrections import read_participants
from matchmaker.web.coordinator.talk_room import blueprint, readers, version, writers_only
from matchmaker.web.db import db
from matchmaker.web.texts import _

__all__ = [
    "blueprint",
    "talk_changing",
    "talk_corrections",
    "talk_guests",
    "talk_interpreters",
    "talk_making",
    "talk_resending",
]


@blueprint.get("")
@readers
def index() -> str:
    wanted = _wanted()
    page = page_number()
    return render_template(
        "coordinator/talks/index.html",
        wanted=wanted,
        shelves=_shelves(),
        found=talk_list.talks(db.session(), desk(), wanted, page),
        filtered=wanted != TalkFilter(shelf=wanted.shelf),
        answers=_answer_choices(),
        formats=[(kind.value, sending_words.format_name(kind)) for kind in Format],
        page_address=page_address,
        now=desk().now,
    )


@blueprint.get("/<code>")
@readers
def detail(code: str) -> str:
    talk = find_talk(db.session(), code)
    coming = talk.state is TalkState.CONFIRMED and talk.starts_at > desk().now
    return render_template(
        "coordinator/talks/detail.html",
        talk=talk,
        interpreters_missing=interpreters_missing(talk) if coming else 0,
        interpreted=talk.language_tag not in GERMAN,
        interpreters=[row.person.name for row in talk.team(AssignmentRole.INTERPRETER)],
        story=talk_list.story(db.session(), talk),
        reminders=overview.of_talk(db.session(), desk(), talk),
        over=talk.ends_at <= desk().now,
        begun=talk.starts_at <= desk().now,
        standing=talk.state is TalkState.CONFIRMED,
        assignment_of={row.person_id: row for row in talk.assignments},
        shown=_shown_first(talk),
        names=_names(talk),
    )


@blueprint.get("/<code>/durchgefuehrt")
@writers_only
def ask_held(code: str) -> str:
    return _held_page(code, {})


@blueprint.post("/<code>/durchgefuehrt")
@writers_only
def held(code: str) -> Page:
    """No mails follow, so there is nothing to confirm."""
    try:
        talk_outcomes.mark_held(
            db.session(),
            desk(),
            code,
            participants=read_participants(request.form),
            absent=request.form.getlist("absent"),
            version=version(),
        )
    except Invalid as error:
        db.session.rollback()
        return _held_page(code, sending_words.field_errors(error)), 422
    commit()
    flash(_("The talk is marked as held."), "success")
    return redirect(url_for(".detail", code=code), 303)


@blueprint.post("/<code>/nicht-erschienen/<person>")
@writers_only
def no_show(code: str, person: str) -> Response:
    talk_outcomes.mark_no_show(db.session(), desk(), code, person)
    commit()
    flash(_("It is noted that this person did not come."), "success")
    return redirect(url_for(".detail", code=code), 303)


@blueprint.get("/<code>/antwort/<int:invitation_id>")
@writers_only
def ask_answer(code: str, invitation_id: int) -> str:
    return _answer_page(code, invitation_id, {})


@blueprint.post("/<code>/antwort/<int:invitation_id>")
@writers_only
def answer(code: str, invitation_id: int) -> Page:
    chosen = request.form.get("answer", "")
    given = next((state for state in _ANSWERS if state.value == chosen), None)
    if given is None:
        return _answer_page(code, invitation_id, {"answer": _("Please choose an answer.")}), 422
    comment = request.form.get("comment", "")
    talk_outcomes.answer_for(db.session(), desk(), code, invitation_id, given, comment=comment)
    commit()
    flash(_("The answer is entered."), "success")
    return redirect(url_for(".detail", code=code), 303)


_ANSWERS = (InvitationState.ACCEPTED, InvitationState.TENTATIVE, InvitationState.DECLINED)


def _held_page(code: str, faults: dict[str, str]) -> str:
    return render_template(
        "coordinator/talks/held.html",
        talk=find_talk(db.session(), code),
        faults=faults,
        typed=request.form,
    )


def _answer_page(code: str, invitation_id: int, faults: dict[str, str]) -> str:
    talk = find_talk(db.session(), code)
    return render_template(
        "coordinator/talks/answer.html",
        talk=talk,
        invitation=talk_outcomes.invitation_of(talk, invitation_id),
        faults=faults,
        typed=request.form,
        choices=[
            (InvitationState.ACCEPTED.value, _("Yes, comes")),
            (InvitationState.TENTATIVE.value, _("Perhaps, with reservations")),
            (InvitationState.DECLINED.value, _("No, cannot come")),
        ],
    )


def _shown_first(talk: Talk) -> list[Invitation]:
    """Living invitations before those that have ended."""
    return sorted(talk.invitations, key=lambda row: row.state is InvitationState.CANCELLED)


def _names(talk: Talk) -> sending_words.Names:
    people = [row.person for row in talk.assignments] + [row.person for row in talk.invitations]
    return sending_words.Names(
        by_code={person.code: person.name for person in people},
        by_invitation={row.id: row.person.name for row in talk.invitations},
        by_assignment={row.id: row.person.name for row in talk.assignments},
    )


def _wanted() -> TalkFilter:
    shelf, answers = asked("zeige"), asked("antworten")
    return TalkFilter(
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.UPCOMING,
        answers=Answers(answers) if answers in set(Answers) else Answers.ANY,
        format=asked("format"),
        text=asked("q"),
    )


def _shelves() -> list[tuple[str, str]]:
    return [
        (Shelf.UPCOMING.value, _("Upcoming")),
        (Shelf.TO_NOTE.value, _("Over, not noted yet")),
        (Shelf.PAST.value, _("Past")),
        (Shelf.CANCELLED.value, _("Called off")),
    ]


def _answer_choices() -> list[tuple[str, str]]:
    return [
        ("", _("all")),
        (Answers.DECLINED.value, _("somebody has declined")),
        (Answers.OPEN.value, _("an answer is missing")),
        (Answers.ACCEPTED.value, _("everybody has accepted")),
    ]
