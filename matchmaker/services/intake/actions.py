"""Buttons within a step: order, add and take away, without any script."""

from __future__ import annotations

from collections.abc import Callable

from matchmaker.services.intake.offer import feasts
from matchmaker.services.intake.typed import Typed, many
from matchmaker.services.intake.values import MOST_ROWS, day_rows


def press(typed: Typed, button: str) -> Typed | None:
    """What the form holds after the button; None if it is not one that changes the form.

    Buttons are named `action:argument`: `up:ANE-01`, `down:ANE-01`, `drop:ANE-01`, `add_day:`,
    `remove_day:2`, `feast:ramadan-2027`.
    """
    action, _colon, argument = button.partition(":")
    change = _ACTIONS.get(action)
    return typed | change(typed, argument) if change else None


def in_order(chosen: list[str], known_order: list[str]) -> list[str]:
    """`chosen` with what was chosen before first, in its order."""
    kept = [code for code in known_order if code in chosen]
    return list(dict.fromkeys([*kept, *chosen]))


def _moved(step: int) -> Callable[[Typed, str], Typed]:
    def move(typed: Typed, code: str) -> Typed:
        order = list(dict.fromkeys(many(typed, "topics")))
        if code in order:
            place = order.index(code)
            order.insert(max(0, place + step), order.pop(place))
        return {"topics": order}

    return move


def _dropped(typed: Typed, code: str) -> Typed:
    return {"topics": [one for one in many(typed, "topics") if one != code]}


def _add_day(typed: Typed, _argument: str) -> Typed:
    rows = _rows(typed, keep_empty=True)
    return _as_typed([*rows, ("", "")][: MOST_ROWS + 1])


def _remove_day(typed: Typed, number: str) -> Typed:
    rows = [(row.first, row.last) for row in day_rows(typed) if str(row.number) != number]
    return _as_typed(rows)


def _copy_feast(typed: Typed, key: str) -> Typed:
    """Only the dates come in; where they are from is nobody's business."""
    rows = _rows(typed, keep_empty=False)
    for feast in feasts():
        period = (feast.first.isoformat(), feast.last.isoformat())
        if feast.key == key and period not in rows:
            rows.append(period)
    return _as_typed(rows[: MOST_ROWS + 1])


def _rows(typed: Typed, *, keep_empty: bool) -> list[tuple[str, str]]:
    return [(row.first, row.last) for row in day_rows(typed) if keep_empty or not row.is_empty]


def _as_typed(rows: list[tuple[str, str]]) -> Typed:
    return {"off_from": [first for first, _last in rows], "off_to": [last for _first, last in rows]}


_ACTIONS: dict[str, Callable[[Typed, str], Typed]] = {
    "up": _moved(-1),
    "down": _moved(1),
    "drop": _dropped,
    "add_day": _add_day,
    "remove_day": _remove_day,
    "feast": _copy_feast,
}
