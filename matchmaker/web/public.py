"""The public pages: the offer, the legal texts, the choice of language."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from matchmaker import i18n
from matchmaker.models import TopicArea
from matchmaker.models.states import Format
from matchmaker.services.intake import drafts
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.people import login, sessions
from matchmaker.web.access import public
from matchmaker.web.context import desk
from matchmaker.web.db import db

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@public
def start() -> str:
    today = desk().today
    areas = db.session.scalars(
        select(TopicArea).options(selectinload(TopicArea.topics)).order_by(TopicArea.position)
    )
    offered = [
        (area, topics)
        for area in areas
        if (
            topics := [
                topic
                for topic in area.topics
                if topic.format is Format.TALK and topic.is_offered(today)
            ]
        )
    ]
    is_open = wide_feeds.feed_address(db.session(), desk(), wide_feeds.PUBLIC) is not None
    return render_template("public/start.html", areas=offered, has_calendar=is_open)


@blueprint.get("/impressum")
@public
def imprint() -> str:
    return render_template("public/page.html", page="imprint")


@blueprint.get("/datenschutz")
@public
def privacy() -> str:
    kept = {
        "link_minutes": login.LASTS // timedelta(minutes=1),
        "sign_in_days": sessions.FOR_OTHERS.longest.days,
        "draft_days": drafts.KEPT.days,
    }
    return render_template("public/page.html", page="privacy", kept=kept)


@blueprint.get("/barrierefreiheit")
@public
def accessibility() -> str:
    return render_template("public/page.html", page="accessibility")


@blueprint.get("/sprache")
@public
def set_language() -> Response:
    """Back to the page one came from, in another language (kept in the address, no cookie)."""
    wanted = request.args.get("to", "")
    parts = urlsplit(own_path(request.args.get("next")))
    query = {name: value for name, value in parse_qsl(parts.query) if name != "lang"}
    if wanted in i18n.SUPPORTED:
        query["lang"] = wanted
    return redirect(f"{parts.path}?{urlencode(query)}" if query else parts.path)


def own_path(target: str | None) -> str:
    """`target` if it is a path of this service, else the start page."""
    start_page = url_for("public.start")
    if not target or any(ord(character) < 0x21 for character in target) or "\\" in target:
        return start_page
    # Tested before it is read: urlsplit refuses addresses such as //[x with an error.
    if not target.startswith("/") or target.startswith("//"):
        return start_page
    return target
