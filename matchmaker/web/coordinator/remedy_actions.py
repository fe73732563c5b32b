"""Where a coordinator does what a remedy speaks of: the pages for it, by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for

from matchmaker.models.states import Role
from matchmaker.services.planning.plan_view import Open, Plan
from matchmaker.services.planning.reason_names import Names
from matchmaker.web.coordinator.move_form import WAY
from matchmaker.web.coordinator.plan_room import request_url
from matchmaker.web.coordinator.room import may_write
from matchmaker.web.remedy_words import Change
from matchmaker.web.texts import _

Action = tuple[str, str]
"""What a button says, and where it leads."""

OF_PROFILE = frozenset({"group", "lead_time", "district", "workload", "topic", "mode"})
OF_REQUEST = frozenset({"group_size", "mode", "venue", "window"})
NOT_BY_FORM = frozenset({"language", "topic", "competition"})
"""Ways out that need more than an evening and a person who is known already."""


def actions(
    code: str, way: Change, row: Open, plan: Plan, *, names: Names, rivals: Sequence[str]
) -> list[dict[str, str]]:
    """The page where the change is made, then the evening ready to be taken all the same.

    `rivals` have to make way for it; an approved one does that where its talk is changed, and the
    evening comes after that. Nothing for who only reads, and in older versions.
    """
    if not plan.is_current or not may_write():
        return []
    found = list(_pages(code, way, row, plan, names))
    agreed = [one for one in rivals if one in names.talks]
    found += [talk_page(one, names.talks[one]) for one in agreed]
    if not agreed:
        found += _evening(code, way, row, plan, rivals)
    return [{"label": label, "url": url} for label, url in found]


def _pages(code: str, way: Change, row: Open, plan: Plan, names: Names) -> Iterator[Action]:
    person = str(way.get("person", ""))
    name = names.people[person].name if person in names.people else person
    if code == "availability":
        yield times_page(person, name)
    elif code in OF_PROFILE and person:
        yield profile_page(person, name)
    elif code in OF_REQUEST:
        yield request_form(row.code)
    elif code == "language":
        yield newcomer(speaks=way.get("kind") == "speaker")
    elif code == "travel" and way.get("with"):
        other = str(way["with"])
        if other in names.talks:
            yield talk_page(other, names.talks[other])
        else:
            text = _("Look at %(request)s", request=other)
            yield text, request_url(plan.round.id, plan.proposal.number, other)
    elif row.request.organisation is not None:
        yield from _of_host(code, way, row.request.organisation.code)


def _of_host(code: str, way: Change, host: str) -> Iterator[Action]:
    if code == "blocked":
        url = url_for("coordinator_contacts.organisation", code=host, _anchor="closed")
        yield _("Closed periods of the association"), url
    elif code == "host_load":
        yield from host_limits(host, str(way.get("limit")))


def talk_page(request: str, talk: str) -> Action:
    """Where an approved talk is changed."""
    url = url_for("coordinator_talks.detail", code=talk)
    return _("The talk of %(request)s", request=request), url


def times_page(person: str, name: str) -> Action:
    url = url_for("coordinator_contacts.availability", code=person)
    return _("Times of %(name)s", name=name), url


def profile_page(person: str, name: str) -> Action:
    url = url_for("coordinator_contacts.profile", code=person)
    return _("Profile of %(name)s", name=name), url


def request_form(code: str) -> Action:
    return _("Change the request"), url_for("coordinator_requests.edit", code=code)


def host_limits(host: str, limit: str) -> Iterator[Action]:
    """Talks a week are all that a page can change: the others hold for every association."""
    if limit == "max_per_week":
        url = url_for("coordinator_contacts.edit_organisation", code=host)
        yield _("Limits of the association"), url


def newcomer(*, speaks: bool) -> Action:
    """Somebody whom nobody knows yet."""
    text = _("Enter a new speaker") if speaks else _("Enter a new interpreter")
    role = Role.SPEAKER if speaks else Role.INTERPRETER
    return text, url_for("coordinator_contacts.new_person", role=role.value)


def _evening(
    code: str, way: Change, row: Open, plan: Plan, rivals: Sequence[str]
) -> Iterator[Action]:
    """The request's page with the evening that the remedy speaks of, or with all that are free."""
    if code == "competition":
        yield _("Look for an evening in their place"), _request_page(row, plan, "places", rivals)
        return
    if not way.get("start") or code in NOT_BY_FORM:
        return
    start = datetime.fromisoformat(way["start"])
    values = {"day": start.date().isoformat(), "start": f"{start:%H:%M}"}
    if way.get("person"):
        values["person"] = str(way["person"])
    yield _("Prepare this evening"), _request_page(row, plan, "move", rivals, **values)


def _request_page(row: Open, plan: Plan, anchor: str, rivals: Sequence[str], **values: str) -> str:
    if rivals:
        values[WAY] = ",".join(rivals)
    return request_url(plan.round.id, plan.proposal.number, row.code, _anchor=anchor, **values)
