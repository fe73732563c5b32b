"""Subscribing to one's own talks, and how invitations arrive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.i18n import N_
from matchmaker.models.states import OWN_FEEDS, CalendarChoice, FeedScope
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.inviting import feeds
from matchmaker.services.people import own_data
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker.room import INVITED, Page, blueprint


@dataclass(frozen=True, slots=True)
class Subscription:
    """The addresses of one feed; all empty if there is none."""

    scope: str
    address: str

    @property
    def webcal(self) -> str:
        """Opens the calendar program instead of downloading a file."""
        return f"webcal://{self.address.partition('://')[2]}"

    @property
    def google(self) -> str:
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def qr(self) -> str:
        """The address as a picture for a phone's camera: black on white in dark pages, too.

        A data address: the picture holds the key, so it must not lie in any cache.
        """
        code = segno.make_qr(self.webcal, error="m")
        return str(code.png_data_uri(scale=5, border=4, dark="#000", light="#fff"))


@blueprint.get("/kalender")
@for_roles(*INVITED)
def calendar() -> str:
    person = signed_in()
    return render_template(
        "speaker/calendar.html",
        subscriptions=[_subscription(scope) for scope in OWN_FEEDS],
        choice=person.calendar_choice.value,
        version=person.version,
    )


@blueprint.post("/kalender")
@for_roles(*INVITED)
def choose() -> Page:
    """By mail or by subscription: both together would show every talk twice."""
    person = signed_in()
    try:
        choice = CalendarChoice(request.form.get("choice", ""))
    except ValueError:
        raise Invalid({"choice": N_("Please choose one of the two ways.")}) from None
    wanted = replace(own_data.contact(person), calendar_choice=choice)
    own_data.change_contact(
        db.session(), desk(), person, wanted, version=sent_number("version", None)
    )
    if choice is CalendarChoice.SUBSCRIPTION:
        feeds.open_feed(db.session(), desk(), person)
    commit()
    flash(_("Your choice is saved. It holds for the next invitations."), "good")
    return redirect(url_for("speaker.calendar"), 303)


@blueprint.post("/kalender/<scope>/adresse")
@for_roles(*INVITED)
def renew(scope: str) -> Response:
    """A first address or a new one."""
    feeds.renew(db.session(), desk(), signed_in(), _scope(scope))
    commit()
    flash(_("The address is new. Please subscribe with it; older ones no longer work."), "good")
    return redirect(url_for("speaker.calendar", _anchor=scope), 303)


@blueprint.post("/kalender/<scope>/ende")
@for_roles(*INVITED)
def revoke(scope: str) -> Response:
    feeds.revoke(db.session(), desk(), signed_in(), _scope(scope))
    commit()
    flash(_("The subscription has ended. Its address no longer works."), "good")
    return redirect(url_for("speaker.calendar", _anchor=scope), 303)


def _subscription(scope: FeedScope) -> Subscription:
    address = feeds.feed_address(db.session(), desk(), signed_in(), scope)
    return Subscription(scope.value, address or "")


def _scope(text: str) -> FeedScope:
    if text not in OWN_FEEDS:
        raise NotFound(N_("There is no such subscription."))
    return FeedScope(text)
