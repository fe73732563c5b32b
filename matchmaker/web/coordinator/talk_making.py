"""A workshop, an advice session or coaching, put into the calendar by hand."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request, url_for
from sqlalchemy import select

from matchmaker.models import Language, Organisation, Person, Talk
from matchmaker.models.people import PersonRole
from matchmaker.models.states import Format, OrganisationKind, Role
from matchmaker.services.errors import Conflict, Invalid
from matchmaker.services.talks.talk_creation import BY_HAND, NewTalk, create_by_hand
from matchmaker.web.context import desk
from matchmaker.web.coordinator import sending_words
from matchmaker.web.coordinator.room import Page
from matchmaker.web.coordinator.talk_changing import read_place, read_time
from matchmaker.web.coordinator.talk_room import (
    NO_FAULTS,
    Question,
    ask_or_do,
    blueprint,
    faults_of,
    writers_only,
)
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _

MOST_PEOPLE = 6
FIELDS = (
    *("format", "title", "organisation", "day", "starts", "minutes"),
    *("address", "language", "speakers", "interpreters"),
)
"""The fields in the order of the page."""


@blueprint.get("/neu")
@writers_only
def new() -> str:
    return _page()


@blueprint.post("/neu")
@writers_only
def create() -> Page:
    facts, unread = _facts()

    def change() -> Talk:
        return create_by_hand(db.session(), desk(), facts)

    try:
        return ask_or_do(
            "",
            change,
            Question(
                change="create",
                title=_("Put “%(title)s” into the calendar?", title=facts.title),
                back=url_for(".new"),
                done=_("It is in the calendar. Everybody gets an invitation."),
            ),
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        status = 422 if isinstance(error, Invalid) else 409
        faults = {**faults_of(error, "day"), **unread}
        return _page({name: faults[name] for name in FIELDS if name in faults}), status


def _facts() -> tuple[NewTalk, Mapping[str, str]]:
    """What was typed, and what is wrong with a time that could not be read."""
    start, minutes, unread = None, 0, NO_FAULTS
    try:
        start, minutes = read_time(request.form)
    except Invalid as error:
        unread = error.fields
    facts = NewTalk(
        format=_format(request.form.get("format", "")),
        title=request.form.get("title", ""),
        organisation=request.form.get("organisation", ""),
        start=start,
        minutes=minutes,
        language=request.form.get("language", ""),
        place=read_place(request.form),
        speakers=_chosen("speakers"),
        interpreters=_chosen("interpreters"),
    )
    return facts, unread


def _format(text: str) -> Format | None:
    """What was chosen; None is refused later, with the other faults."""
    return Format(text) if text in set(BY_HAND) else None


def _chosen(name: str) -> list[str]:
    return [code for code in request.form.getlist(name) if code][:MOST_PEOPLE]


def _page(faults: Mapping[str, str] = NO_FAULTS) -> str:
    return render_template(
        "coordinator/talks/new.html",
        faults=faults,
        typed=request.form,
        chosen={name: request.form.getlist(name) for name in ("speakers", "interpreters")},
        formats=[(kind.value, sending_words.format_name(kind)) for kind in BY_HAND],
        hosts=_hosts(),
        languages=_languages(),
        speakers=_people(Role.SPEAKER),
        interpreters=_people(Role.INTERPRETER),
    )


def _hosts() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Organisation.code, Organisation.name)
        .where(Organisation.active.is_(True), Organisation.kind == OrganisationKind.MO)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]


def _languages() -> list[tuple[str, str]]:
    name = Language.name_de if locale() == "de" else Language.name_en
    rows = db.session.execute(select(Language.tag, name).order_by(Language.position))
    return [(row[0], row[1]) for row in rows]


def _people(role: Role) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Person.code, Person.name, Organisation.name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(PersonRole.role == role, Person.active.is_(True))
        .order_by(Person.name)
    )
    return [(row[0], f"{row[1]} ({row[2]})" if row[2] else row[1]) for row in rows]
