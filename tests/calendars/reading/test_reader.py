"""What of a calendar takes somebody's time, and what the report says about the rest."""

from __future__ import annotations

import json

import pytest

from matchmaker.calendars.reading.decoding import NotACalendarError
from matchmaker.calendars.reading.reader import read

from .files import ASKED, LESSON, calendar, event, reading, reasons, report, times

EVENING = "01-05 18:00–01-05 19:30"


def test_an_event_takes_its_time() -> None:
    found = reading(event(*LESSON))
    assert times(found) == [f"{EVENING} busy"]
    assert report(found) == {
        "taken": 1,
        "skipped": 0,
        "occurrences": 1,
        "complete": True,
        "reasons": {},
        "warnings": [],
        "entries": [],
    }


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("TRANSP:TRANSPARENT", None),
        ("TRANSP:OPAQUE", "busy"),
        ("STATUS:CANCELLED", None),
        ("STATUS:CONFIRMED", "busy"),
        ("STATUS:TENTATIVE", "avoid"),
        ("status:tentative", "avoid"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", None),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "avoid"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "busy"),
    ],
)
def test_free_tentative_and_cancelled_entries(line: str, kind: str | None) -> None:
    found = reading(event(*LESSON, line))
    assert times(found) == ([f"{EVENING} {kind}"] if kind else [])
    if kind is None:
        assert set(reasons(found)) <= {"free", "cancelled"}
        assert (report(found)["skipped"], report(found)["complete"]) == (1, True)


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("DTSTART:20270105T170000Z", "2027-01-05T18:00"),
        ("DTSTART:20270105T233000Z", "2027-01-06T00:30"),
        ("DTSTART;TZID=America/New_York:20270105T120000", "2027-01-05T18:00"),
        ("DTSTART;TZID=Europe/Berlin:20270105T180000", "2027-01-05T18:00"),
        ("DTSTART;VALUE=DATE:20270105", "2027-01-05"),
    ],
)
def test_notes_name_the_beginning_on_the_local_clock(start: str, shown: str) -> None:
    (note,) = report(reading(event(start, "TRANSP:TRANSPARENT")))["entries"]
    assert note["start"] == shown


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART;VALUE=DATE:20270328",), "03-28 00:00–03-29 00:00"),
        (
            ("DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329"),
            "03-27 00:00–03-29 00:00",
        ),
        (("DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270327"), "03-27 00:00–03-28 00:00"),
        (("DTSTART:20270327", "DURATION:P2D"), "03-27 00:00–03-29 00:00"),
        (("DTSTART;VALUE=DATE:20270327", "DURATION:PT5H"), "03-27 00:00–03-28 00:00"),
    ],
)
def test_whole_days_are_local_days_and_their_end_is_not_included(
    lines: tuple[str, ...], expected: str
) -> None:
    assert times(reading(event(*lines))) == [f"{expected} busy"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART;TZID=Europe/Berlin:20270105T180000",), "01-05 18:00"),
        (("DTSTART;TZID=W. Europe Standard Time:20270105T180000",), "01-05 18:00"),
        (("DTSTART;TZID=/mozilla.org/20050126_1/Europe/London:20270105T170000",), "01-05 18:00"),
        (('DTSTART;TZID="America/New_York":20270105T120000',), "01-05 18:00"),
        (("DTSTART;TZID=europe/berlin:20270705T180000", "RRULE:FREQ=DAILY;COUNT=1"), ""),
        (("DTSTART:20270105T170000Z",), "01-05 18:00"),
    ],
)
def test_zones_that_programs_name(lines: tuple[str, ...], expected: str) -> None:
    found = reading(event(*lines, "DURATION:PT1H30M"))
    assert [row[:11] for row in times(found)] == ([expected] if expected else [])
    assert "unknown_zone" not in reasons(found)


def test_times_without_a_zone_and_unknown_zones_are_local_and_the_report_says_so() -> None:
    found = reading(
        event("DTSTART:20270105T180000", "DTEND:20270105T193000"),
        event("DTSTART;TZID=Mars:20270106T180000", "DTEND;TZID=Mars:20270106T193000", uid="two"),
    )
    assert times(found) == [f"{EVENING} busy", "01-06 18:00–01-06 19:30 busy"]
    assert reasons(found) == {"floating": 1, "unknown_zone": 1}
    assert report(found)["taken"] == 2
    assert report(found)["entries"][0] == {
        "entry": 1,
        "line": 4,
        "outcome": "taken",
        "reason": "floating",
        "start": "2027-01-05T18:00",
    }


def test_a_zone_that_only_the_file_knows() -> None:
    zone = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
    start = "DTSTART;TZID=Customized Time Zone:2027032"
    found = reading(
        zone,
        event(start + "6T100000", "DURATION:PT1H"),
        event(start + "9T100000", "DURATION:PT1H", uid="two"),
    )
    assert times(found) == ["03-26 10:00–03-26 11:00 busy", "03-29 10:00–03-29 11:00 busy"]
    assert reasons(found) == {}


def test_a_series_keeps_its_wall_clock_time_over_the_switch() -> None:
    weekly = "RRULE:FREQ=WEEKLY;UNTIL=20270401T235959"
    start = "DTSTART;TZID=Europe/Berlin:20270324T180000"
    found = reading(event(start, "DURATION:PT1H", weekly))
    assert times(found) == ["03-24 18:00–03-24 19:00 busy", "03-31 18:00–03-31 19:00 busy"]


def test_googles_utc_times_recur_on_the_wall_clock_of_the_calendar() -> None:
    found = reading(
        event("DTSTART:20270324T170000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"),
        event("DTSTART:20270110T100000", "DURATION:PT1H", uid="two"),
        head=("X-WR-TIMEZONE:Europe/Berlin",),
    )
    assert times(found) == [
        "01-10 10:00–01-10 11:00 busy",
        "03-24 18:00–03-24 19:00 busy",
        "03-31 18:00–03-31 19:00 busy",
    ]
    assert reasons(found) == {}  # the calendar has said which zone is meant


def test_a_moved_and_a_cancelled_date_of_a_series() -> None:
    found = reading(
        event(*LESSON, "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20270119T170000Z"),
        event(
            "RECURRENCE-ID:20270112T170000Z", "DTSTART:20270113T170000Z", "DTEND:20270113T180000Z"
        ),
        event("RECURRENCE-ID:20270126T170000Z", *LESSON, "STATUS:CANCELLED"),
    )
    assert times(found) == [f"{EVENING} busy", "01-13 18:00–01-13 19:00 busy"]
    assert (report(found)["taken"], reasons(found)) == (2, {"cancelled": 1})


def test_entries_with_the_same_uid_do_not_hide_each_other() -> None:
    found = reading(
        event(*LESSON),
        event("DTSTART:20270106T170000Z", "DTEND:20270106T180000Z"),
        event(*LESSON, "RRULE:FREQ=MONTHLY;COUNT=2"),
    )
    assert [row[:5] for row in times(found)] == ["01-05", "01-06", "02-05"]


def test_of_two_versions_of_an_entry_the_later_counts() -> None:
    found = reading(
        event("SEQUENCE:1", *LESSON),
        event("SEQUENCE:2", "DTSTART:20270106T170000Z", "DTEND:20270106T180000Z"),
    )
    assert ([row[:5] for row in times(found)], reasons(found)) == (["01-06"], {"older": 1})


def test_our_own_invitations_are_skipped_and_nobody_elses() -> None:
    ours = "01JGFJJZ000000000000000000"
    found = reading(
        event(*LESSON, uid=f"inv-{ours}@carrier.example"),
        event(*LESSON, uid=f"TALK-{ours}@Carrier.example"),
        event("DTSTART:20270107T170000Z", "DURATION:PT1H", uid=f"inv-{ours}@other.example"),
    )
    assert ([row[:5] for row in times(found)], reasons(found)) == (["01-07"], {"own": 2})


def test_free_busy_files() -> None:
    found = reading(
        "\r\n".join(
            [
                "BEGIN:VFREEBUSY",
                "DTSTART:20270101T000000Z",
                "FREEBUSY:20270105T170000Z/20270105T183000Z,20270106T170000Z/PT1H",
                "FREEBUSY;FBTYPE=FREE:20270107T170000Z/PT1H",
                "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270108T170000Z/PT1H",
                "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270109T170000Z/PT1H",
                "FREEBUSY;FBTYPE=X-ODD:20270110T170000Z/PT1H",
                "FREEBUSY:nonsense/PT1H",
                "END:VFREEBUSY",
            ]
        )
    )
    assert times(found) == [
        f"{EVENING} busy",
        "01-06 18:00–01-06 19:00 busy",
        "01-08 18:00–01-08 19:00 avoid",
        "01-09 18:00–01-09 19:00 busy",
        "01-10 18:00–01-10 19:00 busy",
    ]
    assert (report(found)["taken"], reasons(found)) == (1, {"bad_date": 1})


def test_times_are_merged_and_busy_counts_before_avoid() -> None:
    found = reading(
        event("DTSTART:20270105T170000Z", "DTEND:20270105T180000Z", uid="1"),
        event("DTSTART:20270105T180000Z", "DTEND:20270105T190000Z", uid="2"),
        event("DTSTART:20270105T160000Z", "DTEND:20270105T200000Z", "STATUS:TENTATIVE", uid="3"),
    )
    assert times(found) == [
        "01-05 17:00–01-05 18:00 avoid",
        "01-05 18:00–01-05 20:00 busy",
        "01-05 20:00–01-05 21:00 avoid",
    ]


def test_times_end_with_the_days_that_are_asked_for() -> None:
    found = reading(
        event("DTSTART;VALUE=DATE:20261220", "DTEND;VALUE=DATE:20270103", uid="1"),
        event("DTSTART;VALUE=DATE:20270630", "DTEND;VALUE=DATE:20271003", uid="2"),
        event("DTSTART;VALUE=DATE:20270701", uid="3"),
        event("DTSTART:20261231T220000Z", "DTEND:20261231T230000Z", uid="4"),
    )
    assert times(found) == ["01-01 00:00–01-03 00:00 busy", "06-30 00:00–07-01 00:00 busy"]
    assert reasons(found) == {"outside": 2}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), "no_start"),
        (("DTSTART:tomorrow",), "bad_time"),
        (("DTSTART:20270231T100000Z",), "bad_time"),
        (("DTSTART:20270105T170000Z", "DTEND:"), "bad_time"),
        (("DTSTART:20270105T170000Z", "DURATION:PT"), "bad_time"),
        (("DTSTART:20270105T170000Z", "DTEND:20270105T160000Z"), "backwards"),
        (("DTSTART:20270105T170000Z", "DURATION:-PT1H"), "backwards"),
        (("DTSTART:20270105T170000Z",), "no_length"),
        (("DTSTART:20270105T170000Z", "DTEND:20270105T170000Z"), "no_length"),
    ],
)
def test_entries_that_cannot_be_taken_over_are_named(lines: tuple[str, ...], reason: str) -> None:
    found = reading(event(*lines), event(*LESSON, uid="two"))
    assert times(found) == [f"{EVENING} busy"]  # one bad entry never hides another
    assert (report(found)["skipped"], reasons(found)) == (1, {reason: 1})
    assert report(found)["complete"] is (reason == "no_length")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("RRULE:FREQ=SECONDLY", "fast_rule"),
        ("RRULE:FREQ=MINUTELY;COUNT=3", "fast_rule"),
        ("RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "fast_rule"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "bad_rule"),
        ("RRULE:FREQ=DAILY;INTERVAL=-1", "bad_rule"),
        ("RRULE:FREQ=WEEKLY;BYDAY=XX", "bad_rule"),
        ("RRULE:FREQ=YEARLY;BYMONTH=13", "bad_rule"),
        ("RRULE:D1 #10", "bad_rule"),
        ("RRULE:", "bad_rule"),
        ("RRULE:FREQ=DAILY;UNTIL=soon", "bad_rule"),
        ("RDATE:soon", "bad_date"),
    ],
)
def test_rules_that_are_left_out_leave_the_first_date(rule: str, reason: str) -> None:
    found = reading(event(*LESSON, rule))
    assert (times(found), reasons(found)) == ([f"{EVENING} busy"], {reason: 1})
    assert (report(found)["taken"], report(found)["complete"]) == (1, False)


def test_what_recurs_every_hour_is_looked_at_in_the_days_only() -> None:
    rule = "RRULE:FREQ=HOURLY;INTERVAL=11"
    inside = reading(event(*LESSON, f"{rule};COUNT=3"))
    assert [row[:11] for row in times(inside)] == ["01-05 18:00", "01-06 05:00", "01-06 16:00"]
    long_ago = event("DTSTART:19000101T000000Z", "DURATION:PT1H", f"{rule};UNTIL=20270102T000000Z")
    hours = [row[:11] for row in times(reading(long_ago))]
    assert hours == ["01-01 03:00", "01-01 14:00", "01-02 01:00"]
    counted = reading(event("DTSTART:19000101T000000Z", "DURATION:PT1H", f"{rule};COUNT=9"))
    assert (times(counted), reasons(counted)) == ([], {"fast_rule": 1})


def test_an_hour_that_begins_the_day_before_reaches_into_the_days() -> None:
    daily = "RRULE:FREQ=HOURLY;INTERVAL=24;UNTIL=20270101T230000Z"
    found = reading(event("DTSTART:20100101T220000Z", "DURATION:PT3H", daily))
    assert times(found)[0] == "01-01 00:00–01-01 02:00 busy"


def test_exceptions_by_rule_are_ignored_and_named() -> None:
    found = reading(event(*LESSON, "RRULE:FREQ=DAILY;COUNT=2", "EXRULE:FREQ=DAILY"))
    assert (len(times(found)), reasons(found)) == (2, {"exrule": 1})
    assert report(found)["complete"] is True  # too much is taken over rather than too little


@pytest.mark.parametrize(
    ("encoding", "warnings"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("cp1252", ["encoding"])],
)
def test_encodings(encoding: str, warnings: list[str]) -> None:
    text = calendar(event(*LESSON, "SUMMARY:Übung für alle")).decode()
    found = read(text.encode(encoding), ASKED)
    assert (times(found), report(found)["warnings"]) == ([f"{EVENING} busy"], warnings)


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_line_ends_and_folds_in_the_middle_of_a_letter(ending: str) -> None:
    text = calendar(event("SUMMARY:Ü", *LESSON)).replace(b"\r\n", ending.encode())
    folded = text.replace("Ü".encode(), b"\xc3" + ending.encode() + b" \x9c")
    folded = folded.replace(b"DTSTART:2027", b"DTSTA" + ending.encode() + b"\tRT:2027")
    assert times(read(folded, ASKED)) == [f"{EVENING} busy"]
    assert report(read(folded, ASKED))["warnings"] == []


def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes() -> None:
    whole = calendar(event(*LESSON), event(*LESSON, uid="two"))
    found = read(whole[: whole.index(b"DTEND")], ASKED)
    assert report(found)["warnings"] == ["cut_off"]
    assert report(found)["complete"] is False


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n", b"hello", b"<html>BEGIN:VCALENDAR</html>", b"\x00" * 3000, b"PK\x03\x04" * 99],
)
def test_other_files_are_no_calendars(data: bytes) -> None:
    with pytest.raises(NotACalendarError):
        read(data, ASKED)


def test_a_calendar_without_entries_is_one() -> None:
    assert (times(reading()), report(reading())["taken"]) == ([], 0)


def test_tasks_and_alarms_take_no_time() -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT1H", "DURATION:PT9H", "STATUS:CANCELLED", "END:VALARM")
    found = reading(event(*LESSON, *alarm), "BEGIN:VTODO", "DTSTART:20270107", "END:VTODO")
    assert (times(found), reasons(found)) == ([f"{EVENING} busy"], {"not_an_event": 1})


def test_nothing_of_titles_places_and_names_comes_out() -> None:
    secret = [f"{name}:Geheim" for name in ("SUMMARY", "LOCATION", "DESCRIPTION", "X-ANY")]
    found = reading(event(*LESSON, *secret, "STATUS:Geheim"), event("DTSTART:Geheim", *secret))
    assert "eheim" not in json.dumps(found.to_json())
