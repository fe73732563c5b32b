"""The list of topics: words, questions, and when each is offered."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from matchmaker.dates import read_day
from matchmaker.i18n import N_
from matchmaker.models import Topic, TopicArea
from matchmaker.services.errors import Invalid
from matchmaker.services.house import topics
from matchmaker.services.house.topics import TopicFacts
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk
from matchmaker.web.coordinator.room import WRITERS, Page, told
from matchmaker.web.coordinator.settings_room import blueprint
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.numbers import sent_number
from matchmaker.web.texts import _

NO_DAY = N_("Please give a day. Example: 19.01.2027.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicForm:
    area: str = ""
    name_de: str = ""
    name_en: str = ""
    question_de: str = ""
    question_en: str = ""
    valid_from: str = ""
    valid_to: str = ""
    version: int = 0

    def facts(self) -> TopicFacts:
        """Raises Invalid for days that are none."""
        days = {"valid_from": self.valid_from.strip(), "valid_to": self.valid_to.strip()}
        faults = {name: NO_DAY for name, text in days.items() if text and read_day(text) is None}
        if faults:
            raise Invalid(faults)
        return TopicFacts(
            name_de=self.name_de,
            name_en=self.name_en,
            question_de=self.question_de,
            question_en=self.question_en,
            valid_from=read_day(days["valid_from"]),
            valid_to=read_day(days["valid_to"]),
        )


@blueprint.get("/themen")
@for_roles(*WRITERS)
def topic_list() -> str:
    areas = db.session.scalars(
        select(TopicArea).options(selectinload(TopicArea.topics)).order_by(TopicArea.position)
    )
    return render_template(
        "coordinator/settings/topics.html",
        areas=areas.all(),
        today=desk().today,
    )


@blueprint.get("/themen/neu")
@for_roles(*WRITERS)
def new_topic() -> str:
    return _form(TopicForm(area=request.args.get("area", "")), {}, None)


@blueprint.post("/themen/neu")
@for_roles(*WRITERS)
def add_topic() -> Page:
    typed = _typed(request.form)
    try:
        made = topics.add_topic(db.session(), desk(), typed.area, typed.facts())
    except Invalid as invalid:
        return _form(typed, invalid.fields, None), 422
    commit()
    flash(_("The topic %(code)s is added.", code=made.code), "good")
    return redirect(url_for(".topic_list"), 303)


@blueprint.get("/themen/<code>")
@for_roles(*WRITERS)
def topic(code: str) -> str:
    found = topics.topic_by_code(db.session(), code)
    facts = topics.facts_of(found)
    form = TopicForm(
        area=found.area.code,
        name_de=facts.name_de,
        name_en=facts.name_en,
        question_de=facts.question_de,
        question_en=facts.question_en,
        valid_from=facts.valid_from.isoformat() if facts.valid_from else "",
        valid_to=facts.valid_to.isoformat() if facts.valid_to else "",
        version=found.version,
    )
    return _form(form, {}, found)


@blueprint.post("/themen/<code>")
@for_roles(*WRITERS)
def change_topic(code: str) -> Page:
    found = topics.topic_by_code(db.session(), code)
    typed = _typed(request.form)
    try:
        topics.change_topic(db.session(), desk(), found, typed.facts(), version=typed.version)
    except Invalid as invalid:
        return _form(typed, invalid.fields, found), 422
    commit()
    flash(_("The changes are saved."), "good")
    return redirect(url_for(".topic_list"), 303)


def _typed(form: MultiDict[str, str]) -> TopicForm:
    return TopicForm(
        area=form.get("area", ""),
        name_de=form.get("name_de", ""),
        name_en=form.get("name_en", ""),
        question_de=form.get("question_de", ""),
        question_en=form.get("question_en", ""),
        valid_from=form.get("valid_from", ""),
        valid_to=form.get("valid_to", ""),
        version=sent_number("version", 0),
    )


def _form(form: TopicForm, faults: dict[str, str], found: Topic | None) -> str:
    areas = db.session.scalars(select(TopicArea).order_by(TopicArea.position))
    return render_template(
        "coordinator/settings/topic.html",
        form=form,
        faults=told(faults),
        topic=found,
        areas=[(area.code, area.name_in(locale())) for area in areas],
    )
