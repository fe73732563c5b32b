"""One's own calendar, read for the times in which one is busy: hand in, look, let it count."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from matchmaker.jobs.queue import poke
from matchmaker.models import CalendarSource, Invitation, Profile
from matchmaker.models.states import BusyKind, CalendarSourceKind, CalendarSourceState
from matchmaker.services.errors import Invalid
from matchmaker.services.inviting.own_talks import crossed, own_talks
from matchmaker.services.people.profiles import profile_of
from matchmaker.services.sources import sources
from matchmaker.services.sources.counted import FoundTime, found_times
from matchmaker.services.sources.reading import Failure
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, settings, signed_in
from matchmaker.web.db import db
from matchmaker.web.errors import page
from matchmaker.web.i18n import locale
from matchmaker.web.limits import limiter
from matchmaker.web.security import takes_bytes
from matchmaker.web.speaker import calendar_words
from matchmaker.web.speaker.calendar_preview import months
from matchmaker.web.speaker.room import PLANNED, Page, blueprint

ROOT = "/zeiten/kalender"
OTHER_FIELDS = 64 * 1024
"""Bytes of the form around the file."""


@blueprint.get(ROOT)
@for_roles(*PLANNED)
def calendars() -> str:
    return _list({})


@blueprint.post(f"{ROOT}/datei")
@for_roles(*PLANNED)
@takes_bytes(sources.LARGEST + OTHER_FIELDS)
@limiter.limit("30 per hour")
def add_calendar_file() -> Page:
    given = request.files.get("file")
    name, body = (given.filename or "", given.read()) if given else ("", b"")
    try:
        row = sources.add_file(db.session(), desk(), _profile(), name, body)
    except Invalid as invalid:
        return _with_faults(invalid)
    commit()
    return _to(row)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """The form once more for a file that is too large; it was not read, nor was the form."""
    if request.endpoint != "speaker.add_calendar_file":
        return page(413)
    return _list({"file": _(sources.FILE_TOO_LARGE)}), 413


@blueprint.post(f"{ROOT}/adresse")
@for_roles(*PLANNED)
@limiter.limit("30 per hour")
def add_calendar_address() -> Page:
    try:
        row = sources.add_address(db.session(), desk(), _profile(), request.form.get("url", ""))
    except Invalid as invalid:
        return _with_faults(invalid)
    commit()
    return _to(row)


@blueprint.get(f"{ROOT}/<int:source_id>")
@for_roles(*PLANNED)
def calendar_source(source_id: int) -> str:
    row = _row(source_id)
    found = found_times(row.found)
    by_month, more = months(found, desk().today, settings().zone, locale())
    return render_template(
        "speaker/calendar_source.html",
        source=row,
        words=calendar_words,
        waiting=row.state is CalendarSourceState.WAITING,
        counts=row.state is CalendarSourceState.COUNTS,
        incomplete=row.failure == Failure.INCOMPLETE,
        subscribed=row.kind is CalendarSourceKind.SUBSCRIPTION,
        address=sources.shown_address(row),
        seen=sources.fingerprint(row),
        meant=sources.identity(row),
        is_empty=not found,
        crossed=_crossed(found),
        report=row.report or {},
        remarks=list(calendar_words.remarks(row.report)),
        months=by_month,
        more=more,
        locale=locale(),
    )


@blueprint.get(f"{ROOT}/<int:source_id>/stand")
@for_roles(*PLANNED)
def calendar_source_state(source_id: int) -> str:
    """The part of the page that is fetched again until the calendar has been read."""
    row = _row(source_id)
    return render_template(
        "speaker/_being_read.html", source=row, waiting=row.state is CalendarSourceState.WAITING
    )


@blueprint.post(f"{ROOT}/<int:source_id>/gilt")
@for_roles(*PLANNED)
def let_calendar_count(source_id: int) -> Response:
    seen = request.form.get("seen")
    row = sources.let_count(db.session(), desk(), _profile(), source_id, seen=seen)
    commit()
    flash(_("Taken over: the planning now heeds these times."), "good")
    return _to(row)


@blueprint.post(f"{ROOT}/<int:source_id>/gilt-nicht")
@for_roles(*PLANNED)
def stop_calendar(source_id: int) -> Response:
    meant = request.form.get("meant")
    row = sources.stop_counting(db.session(), desk(), _profile(), source_id, meant=meant)
    commit()
    flash(_("Taken back: the planning does not heed these times any more."), "good")
    return _to(row)


@blueprint.post(f"{ROOT}/<int:source_id>/neu")
@for_roles(*PLANNED)
@limiter.limit("30 per hour")
def read_calendar_again(source_id: int) -> Response:
    row = sources.read_again(db.session(), desk(), _profile(), source_id)
    commit()
    poke(settings(), "calendars")
    flash(_("The calendar is being read again. That takes a moment."), "good")
    return _to(row)


@blueprint.post(f"{ROOT}/<int:source_id>/entfernen")
@for_roles(*PLANNED)
def remove_calendar(source_id: int) -> Response:
    meant = request.form.get("meant")
    name = sources.remove(db.session(), desk(), _profile(), source_id, meant=meant)
    commit()
    flash(_("%(name)s is removed, with all times that were read from it.", name=name), "good")
    return redirect(url_for("speaker.calendars"), 303)


def _crossed(found: Sequence[FoundTime]) -> list[Invitation]:
    busy = [(row.starts_at, row.ends_at) for row in found if row.kind is BusyKind.BUSY]
    return crossed(own_talks(db.session(), desk(), signed_in()), busy) if busy else []


def _list(faults: dict[str, str], typed_url: str = "") -> str:
    own = sources.sources_of(db.session(), _profile())
    return render_template(
        "speaker/calendars.html",
        sources=own,
        is_full=sum(not sources.is_unreadable(row) for row in own) >= sources.MOST,
        words=calendar_words,
        address_of=sources.shown_address,
        most=sources.MOST,
        faults=faults,
        typed_url=typed_url,
    )


def _with_faults(invalid: Invalid) -> tuple[str, int]:
    db.session.rollback()
    faults = {name: _(fault) for name, fault in invalid.fields.items()}
    return _list(faults, request.form.get("url", "")), 422


def _profile() -> Profile:
    return profile_of(signed_in())


def _row(source_id: int) -> CalendarSource:
    return sources.source_of(db.session(), _profile(), source_id)


def _to(row: CalendarSource) -> Response:
    return redirect(url_for("speaker.calendar_source", source_id=row.id), 303)
