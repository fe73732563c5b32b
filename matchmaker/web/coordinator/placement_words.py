"""Why a request lies where it does, and what else could be, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from matchmaker.i18n import language_name
from matchmaker.models import Person
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.services.planning.plan_view import Placed, Plan
from matchmaker.services.planning.request_view import Workbench
from matchmaker.services.problems.aliases import spoken
from matchmaker.services.problems.plan_rows import assignment_from_json
from matchmaker.web.i18n import locale, when
from matchmaker.web.plan_words import person_name
from matchmaker.web.texts import _, ngettext, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Another placement as a row: `fields` are what the form sends to choose it.

    None and nothing for `difference` and its `parts` if the request lies nowhere now.
    """

    when: str
    language: str
    people: tuple[str, ...]
    difference: int | None
    parts: str
    fields: Mapping[str, str]
    speakers: tuple[str, ...]
    interpreters: tuple[str, ...]


def options(
    rows: Iterable[Mapping[str, Any]], bench: Workbench, people: Mapping[str, Person]
) -> list[Option]:
    """Entries of `matchmaker/alternatives@1`, without those for which somebody has left since."""
    known = bench.problem.person
    return [
        option(row, bench, people)
        for row in rows
        if all(code in known for code in assignment_from_json(row["talk"]).people)
    ]


def option(row: Mapping[str, Any], bench: Workbench, people: Mapping[str, Person]) -> Option:
    """An entry of `matchmaker/alternatives@1`; `difference` in points to where it lies now."""
    assignment = assignment_from_json(row["talk"])
    end = assignment.start + timedelta(minutes=bench.request.minutes)
    placed = bench.here is not None
    return Option(
        when=when(assignment.start, end),
        language=spoken(assignment.language),
        people=tuple(_candidate(code, assignment, bench, people) for code in assignment.people),
        difference=row["change"]["total"] if placed else None,
        parts=parts_text(row["change"]) if placed else "",
        fields={
            "day": assignment.start.date().isoformat(),
            "start": f"{assignment.start:%H:%M}",
            "mode": assignment.mode.value,
            "language": spoken(assignment.language),
        },
        speakers=assignment.speakers,
        interpreters=assignment.interpreters,
    )


def _candidate(
    code: str, assignment: Assignment, bench: Workbench, people: Mapping[str, Person]
) -> str:
    """`Name (institution) · 2 of 9 talks · 30 minutes away`."""
    name = person_name(people[code]) if code in people else code
    load = ngettext("%(num)s other talk", "%(num)s other talks", bench.load(code))
    parts = [name, load]
    if assignment.mode is Mode.ONSITE:
        minutes = _way(code, bench)
        parts.append(_("%(minutes)s minutes’ journey", minutes=minutes))
    return " · ".join(parts)


def why(bench: Workbench, placed: Placed, plan: Plan) -> list[tuple[str, str]]:
    """Heading and sentence for everything that speaks for and against the placement."""
    return [
        (_("Topic"), _topic(bench, placed)),
        (_("Language"), _language(placed)),
        (_("Time"), _evening(bench, placed)),
        *((_("Journey"), line) for line in _ways(bench, placed)),
        (_("Talks so far"), _fairness(bench, plan, placed)),
        *((_("Load"), line) for line in _loads(plan, placed)),
    ]


def _topic(bench: Workbench, placed: Placed) -> str:
    levels = {1: _("has an overview"), 2: _("knows it well"), 3: _("does it every day")}
    lines = []
    for wish in placed.request.topics:
        name = wish.topic.name_in(locale())
        known = [
            (person, bench.problem.speaker[person.code].topics.get(wish.topic_code, 0))
            for person in placed.speakers
            if person.code in bench.problem.speaker
        ]
        best = max(known, key=lambda pair: pair[1], default=None)
        covered = f"{best[0].name} {levels[best[1]]}" if best and best[1] else _("not covered")
        lines.append(f"{name}: {covered}")
    return "; ".join(lines)


def _language(placed: Placed) -> str:
    tags = [row.language_tag for row in placed.request.languages]
    name = language_name(placed.assignment.language, locale())
    rank = tags.index(placed.assignment.language) + 1 if placed.assignment.language in tags else 0
    wish = _("wish no. %(rank)s", rank=rank) if rank else _("not among the wishes")
    if not placed.interpreters:
        return f"{name} ({wish}), " + _("without interpreting")
    helpers = ", ".join(person.name for person in placed.interpreters)
    return f"{name} ({wish}), " + _("interpreted by %(names)s", names=helpers)


def _evening(bench: Workbench, placed: Placed) -> str:
    day = placed.start.date()
    if day in bench.made.days.school:
        return _("It lies in the school holidays; without them it would be better.")
    if day in bench.made.days.eves:
        return _("It lies on the day before a public holiday.")
    if day in bench.made.days.bridges:
        return _("It lies between a public holiday and the weekend.")
    return _("It lies within the wished times, on an ordinary day.")


def _ways(bench: Workbench, placed: Placed) -> Iterator[str]:
    if placed.assignment.mode is not Mode.ONSITE:
        return
    for person in placed.people:
        if person.code in bench.problem.person:
            minutes = _way(person.code, bench)
            yield _("%(name)s: %(minutes)s minutes", name=person.name, minutes=minutes)


def _way(code: str, bench: Workbench) -> int:
    person = bench.problem.person[code]
    return bench.problem.travel.between(person.home, bench.request.district)


def _fairness(bench: Workbench, plan: Plan, placed: Placed) -> str:
    host = bench.request.organisation
    past = bench.problem.organisation[host].past_talks
    here = sum(row.request.organisation_id == placed.request.organisation_id for row in plan.placed)
    return " ".join(
        [
            ngettext("%(num)s earlier talk,", "%(num)s earlier talks,", past),
            ngettext("%(num)s in this plan.", "%(num)s in this plan.", here),
        ]
    )


def _loads(plan: Plan, placed: Placed) -> Iterator[str]:
    for person in placed.people:
        load = plan.load[person.code]
        text = ngettext("%(num)s talk in this plan", "%(num)s talks in this plan", load)
        yield f"{person.name}: {text}"


def part_names() -> dict[str, str]:
    """The parts of the score in words, in the order of the definition."""
    return {
        "serve": _("Talk takes place"),
        "fairness": _("Fair shares"),
        "topics": _("Topics"),
        "language": _("Language"),
        "preference": _("Favourite times"),
        "day": _("Days to avoid"),
        "avoid": _("Times that people would rather not"),
        "travel": _("Journeys"),
        "team": _("Further speakers"),
        "preferred": _("Wished speakers"),
        "balance": _("Equal load"),
        "stability": _("Changes from the plan before"),
    }


def parts(points: Mapping[str, int]) -> list[tuple[str, int]]:
    """The parts of a score that are not zero, by name; its total is left away."""
    names = part_names()
    return [(name, points[part]) for part, name in names.items() if points.get(part)]


def point_rows(points: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """The same with the points as text, for the macro `points_table`."""
    return [(name, value, written(value)) for name, value in parts(points)]


def parts_text(points: Mapping[str, int]) -> str:
    """`Journeys −2, Language +3`, what weighs most first."""
    rows = sorted(parts(points), key=lambda row: -abs(row[1]))
    return ", ".join(f"{name} {signed(value)}" for name, value in rows)


def signed(points: int) -> str:
    """With its sign, a minus as wide as a plus."""
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return sign + number(abs(points))


def written(points: int) -> str:
    """As `signed`, but a plus goes without saying."""
    return signed(points) if points < 0 else number(points)


def team_words(row: Assignment, people: Mapping[str, Person]) -> str:
    """`German, Fachperson A (Beratung)`, and who interprets."""
    names = [person_name(people[code]) for code in row.speakers if code in people]
    helpers = [people[code].name for code in row.interpreters if code in people]
    interpreted = _("interpreted by %(names)s", names=", ".join(helpers))
    manner = interpreted if helpers else _("without interpreting")
    return ", ".join([language_name(row.language, locale()), *names, manner])


def choice_name(person: Person) -> str:
    """Name and institution for a list; the languages tell interpreters apart."""
    profile = person.profile
    tags = [row.language_tag for row in profile.languages] if profile else []
    spoken_here = ", ".join(language_name(tag, locale()) for tag in tags)
    return f"{person_name(person)} – {spoken_here}" if spoken_here else person_name(person)
