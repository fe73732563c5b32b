"""Two versions of a plan side by side, in words: what differs, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from matchmaker.i18n import language_name
from matchmaker.scheduling.compare import Place, TalkChange
from matchmaker.scheduling.departures import Departures
from matchmaker.scheduling.problem import Assignment, Mode
from matchmaker.services.planning.comparison import Compared, fairness_figures
from matchmaker.services.planning.plan_view import Plan
from matchmaker.services.problems.aliases import spoken
from matchmaker.web.coordinator.placement_words import part_names, written
from matchmaker.web.coordinator.plan_figures import talks_side_by_side
from matchmaker.web.i18n import locale, when
from matchmaker.web.plan_words import breach_text, left_out_text, person_name, request_name
from matchmaker.web.texts import _, number

Figures = Mapping[str, Any]
"""Fairness figures as a proposal has them under `info.fairness`."""

Row = tuple[str, Any, Any]
"""Label, figure before, figure after."""


def change_rows(before: Plan, plan: Plan, found: Compared) -> list[dict[str, str]]:
    """Every request that differs, and why, for the macro `change_list`."""
    words = _Words(before, plan, found)
    return [
        {
            "label": request_name(row.request, words.requests),
            "before": words.side(row, row.before),
            "after": words.side(row, row.after),
            "note": " ".join(words.why(row)),
        }
        for row in found.comparison.talks
        if row.request in words.requests
    ]


def figure_rows(before: Plan, plan: Plan) -> list[Row]:
    """Talks and how evenly they are spread, each version as its own pages have it."""
    sides = fairness_figures(before.proposal), fairness_figures(plan.proposal)
    return [*talks_side_by_side(before, plan), *_fairness(*sides)]


def measured_rows(before: Plan, plan: Plan, found: Compared) -> list[Row]:
    """What was given up and points, both measured alike; then what their own pages say."""
    rows = [*(_kept(found) if found.problem.published else ()), *_points(found)]
    total = found.comparison.score["total"]
    own = before.proposal.total, plan.proposal.total
    if own != (total.before, total.after):
        rows.append((_("Points on the version’s own page"), *map(written, own)))
    return rows


class _Words:
    def __init__(self, before: Plan, plan: Plan, found: Compared) -> None:
        self.plan, self.problem = plan, found.problem
        self.requests = {**before.requests, **plan.requests}
        self.people = {**before.people, **plan.people}
        self.fixed = {row.request for row in found.problem.fixed}

    def side(self, change: TalkChange, row: Assignment | None) -> str:
        """When and with whom; language and manner only where they differ."""
        if row is None:
            return ""
        end = row.start + timedelta(minutes=self.requests[row.request].minutes)
        people = (person_name(self.people[code]) for code in row.people if code in self.people)
        words = [when(row.start, end), ", ".join(people)]
        if "language" in change.changed:
            words.append(language_name(spoken(row.language), locale()))
        if "mode" in change.changed:
            words.append(_("online") if row.mode is Mode.ONLINE else _("on site"))
        return " · ".join(words)

    def why(self, row: TalkChange) -> Iterator[str]:
        """Sentences: a decision, what stands against the old place, what stood against the new."""
        waiting = self.plan.open_of(row.request)
        if waiting is not None and waiting.left_out:
            yield left_out_text(waiting.left_out, waiting.missing)
            return
        if row.after is not None and row.request in self.fixed:
            yield _("Fixed in this place.")
        if row.old_place is not None:
            yield self._old_place(row, row.old_place)
        if row.new_place is not None and row.new_place.obstacles:
            reason = self._obstacle(row.new_place)
            yield _("Before, this stood in the way: %(reason)s", reason=reason)
        if row.changed and (points := _signed_parts(row)):
            yield _("Points: %(parts)s.", parts=points)

    def _old_place(self, row: TalkChange, place: Place) -> str:
        if place.obstacles:
            return _("Against the old place: %(reason)s", reason=self._obstacle(place))
        points = place.points or 0
        if row.after is None and points > 0:
            return _("The old place is free, and worth %(points)s points.", points=number(points))
        if row.after is None:
            return _("The old place is free, but would cost %(points)s points.", points=-points)
        if points > 0:
            return _("The old place would be %(points)s points better.", points=number(points))
        if points < 0:
            return _("The old place would be %(points)s points worse.", points=number(-points))
        return _("The old place would be as good.")

    def _obstacle(self, place: Place) -> str:
        return breach_text(place.obstacles[0], self.people, self.requests)


def _signed_parts(row: TalkChange) -> str:
    """`Topics +60, Journeys −6`."""
    differences = {part: points.difference for part, points in row.points.items()}
    return ", ".join(
        f"{name} {'+' if differences[part] > 0 else '−'}{number(abs(differences[part]))}"
        for part, name in part_names().items()
        if part in differences
    )


def _fairness(was: Figures, now: Figures) -> list[Row]:
    groups = (
        ("organisations", _("Talks of an association, fewest to most")),
        ("speakers", _("Talks of a speaker, fewest to most")),
        ("interpreters", _("Talks of an interpreter, fewest to most")),
    )
    rows: list[Row] = [
        (label, _range(was[group]["in_plan"]), _range(now[group]["in_plan"]))
        for group, label in groups
        if was[group]["counted"] or now[group]["counted"]
    ]
    rows += [
        (label, _gini(was[group]["in_plan"]), _gini(now[group]["in_plan"]))
        for group, label in (
            ("organisations", _("Unevenness among associations")),
            ("speakers", _("Unevenness among speakers")),
        )
    ]
    return rows


def _range(spread: Figures) -> str:
    fewest, most = spread["minimum"], spread["maximum"]
    return f"{fewest}–{most}" if most > fewest else str(fewest)


def _gini(spread: Figures) -> str:
    return number(round(spread["gini"], 2))


def _kept(found: Compared) -> list[Row]:
    """What each version does to the evenings that the later one was to keep."""
    labels = (
        _("Earlier evenings given up"),
        _("Earlier evenings moved"),
        _("Speakers exchanged"),
        _("Interpreters exchanged"),
    )
    sides = found.comparison.before.published, found.comparison.after.published
    return list(zip(labels, *map(_counts, sides), strict=True))


def _counts(row: Departures) -> Sequence[int]:
    return [
        len(changes)
        for changes in (row.dropped, row.moved, row.speakers_swapped, row.interpreters_swapped)
    ]


def _points(found: Compared) -> list[Row]:
    """All parts that count in either version, and their sum."""
    score = found.comparison.score
    rows: list[Row] = [
        (_("Points: %(part)s", part=name), written(score[part].before), written(score[part].after))
        for part, name in part_names().items()
        if score[part].before or score[part].after
    ]
    total = score["total"]
    return [*rows, (_("Points together"), written(total.before), written(total.after))]
