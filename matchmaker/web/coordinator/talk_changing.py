"""Calling off, moving and sending somebody else: a form, a page that shows the mails, then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import TypeVar

from flask import render_template, request, url_for

from matchmaker.dates import read_day
from matchmaker.i18n import format_when
from matchmaker.models import Assignment, Talk
from matchmaker.models.states import AssignmentState, MeetingMode, RequestState
from matchmaker.services.errors import Conflict, Invalid, NotFound
from matchmaker.services.talks import talk_changes, talk_list
from matchmaker.services.talks.standing import find_talk, require_standing
from matchmaker.services.talks.substitutes import candidates
from matchmaker.services.talks.talk_changes import NOT_ASSIGNED, Place
from matchmaker.web.context import desk
from matchmaker.web.coordinator import talk_repairs
from matchmaker.web.coordinator.plan_answers import Reply, without_answer
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_room import (
    NO_FAULTS,
    Question,
    ask_or_do,
    ask_or_form,
    back_to,
    blueprint,
    faults_of,
    version,
    writers_only,
)
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _

Value = TypeVar("Value")


@blueprint.get("/<code>/absagen")
@writers_only
def ask_call_off(code: str) -> str:
    return _call_off_page(code)


@blueprint.post("/<code>/absagen")
@writers_only
def call_off(code: str) -> Page:
    becomes = request.form.get("request_becomes", RequestState.READY.value)

    def change() -> Talk:
        return talk_changes.call_off(
            db.session(),
            desk(),
            code,
            reason=request.form.get("reason", ""),
            request_becomes=RequestState(becomes) if becomes in set(RequestState) else None,
            version=version(),
        )

    try:
        return ask_or_do(
            code,
            change,
            Question(
                change="call_off",
                title=_("Call off %(code)s?", code=code),
                back=url_for(".ask_call_off", code=code),
                done=_("The talk is called off."),
            ),
        )
    except Invalid as error:
        db.session.rollback()
        return _call_off_page(code, faults_of(error, "reason")), 422


@blueprint.get("/<code>/verschieben")
@writers_only
def ask_move(code: str) -> str:
    return _move_page(code)


@blueprint.post("/<code>/verschieben")
@writers_only
def move(code: str) -> Page:
    try:
        start, minutes = read_time(request.form)

        def change() -> Talk:
            return talk_changes.move(
                db.session(),
                desk(),
                code,
                start=start,
                minutes=minutes,
                place=read_place(request.form),
                reason=request.form.get("reason", ""),
                version=version(),
            )

        return ask_or_do(
            code,
            change,
            Question(
                change="move",
                title=_("Move %(code)s?", code=code),
                back=back_to(".ask_move", code=code),
                before_after=_both_dates(code, start, minutes),
                done=_("The talk is moved. Everybody is asked whether the new date suits them."),
            ),
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        status = 422 if isinstance(error, Invalid) else 409
        return _move_page(code, faults_of(error, "day")), status


@blueprint.get("/<code>/ersetzen/<person>")
@writers_only
def ask_replace(code: str, person: str) -> str:
    asked = talk_repairs.question(_talk_left_by(code, person), person)
    return _replace_page(code, person, reply=asked.reply() if asked else None)


@blueprint.get("/<code>/ersetzen/<person>/antwort")
@writers_only
def replace_answer(code: str, person: str) -> str:
    """The part of the page that is fetched until the worker has answered."""
    asked = talk_repairs.question(_talk_left_by(code, person), person)
    reply = asked.reply(wait=0) if asked else None
    waiting = without_answer(reply)
    if waiting is not None:
        return waiting
    talk = find_talk(db.session(), code)
    return render_template(
        "coordinator/talks/_ways.html",
        talk=talk,
        leaving=_leaving(talk, person),
        reply=reply,
        answer_url=reply.address(".replace_answer") if reply else "",
        ways=talk_repairs.ways(talk, person, reply),
    )


@blueprint.post("/<code>/ersetzen/<person>")
@writers_only
def replace(code: str, person: str) -> Page:
    def change() -> Talk:
        return talk_changes.replace_person(
            db.session(),
            desk(),
            code,
            leaving=person,
            coming=request.form.get("coming", ""),
            version=version(),
        )

    return ask_or_form(
        code,
        change,
        Question(
            change="replace",
            title=_("Send somebody else to %(code)s?", code=code),
            back=back_to(".ask_replace", code=code, person=person),
            done=_("Somebody else takes over. Everybody concerned gets a mail."),
        ),
        partial(_replace_page, code, person),
        "coming",
    )


def read_time(form: Mapping[str, str]) -> tuple[datetime, int]:
    """Start and minutes as typed; raises Invalid (day, starts, minutes)."""
    day = read_day(form.get("day", ""))
    clock = _read(time.fromisoformat, form.get("starts", ""))
    length = form.get("minutes", "").strip()
    faults = {}
    if day is None:
        faults["day"] = _("Please give a day. Example: 19.01.2027.")
    if clock is None or clock.tzinfo is not None:
        faults["starts"] = _("Please give a time, for example 18:00.")
    if not (length.isascii() and length.isdigit() and len(length) <= 4):
        faults["minutes"] = _("Please give the length in minutes, for example 120.")
    if faults or day is None or clock is None:
        raise Invalid(faults)
    return datetime.combine(day, clock.replace(second=0, microsecond=0)), int(length)


def _both_dates(code: str, start: datetime, minutes: int) -> tuple[str, str]:
    """The date that stands now and the one to which the talk would move, in words."""
    talk = find_talk(db.session(), code)
    return (
        format_when(talk.local_start, talk.local_end, locale()),
        format_when(start, start + timedelta(minutes=minutes), locale()),
    )


def _read(reader: Callable[[str], Value], text: str) -> Value | None:
    try:
        return reader(text.strip())
    except ValueError:
        return None


def read_place(form: Mapping[str, str]) -> Place:
    venue = form.get("venue_id", "")
    return Place(
        mode=MeetingMode.ONLINE if form.get("mode") == "online" else MeetingMode.ONSITE,
        venue_id=int(venue) if venue.isascii() and venue.isdigit() and len(venue) < 10 else None,
        address=form.get("address", ""),
    )


def _call_off_page(code: str, faults: Mapping[str, str] = NO_FAULTS) -> str:
    talk = find_talk(db.session(), code)
    require_standing(talk)
    return render_template(
        "coordinator/talks/call_off.html",
        talk=talk,
        over=talk.ends_at <= desk().now,
        faults=faults,
        typed=request.form,
    )


def _move_page(code: str, faults: Mapping[str, str] = NO_FAULTS) -> str:
    talk = find_talk(db.session(), code)
    require_standing(talk)
    start = talk.local_start
    suggested = talk_list.suggested_day(db.session(), desk(), talk)
    now = {
        "day": (suggested or start.date()).isoformat(),
        "starts": f"{start:%H:%M}",
        "minutes": str(int((talk.local_end - start).total_seconds() // 60)),
        "mode": talk.mode.value,
        "venue_id": str(talk.venue_id or ""),
        "address": "" if talk.venue_id else talk.location,
        "reason": "",
    }
    now |= {name: request.args[name] for name in ("day", "starts") if name in request.args}
    host = talk_list.with_venue_choices(db.session(), talk)
    return render_template(
        "coordinator/talks/move.html",
        talk=talk,
        host=host,
        rooms=[(venue.id, f"{venue.name}, {venue.address}") for venue in host.venues],
        faults=faults,
        suggested=suggested,
        typed=request.form or now,
    )


def _replace_page(
    code: str, person: str, faults: Mapping[str, str] = NO_FAULTS, *, reply: Reply | None = None
) -> str:
    talk = find_talk(db.session(), code)
    require_standing(talk)
    leaving = _leaving(talk, person)
    return render_template(
        "coordinator/talks/replace.html",
        talk=talk,
        leaving=leaving,
        candidates=candidates(db.session(), desk(), talk, leaving.role),
        reply=reply,
        answer_url=reply.address(".replace_answer") if reply else "",
        ways=talk_repairs.ways(talk, person, reply),
        faults=faults,
        typed=request.form or request.args,
    )


def _talk_left_by(code: str, person: str) -> Talk:
    """The talk, if it stands and the person is part of it: the worker is asked nothing else."""
    talk = find_talk(db.session(), code)
    require_standing(talk)
    _leaving(talk, person)
    return talk


def _leaving(talk: Talk, code: str) -> Assignment:
    for row in talk.assignments:
        if row.person.code == code and row.state is not AssignmentState.CANCELLED:
            return row
    raise NotFound(NOT_ASSIGNED)
