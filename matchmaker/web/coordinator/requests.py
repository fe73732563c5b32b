"""Anfragen: everything that was asked for, filtered and counted."""

from __future__ import annotations

from flask import render_template, request

from matchmaker.i18n import language_name
from matchmaker.services.requests import request_list
from matchmaker.services.requests.request_list import Offered, RequestFilter
from matchmaker.web.access import for_roles
from matchmaker.web.coordinator import (
    request_detail,
    request_doubles,
    request_form,
    request_words,
)
from matchmaker.web.coordinator.request_room import blueprint
from matchmaker.web.coordinator.room import READERS, asked, may_write, page_address, page_number
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _, ngettext

PAGES = (request_detail, request_doubles, request_form)
"""Modules whose pages join the blueprint when they are imported."""


@blueprint.get("")
@for_roles(*READERS)
def index() -> str:
    wanted = RequestFilter(
        words=asked("q"),
        state=asked("state"),
        district=asked("district"),
        area=asked("area"),
        language=asked("language"),
        doubled="doubled" in request.args,
    )
    offered = request_list.offered(db.session())
    page = page_number()
    return render_template(
        "coordinator/requests/index.html",
        wanted=wanted,
        shown=request_list.requests(db.session(), wanted, page),
        offered=offered,
        summary=summary(offered),
        total=sum(offered.by_state.values()),
        filtered=wanted != RequestFilter(),
        states=_states(offered),
        districts=[(nr, name) for nr, name, _same in offered.districts],
        areas=[(code, de if locale() == "de" else en) for code, de, en in offered.areas],
        languages=sorted(
            ((tag, language_name(tag, locale())) for tag in offered.languages),
            key=lambda pair: pair[1],
        ),
        source_name=request_words.source_name,
        page_address=page_address,
        may_change=may_write(),
    )


def summary(offered: Offered) -> str:
    """`3 to read, 2 in clarification, 48 ready, 7 with a date.`"""
    read, clear, ready, planned, dated = (
        offered.count(state)
        for state in ("submitted", "in_clarification", "ready", "proposed", "scheduled")
    )
    parts = [
        (read, ngettext("%(num)s to read", "%(num)s to read", read)),
        (clear, ngettext("%(num)s in clarification", "%(num)s in clarification", clear)),
        (ready, ngettext("%(num)s ready", "%(num)s ready", ready)),
        (planned, ngettext("%(num)s in a plan", "%(num)s in a plan", planned)),
        (dated, ngettext("%(num)s with a date", "%(num)s with a date", dated)),
    ]
    return ", ".join(words for number, words in parts if number) or _("Nothing is open.")


def _states(offered: Offered) -> list[tuple[str, str]]:
    return [
        (str(key), f"{name} ({offered.count(str(key))})")
        for key, name in request_words.state_names().items()
    ]
