"""What only the coordination sets: length, team, priority, notes, wished speakers, exact times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matchmaker.dates import read_day, read_time
from matchmaker.i18n import N_
from matchmaker.models import Person, Request, SpeakerWish
from matchmaker.services.intake.checks import MOST_EXACT, Fault
from matchmaker.services.intake.steps import Step
from matchmaker.services.intake.typed import Typed, many, text
from matchmaker.services.intake.values import whole
from matchmaker.services.intake.week import DAYS, Window, exact_text, read_exact
from matchmaker.text import clean_text

SINGLE_DAY = "day"
EXTRAS = Step(
    9,
    "extras",
    ("minutes", "max_speakers", "interpreters_needed", "priority", "coordination_notes"),
    ("wanted", "unwanted", "exact_on", "exact_day", "exact_from", "exact_to", "exact_best"),
)
RANGES: Mapping[str, tuple[int, int, str]] = {
    "minutes": (30, 480, N_("Minutes: please write a number from 30 to 480, for example 120.")),
    "max_speakers": (1, 3, N_("Speakers: please choose 1, 2 or 3.")),
    "interpreters_needed": (1, 3, N_("Interpreters: please choose 1, 2 or 3.")),
    "priority": (1, 3, N_("Priority: please choose 1, 2 or 3.")),
}
USUAL: Typed = {
    "minutes": "120",
    "max_speakers": "1",
    "interpreters_needed": "1",
    "priority": "1",
}
LONGEST_NOTES = 5000
WRONG_TIME = N_("Exact times: please write a day, a beginning and a later end. Example: 17:30")


@dataclass(frozen=True, slots=True)
class ExactRow:
    """A row of exact times as typed: `on` is a weekday or "day", then `day` says which."""

    number: int
    on: str
    day: str
    starts: str
    ends: str
    best: str

    @property
    def is_empty(self) -> bool:
        return not (self.day or self.starts or self.ends)

    def window(self) -> Window | None:
        starts, ends = read_time(self.starts), read_time(self.ends)
        day = read_day(self.day) if self.on == SINGLE_DAY else None
        weekday = DAYS.index(self.on) if self.on in DAYS else None
        if starts is None or ends is None or (day is None) == (weekday is None):
            return None
        window = Window(weekday, day, starts, ends, min(whole(self.best) or 0, 3))
        return read_exact(exact_text(window))


def exact_rows(typed: Typed) -> Iterator[ExactRow]:
    columns = [
        many(typed, name)
        for name in ("exact_on", "exact_day", "exact_from", "exact_to", "exact_best")
    ]
    for number in range(min(MOST_EXACT, max(map(len, columns)))):
        cells = (column[number].strip() if number < len(column) else "" for column in columns)
        yield ExactRow(number, *cells)


def with_exact(typed: Typed) -> Typed:
    """The rows of exact times as the form's own field `exact`."""
    windows = [row.window() for row in exact_rows(typed) if not row.is_empty]
    return typed | {"exact": [exact_text(window) for window in windows if window]}


def typed_extras(request: Request) -> Typed:
    """What is set so far, as the page shows it."""
    wishes = sorted(request.speaker_wishes, key=lambda row: row.person_id)
    return {
        "minutes": str(request.minutes),
        "max_speakers": str(request.max_speakers),
        "interpreters_needed": str(request.interpreters_needed),
        "priority": str(request.priority),
        "coordination_notes": request.coordination_notes,
        "wanted": [str(row.person_id) for row in wishes if row.wanted],
        "unwanted": [str(row.person_id) for row in wishes if not row.wanted],
    }


def typed_exact(windows: list[str]) -> Typed:
    """The field `exact` as rows to be edited."""
    read = [window for written in windows if (window := read_exact(written))]
    return {
        "exact_on": [SINGLE_DAY if row.day else DAYS[row.weekday or 0] for row in read],
        "exact_day": [row.day.isoformat() if row.day else "" for row in read],
        "exact_from": [f"{row.starts:%H:%M}" for row in read],
        "exact_to": [f"{row.ends:%H:%M}" for row in read],
        "exact_best": [str(row.preference) for row in read],
    }


def check_extras(typed: Typed, speakers: Mapping[str, Person]) -> Iterator[Fault]:
    """`speakers` are all by their id as text."""
    for name, (lowest, highest, message) in RANGES.items():
        number = whole(text(typed, name))
        if number is None or not lowest <= number <= highest:
            yield Fault(name, message)
    if len(text(typed, "coordination_notes")) > LONGEST_NOTES:
        yield Fault("coordination_notes", N_("Notes: please write at most 5000 characters."))
    wanted, unwanted = set(many(typed, "wanted")) - {""}, set(many(typed, "unwanted")) - {""}
    if not wanted | unwanted <= set(speakers):
        yield Fault("wanted", N_("Speakers: please choose them from the list."))
    if wanted & unwanted:
        yield Fault("unwanted", N_("Speakers: nobody can be wished for and unwanted at once."))
    for row in exact_rows(typed):
        if not row.is_empty and row.window() is None:
            yield Fault(f"exact_from-{row.number}", WRONG_TIME)


def put_extras(request: Request, typed: Typed) -> None:
    """Write checked extras into the request."""
    for name in RANGES:
        setattr(request, name, whole(text(typed, name)))
    request.coordination_notes = clean_text(text(typed, "coordination_notes"))
    known = {row.person_id: row for row in request.speaker_wishes}
    wishes = []
    for name, wanted in (("wanted", True), ("unwanted", False)):
        for number in dict.fromkeys(many(typed, name)):
            if not number:
                continue
            row = known.get(int(number)) or SpeakerWish(person_id=int(number))
            row.wanted = wanted
            wishes.append(row)
    request.speaker_wishes = wishes


def press_extra(typed: Typed, button: str) -> Typed | None:
    """Add or take away a row of exact times; None if the button does neither."""
    action, _colon, argument = button.partition(":")
    columns = ("exact_on", "exact_day", "exact_from", "exact_to", "exact_best")
    rows = list(exact_rows(typed))
    if action == "add_time":
        rows.append(ExactRow(len(rows), DAYS[1], "", "18:00", "20:00", "0"))
    elif action == "remove_time":
        rows = [row for row in rows if str(row.number) != argument]
    else:
        return None
    cells = [(row.on, row.day, row.starts, row.ends, row.best) for row in rows]
    return typed | {name: [row[place] for row in cells] for place, name in enumerate(columns)}
