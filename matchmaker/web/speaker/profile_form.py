"""The profile as a form: from facts to fields and back, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from werkzeug.datastructures import MultiDict

from matchmaker.i18n import language_name
from matchmaker.models import District, Language, Profile, TopicArea
from matchmaker.services.desk import Desk
from matchmaker.services.people import profiles
from matchmaker.services.people.profiles import GERMAN, ProfileFacts
from matchmaker.web.i18n import locale

NUMBERS = ("max_per_day", "max_per_week", "max_per_month", "max_talks", "lead_days", "min_people")
MAY_BE_EMPTY = frozenset({"max_per_week", "max_per_month", "max_talks"})
EVERYWHERE, SOME = "everywhere", "some"
TOPIC = "topic-"
WRONG = -1  # out of every range: the service names the field and the remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileForm:
    """The fields as they are shown and typed."""

    topics: dict[str, str]
    languages: list[str]
    home_district: str
    where: str
    districts: list[str]
    modes: list[str]
    numbers: dict[str, str]
    womens_groups: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page offers; a language is (tag, autonym, direction, name), the rest (key, name)."""

    areas: list[tuple[str, list[tuple[str, str]]]]
    languages: list[tuple[str, str, str, str]]
    districts: list[tuple[str, str]]


def from_facts(facts: ProfileFacts) -> ProfileForm:
    return ProfileForm(
        topics={code: str(level) for code, level in facts.topics.items()},
        languages=list(facts.languages),
        home_district=facts.home_district,
        where=EVERYWHERE if facts.districts is None else SOME,
        districts=list(facts.districts or ()),
        modes=list(facts.modes),
        numbers={name: _shown(getattr(facts, name)) for name in NUMBERS},
        womens_groups=facts.womens_groups,
    )


def from_request(form: MultiDict[str, str], kept_order: tuple[str, ...]) -> ProfileForm:
    """Languages stay in the order in which they were before; new ones follow."""
    chosen = set(form.getlist("language"))
    return ProfileForm(
        topics={
            name.removeprefix(TOPIC): value
            for name, value in form.items()
            if name.startswith(TOPIC) and value
        },
        languages=[tag for tag in kept_order if tag in chosen]
        + sorted(chosen.difference(kept_order)),
        home_district=form.get("home_district", ""),
        where=form.get("where", SOME),
        districts=sorted(set(form.getlist("district"))),
        modes=sorted(set(form.getlist("mode")), reverse=True),
        numbers={name: form.get(name, "").strip() for name in NUMBERS},
        womens_groups="womens_groups" in form,
    )


def to_facts(form: ProfileForm, profile: Profile) -> ProfileFacts:
    """What the form says; what is no number becomes one that is out of range."""
    is_speaker = profile.kind == profiles.SPEAKER
    numbers = {name: _number(form, name) for name in NUMBERS}
    return ProfileFacts(
        topics={code: _whole(text) for code, text in form.topics.items()} if is_speaker else {},
        languages=tuple(form.languages),
        home_district=form.home_district,
        districts=None if form.where == EVERYWHERE else tuple(form.districts),
        modes=tuple(form.modes),
        max_per_day=_or_wrong(numbers["max_per_day"]),
        max_per_week=numbers["max_per_week"],
        max_per_month=numbers["max_per_month"],
        max_talks=numbers["max_talks"],
        lead_days=_or_wrong(numbers["lead_days"]),
        min_people=_or_wrong(numbers["min_people"]) if is_speaker else 0,
        womens_groups=form.womens_groups,
    )


def choices(session: Session, desk: Desk, profile: Profile) -> Choices:
    """Everything on offer, and what the person has chosen although it no longer is."""
    offered = {topic.code: topic for topic in profiles.offered_topics(session, desk)}
    offered |= {row.topic_code: row.topic for row in profile.topics}
    areas = session.scalars(
        select(TopicArea).options(selectinload(TopicArea.topics)).order_by(TopicArea.position)
    )
    left_out = frozenset({"de-simple"}) if profile.kind == profiles.SPEAKER else GERMAN
    own = {row.language_tag for row in profile.languages}
    languages = session.scalars(select(Language).order_by(Language.position, Language.tag))
    return Choices(
        areas=[
            (area.name_in(locale()), topics)
            for area in areas
            if (
                topics := [
                    (topic.code, topic.name_in(locale()))
                    for topic in area.topics
                    if topic.code in offered
                ]
            )
        ],
        languages=[
            (row.tag, row.autonym, row.direction, language_name(row.tag, locale()))
            for row in languages
            if row.tag not in left_out or row.tag in own
        ],
        districts=[
            (row.nr, row.name) for row in session.scalars(select(District).order_by(District.nr))
        ],
    )


def in_words(facts: ProfileFacts, offer: Choices) -> list[tuple[str, str]]:
    """The profile as labelled lines, to compare two versions."""
    topics = {code: name for _area, rows in offer.areas for code, name in rows}
    districts = dict(offer.districts)
    levels = level_words()
    no_limit = _("no limit")
    return [
        (
            _("Topics"),
            "; ".join(
                f"{topics.get(code, code)} ({levels.get(level, level)})"
                for code, level in sorted(facts.topics.items())
            ),
        ),
        (_("Languages"), ", ".join(language_name(tag, locale()) for tag in facts.languages)),
        (_("Where you start from"), districts.get(facts.home_district, "")),
        (
            _("Districts"),
            _("everywhere")
            if facts.districts is None
            else ", ".join(districts.get(nr, nr) for nr in facts.districts),
        ),
        (_("How you come"), ", ".join(mode_words().get(mode, mode) for mode in facts.modes)),
        (_("Talks in a day"), str(facts.max_per_day)),
        (_("Talks in a week"), _shown(facts.max_per_week) or no_limit),
        (_("Talks in a month"), _shown(facts.max_per_month) or no_limit),
        (_("Talks altogether"), _shown(facts.max_talks) or no_limit),
        (_("Notice in days"), str(facts.lead_days)),
        (_("Smallest group"), str(facts.min_people)),
        (_("Women's groups"), _("yes") if facts.womens_groups else _("no")),
    ]


def level_words() -> dict[int, str]:
    return {1: _("overview"), 2: _("good knowledge"), 3: _("my daily work")}


def mode_words() -> dict[str, str]:
    return {"onsite": _("on site"), "online": _("online")}


def _shown(value: int | None) -> str:
    return "" if value is None else str(value)


def _number(form: ProfileForm, name: str) -> int | None:
    text = form.numbers[name]
    return None if not text and name in MAY_BE_EMPTY else _whole(text)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else WRONG


def _or_wrong(value: int | None) -> int:
    return WRONG if value is None else value
