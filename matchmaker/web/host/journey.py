"""The way through the eight steps: the same for a new request and for changing a sent one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound as NoSuchPage

from matchmaker.dates import read_day
from matchmaker.models import Request
from matchmaker.models.states import TO_PLAN
from matchmaker.services.intake import actions, drafts
from matchmaker.services.intake.checks import TOO_MANY_TOPICS, Fault, check_step, faults
from matchmaker.services.intake.hints import hints
from matchmaker.services.intake.offer import MOST_TOPICS, Offer, feasts_between, load_offer
from matchmaker.services.intake.steps import FIRST, LAST, STEPS, Step, step_of, step_with
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import MOST_ROWS, DayRow, day_rows
from matchmaker.services.intake.week import DAYS, PARTS, SLOTS, read_exact
from matchmaker.web import intake_words as words
from matchmaker.web.context import commit, current_person, desk
from matchmaker.web.db import db
from matchmaker.web.host.room import Page
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _, ngettext

NEXT, BACK, STAY, LATER = "next", "back", "stay", "later"


@dataclass(frozen=True, slots=True)
class Journey:
    """`is_new` for a draft; otherwise a sent request is being changed."""

    request: Request
    token: str
    is_new: bool

    def url(self, number: int, **query: Any) -> str:
        endpoint = "host.step" if self.is_new else "host.change_step"
        return url_for(endpoint, token=self.token, step=number, **query)

    @property
    def finish_url(self) -> str:
        endpoint = "host.send" if self.is_new else "host.send_change"
        return url_for(endpoint, token=self.token)


def show(journey: Journey, number: int) -> Page:
    """A step as it stands."""
    step = _step(number)
    typed = drafts.fields_of(journey.request)
    offer = load_offer(db.session(), desk(), journey.request)
    if number == LAST:
        return _review(journey, typed, offer)
    return _page(journey, step, typed, offer, {})


def keep(journey: Journey, number: int) -> Page:
    """Save the step whatever it holds, then go where the pressed button leads."""
    step = _step(number)
    offer = load_offer(db.session(), desk(), journey.request)
    typed = _typed(step, journey.request)
    pressed = request.form.get("do", NEXT)
    changed = actions.press(typed, pressed)
    language = locale() if journey.is_new else ""
    typed = drafts.save(db.session(), desk(), journey.request, changed or typed, locale=language)
    commit()
    if changed is not None or pressed == STAY:
        anchor = {"when": "off", "topics": "chosen"}.get(step.key)
        kept = {"review": request.args.get("review")}
        if pressed.startswith("feast:"):
            kept["neu"] = "1"
        return redirect(journey.url(number, **kept, _anchor=anchor), 303)
    if pressed == BACK:
        return redirect(journey.url(max(FIRST, number - 1)), 303)
    if pressed == LATER and journey.is_new:
        return redirect(url_for("host.later", token=journey.token), 303)
    found = check_step(step, typed, offer)
    if found:
        return _page(journey, step, typed, offer, found), 422
    if journey.is_new:
        _mail_way_back(journey)
    to_review = request.args.get("review") and number < LAST
    return redirect(journey.url(LAST if to_review else min(LAST, number + 1)), 303)


def _mail_way_back(journey: Journey) -> None:
    """Whoever closes the browser now finds the form again."""
    email = drafts.mail_link_once(db.session(), desk(), journey.request, journey.token)
    commit()
    if email:
        flash(
            _("We have sent a link to %(email)s. With it you find this form again.", email=email),
            "good",
        )


def _typed(step: Step, known: Request) -> Typed:
    typed = step.read(request.form.getlist)
    if "topics" in typed:
        before = many(drafts.fields_of(known), "topics")
        typed["topics"] = actions.in_order(many(typed, "topics"), before)
    return typed


def _step(number: int) -> Step:
    step = step_of(number)
    if step is None:
        raise NoSuchPage
    return step


def refused(journey: Journey) -> Page:
    """The review once more, with everything that is missing."""
    offer = load_offer(db.session(), desk(), journey.request)
    return _review(journey, drafts.fields_of(journey.request), offer, insist=True), 422


def _page(journey: Journey, step: Step, typed: Typed, offer: Offer, found: dict[str, str]) -> str:
    translated = {name: _told(message, typed) for name, message in found.items()}
    return render_template(
        f"host/{step.key}.html",
        journey=journey,
        step=step,
        total=LAST,
        typed={name: typed.get(name, "") for name in step.singles},
        lists={name: many(typed, name) for name in step.lists},
        faults=translated,
        offer=offer,
        words=words,
        to_review=bool(request.args.get("review")),
        **_extras(step, typed),
    )


def _told(fault: str, typed: Typed) -> str:
    """The fault in the reader's language; where too much was chosen, also how much."""
    if fault != TOO_MANY_TOPICS:
        return _(fault)
    total = len({*many(typed, "topics")})
    return ngettext(
        "Questions: you have chosen %(total)s. 3 are possible. Please remove %(num)s.",
        "Questions: you have chosen %(total)s. 3 are possible. Please remove %(num)s.",
        total - MOST_TOPICS,
        total=total,
    )


def _extras(step: Step, typed: Typed) -> dict[str, Any]:
    if step.key == "when":
        return _when(typed)
    if step.key == "who":
        person = current_person()
        return {"is_known": person is not None and text(typed, "email") == person.email}
    return {}


def _when(typed: Typed) -> dict[str, Any]:
    first = read_day(text(typed, "period_from")) or desk().today
    last = read_day(text(typed, "period_to")) or first
    rows = list(day_rows(typed)) or [DayRow(0, "", "")]
    return {
        "days": list(zip(DAYS, words.weekdays(), strict=True)),
        "parts_of_day": PARTS,
        "slots": SLOTS,
        "exact": [
            (written, words.window_words(window))
            for written in many(typed, "exact")
            if (window := read_exact(written))
        ],
        "rows": rows,
        "can_add": len(rows) < MOST_ROWS,
        "has_added": bool(request.args.get("neu")),
        "feasts": [(feast, feast.name(locale())) for feast in feasts_between(first, last)],
        "today": desk().today.isoformat(),
    }


def _review(journey: Journey, typed: Typed, offer: Offer, *, insist: bool = False) -> str:
    open_faults = faults(typed, offer)
    return render_template(
        "host/review.html",
        journey=journey,
        total=LAST,
        sections=_sections(typed, offer, open_faults),
        open_faults=[
            (
                journey.url(step_with(fault.field).number, review=1, _anchor=fault.field),
                _told(fault.message, typed),
            )
            for fault in open_faults
        ],
        insist=insist,
        hints=[
            (
                journey.url(step_with(hint.field).number, review=1, _anchor=hint.field),
                _(hint.message, **hint.facts),
            )
            for hint in hints(typed)
        ],
        is_read_again=journey.request.state in TO_PLAN,
        topics=[code for code in many(typed, "topics") if code in offer.topics],
    )


def _sections(typed: Typed, offer: Offer, found: list[Fault]) -> list[dict[str, Any]]:
    """The answers by step; a step with faults says so."""
    titles = titles_of_steps()
    answers = words.lines(typed, offer)
    wrong = {step_with(fault.field).number for fault in found}
    return [
        {
            "number": step.number,
            "title": titles[step.key],
            "lines": [line for line in answers if line.step == step.number and line.values],
            "wrong": step.number in wrong,
        }
        for step in STEPS[:-1]
    ]


def titles_of_steps() -> dict[str, str]:
    return {
        "who": _("Who are you?"),
        "topics": _("Which topics?"),
        "questions": _("Your own questions"),
        "when": _("When does it suit you?"),
        "where": _("Where do we meet?"),
        "people": _("Who comes?"),
        "language": _("In which language?"),
        "review": _("Is everything right?"),
    }


def first_open(draft: Request) -> int:
    """The first step with a gap; the review if there is none."""
    offer = load_offer(db.session(), desk(), draft)
    found = faults(drafts.fields_of(draft), offer)
    return min((step_with(fault.field).number for fault in found), default=LAST)
