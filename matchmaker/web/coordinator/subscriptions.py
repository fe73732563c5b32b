"""Kalenderabos: all talks for oneself, the public calendar, and organisations' addresses."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from matchmaker.models import Organisation
from matchmaker.services.inviting import wide_feeds
from matchmaker.services.inviting.wide_feeds import PUBLIC, Whose
from matchmaker.services.people import organisations
from matchmaker.web.access import for_roles
from matchmaker.web.context import commit, desk, signed_in
from matchmaker.web.coordinator.room import READERS, WRITERS, may_write
from matchmaker.web.db import db
from matchmaker.web.subscription import Subscription, new_address_words
from matchmaker.web.texts import _

blueprint = Blueprint("coordinator_subscriptions", __name__, url_prefix="/koordination/kalender")


@blueprint.get("")
@for_roles(*READERS)
def index() -> str:
    return render_template(
        "coordinator/subscriptions/index.html",
        own=_own(),
        public=_public(),
        subscribed=wide_feeds.subscribed_organisations(db.session()),
        may_change=may_write(),
    )


@blueprint.post("/alle/adresse")
@for_roles(*READERS)
def renew_own() -> Response:
    return _renew(Whose(person=signed_in()), url_for(".index"))


@blueprint.post("/alle/ende")
@for_roles(*READERS)
def revoke_own() -> Response:
    wide_feeds.revoke(db.session(), desk(), Whose(person=signed_in()))
    return _revoked(url_for(".index"))


@blueprint.post("/oeffentlich/adresse")
@for_roles(*WRITERS)
def renew_public() -> Response:
    wide_feeds.renew(db.session(), desk(), PUBLIC)
    commit()
    flash(_("Everybody can read the public calendar now, under this address."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.post("/oeffentlich/ende")
@for_roles(*WRITERS)
def revoke_public() -> Response:
    wide_feeds.revoke(db.session(), desk(), PUBLIC)
    commit()
    flash(_("There is no public calendar any more. Its address no longer works."), "good")
    return redirect(url_for(".index"), 303)


@blueprint.get("/organisation/<code>")
@for_roles(*WRITERS)
def organisation(code: str) -> str:
    found = organisations.organisation_by_code(db.session(), code)
    return render_template(
        "coordinator/subscriptions/organisation.html",
        organisation=found,
        subscription=_of_organisation(found),
    )


@blueprint.post("/organisation/<code>/adresse")
@for_roles(*WRITERS)
def renew_organisation(code: str) -> Response:
    found = organisations.organisation_by_code(db.session(), code)
    return _renew(Whose(organisation=found), url_for(".organisation", code=code))


@blueprint.post("/organisation/<code>/ende")
@for_roles(*WRITERS)
def revoke_organisation(code: str) -> Response:
    found = organisations.organisation_by_code(db.session(), code)
    wide_feeds.revoke(db.session(), desk(), Whose(organisation=found))
    return _revoked(url_for(".organisation", code=code))


def _own() -> Subscription:
    return Subscription(
        "all",
        _("All talks"),
        _("For your own calendar: every talk with place and people, and the way to its page."),
        wide_feeds.feed_address(db.session(), desk(), Whose(person=signed_in())) or "",
        url_for(".renew_own"),
        url_for(".revoke_own"),
        _(
            "Whoever knows the address sees all talks. If it got into the wrong hands, make a new "
            "one. Then subscribe once more."
        ),
    )


def _public() -> Subscription:
    changing = (url_for(".renew_public"), url_for(".revoke_public")) if may_write() else ("", "")
    return Subscription(
        "public",
        _("Public calendar"),
        _("Shows everybody when, in which district and about what. It names nobody."),
        wide_feeds.feed_address(db.session(), desk(), PUBLIC) or "",
        *changing,
        warning=_(
            "With a new address, everybody who has subscribed has to do so once more. Without the "
            "public calendar nobody reads it any more, neither on our page nor in a subscription."
        ),
    )


def _of_organisation(found: Organisation) -> Subscription:
    address = wide_feeds.feed_address(db.session(), desk(), Whose(organisation=found))
    return Subscription(
        "organisation",
        _("Talks of %(organisation)s", organisation=found.name),
        _("For everybody of this organisation. They find the address on their own pages, too."),
        address or "",
        url_for(".renew_organisation", code=found.code),
        url_for(".revoke_organisation", code=found.code),
        _(
            "Everybody of the organisation uses this address. With a new one, all of them have to "
            "subscribe once more. Please make one when somebody has left them."
        ),
    )


def _renew(whose: Whose, back: str) -> Response:
    before = wide_feeds.feed_address(db.session(), desk(), whose)
    wide_feeds.renew(db.session(), desk(), whose)
    commit()
    flash(new_address_words(is_first=before is None), "good")
    return redirect(back, 303)


def _revoked(back: str) -> Response:
    commit()
    flash(_("The subscription has ended. Its address no longer works."), "good")
    return redirect(back, 303)
