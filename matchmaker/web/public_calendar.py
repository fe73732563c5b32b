"""The public calendar: when, in which district and about what. Nobody is named."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import get_locale

from matchmaker.services.inviting import public_calendar, wide_feeds
from matchmaker.web.access import public
from matchmaker.web.context import desk
from matchmaker.web.db import db
from matchmaker.web.subscription import Subscription
from matchmaker.web.texts import _

blueprint = Blueprint("public_calendar", __name__)


@blueprint.get("/kalender")
@public
def show() -> str:
    """Also while there is none: a link to it may stand anywhere."""
    address = wide_feeds.feed_address(db.session(), desk(), wide_feeds.PUBLIC)
    if address is None:
        return render_template("public/calendar.html", talks=[], subscription=None)
    return render_template(
        "public/calendar.html",
        talks=public_calendar.coming(db.session(), desk(), str(get_locale())),
        subscription=Subscription(
            "subscription",
            _("Subscribe to this calendar"),
            _("Then it is in your own calendar and always up to date."),
            address,
        ),
    )
