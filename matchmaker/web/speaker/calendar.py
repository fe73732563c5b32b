"""Subscribing to one's own talks and to those of one's organisation; how invitations arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.i18n import N_
from matchmaker.models import Organisation
from matchmaker.models.states import OWN_FEEDS, CalendarChoice, FeedScope
from matchmaker.services.errors import Invalid, NotFound
from matchmaker.services.inviting import feeds, wide_feeds
from matchmaker.services.inviting.wide_feeds import Whose
from matchmaker.services.people import own_data
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, settings, signed_in
from matchmaker.web.db import db
from matchmaker.web.numbers import sent_number
from matchmaker.web.speaker.room import INVITED, Page, blueprint
from matchmaker.web.subscription import Subscription, new_address_words

NO_SUCH_SUBSCRIPTION = N_("There is no such subscription.")


@blueprint.get("/kalender")
@for_roles(*INVITED)
def calendar() -> str:
    person = signed_in()
    return render_template(
        "speaker/calendar.html",
        subscriptions=[*_own_subscriptions(), *_of_organisation()],
        choice=person.calendar_choice.value,
        version=person.version,
        calendar_answers=settings().imap_url is not None,
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
    if scope == FeedScope.ORGANISATION:
        whose = Whose(organisation=_organisation())
        before = wide_feeds.feed_address(db.session(), desk(), whose)
        wide_feeds.renew(db.session(), desk(), whose)
    else:
        before = feeds.feed_address(db.session(), desk(), signed_in(), _scope(scope))
        feeds.renew(db.session(), desk(), signed_in(), _scope(scope))
    commit()
    flash(new_address_words(is_first=before is None), "good")
    return redirect(url_for("speaker.calendar"), 303)


@blueprint.post("/kalender/<scope>/ende")
@for_roles(*INVITED)
def revoke(scope: str) -> Response:
    by_mail = False
    if scope == FeedScope.ORGANISATION:
        wide_feeds.revoke(db.session(), desk(), Whose(organisation=_organisation()))
    else:
        by_mail = feeds.revoke(db.session(), desk(), signed_in(), _scope(scope))
    commit()
    flash(_("The subscription has ended. Its address no longer works."), "good")
    if by_mail:
        flash(
            _("From now on, the mail with an invitation puts the talk into your calendar."), "info"
        )
    return redirect(url_for("speaker.calendar"), 303)


def _own_subscriptions() -> Iterator[Subscription]:
    words = {
        FeedScope.FULL: (
            _("Your talks"),
            _("Title, place and all details. For your own calendar."),
        ),
        FeedScope.BUSY: (
            _("Only busy times"),
            _("Without titles and places. For a calendar that others can see."),
        ),
    }
    for scope in OWN_FEEDS:
        address = feeds.feed_address(db.session(), desk(), signed_in(), scope)
        yield Subscription(scope.value, *words[scope], address or "", *_actions(scope))


def _of_organisation() -> Iterator[Subscription]:
    """For everybody of an organisation; all of them share the address."""
    organisation = signed_in().organisation
    if organisation is None or not organisation.active:
        return
    address = wide_feeds.feed_address(db.session(), desk(), Whose(organisation=organisation))
    yield Subscription(
        FeedScope.ORGANISATION.value,
        _("Talks of %(organisation)s", organisation=organisation.name),
        _("All talks with you or your colleagues. For a calendar that you share."),
        address or "",
        *_actions(FeedScope.ORGANISATION),
        warning=_(
            "Everybody of your organisation uses this address. If you make a new one, all of them "
            "have to subscribe once more. Please do so when somebody has left you."
        ),
    )


def _actions(scope: FeedScope) -> tuple[str, str]:
    renewing, revoking = (
        url_for(endpoint, scope=scope.value) for endpoint in ("speaker.renew", "speaker.revoke")
    )
    return renewing, revoking


def _organisation() -> Organisation:
    organisation = signed_in().organisation
    if organisation is None or not organisation.active:
        raise NotFound(NO_SUCH_SUBSCRIPTION)
    return organisation


def _scope(text: str) -> FeedScope:
    if text not in OWN_FEEDS:
        raise NotFound(NO_SUCH_SUBSCRIPTION)
    return FeedScope(text)
