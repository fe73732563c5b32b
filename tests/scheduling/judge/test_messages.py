"""What the judge says of each broken rule, with the figures in it."""

from __future__ import annotations

import pytest

from matchmaker.scheduling.judge import judge
from matchmaker.scheduling.problem import Assignment, Problem
from tests.scheduling.judge.test_rules import BROKEN

MESSAGES = {
    "window": [
        "A1 starts at 2027-01-12 17:10, not on the grid of 30 minutes.",
        "A1, 2027-01-12 20:30 to 2027-01-12 22:30, lies in none of its windows.",
        "A1, 2027-01-12 15:30 to 2027-01-12 17:30, lies in none of its windows.",
        "A1 is on 2027-01-12, outside the period 2027-01-13 to 2027-02-28.",
        "A1 is on 2027-01-12, outside the period 2027-01-11 to 2027-01-11.",
        "A1 starts at 2027-01-12 22:30 and runs over midnight.",
        "A1, 2027-01-12 17:00 to 2027-01-12 19:00, lies in none of its windows.",
    ],
    "closed_day": [
        "A1 is on 2027-01-12, a closed day.",
    ],
    "blocked": [
        "A1 is on 2027-01-12, but MO1 has blocked 2027-01-12 to 2027-01-12.",
        "A1 is on 2027-01-12, but MO1 has blocked 2027-01-10 to 2027-01-12.",
    ],
    "host_load": [
        "Talks at MO1 on 2027-01-12: 2; allowed: 1 (A1, A2).",
        "Talks at MO1 in week 2027-W02: 2; allowed: 1 (A1, A2).",
        "Talks at MO1 in all: 2; allowed: 1 (A1, A2).",
        "Talks at MO1 in week 2027-W02: 1; allowed: 0 (A1).",
        "Talks at MO1 in all: 1; allowed: 0 (A1).",
    ],
    "venue": [
        "A1, A2 are in venue V at the same time, 2027-01-12 18:30.",
    ],
    "team": [
        "Speakers at A1: 2; allowed: 1 to 1.",
        "A1 excludes R1.",
        "A1 names R1 more than once.",
        "A1 names S1 more than once.",
    ],
    "topic": [
        "Nobody assigned to A1 covers its first topic T2.",
        "R2 covers no topic of A1.",
    ],
    "language": [
        "A1 is held in en, which it does not ask for.",
        "A1 has an interpreter, but all speakers speak de.",
        "Interpreters at A1: 0; needed: 1.",
        "A1 needs interpreting into ar, but does not accept it.",
        "Interpreters at A1: 1; needed: 2.",
        "S1 does not interpret ar, spoken at A1.",
        "R1 speaks neither ar nor German: nobody can interpret at A1.",
        "R1 does not speak German, in which A1 is held.",
    ],
    "mode": [
        "A1 takes place online, which it does not accept.",
        "A1 takes place onsite, which it does not accept.",
        "A1 takes place online, which R1 does not do.",
        "A1 takes place onsite, which S1 does not do.",
        "A1 takes place onsite, which R1 does not do.",
    ],
    "district": [
        "A1 is in district 01, where R1 does not go.",
        "A1 is in district 01, where R1 does not go.",
        "A1 is in district 01, where S1 does not go.",
    ],
    "availability": [
        "R1 is not available for A1, 2027-01-12 17:00 to 2027-01-12 19:00.",
        "R1 is not available for A1, 2027-01-12 17:00 to 2027-01-12 19:00.",
        "R1 is not available for A1, 2027-01-12 17:00 to 2027-01-12 19:00.",
        "S1 is not available for A1, 2027-01-12 17:00 to 2027-01-12 19:00.",
    ],
    "travel": [
        "A1, A2 of R1 overlap at 2027-01-12 18:00.",
        "Minutes of R1 between A1, A2 on 2027-01-12: 0; needed: 20.",
        "Minutes of R1 between A1, A2 on 2027-01-12: 0; needed: 15.",
        "A1 overlaps another commitment of R1, 2027-01-12 17:30 to 2027-01-12 18:00.",
        "Minutes of R1 between A1 and another commitment, "
        "2027-01-12 16:00 to 2027-01-12 16:16: 44; needed: 45.",
        "Minutes of R1 between A1 and another commitment, "
        "2027-01-12 19:29 to 2027-01-12 21:00: 29; needed: 30.",
        "Minutes of R1 between A1 and another commitment, "
        "2027-01-11 10:00 to 2027-01-12 16:30: 30; needed: 45.",
        "Minutes of R1 between A1 and another commitment, "
        "2027-01-12 19:14 to 2027-01-12 20:00: 14; needed: 15.",
        "Minutes of R1 between A1 and another commitment, "
        "2027-01-12 00:00 to 2027-01-12 12:00: 480; needed: 600.",
    ],
    "workload": [
        "Talks of R1 on 2027-01-12: 2; allowed: 1 (A1, A2).",
        "Talks of R1 in week 2027-W02: 2; allowed: 1 (A1, A2).",
        "Talks of R1 in month 2027-01: 2; allowed: 1 (A1, A2).",
        "Talks of R1 in all: 2; allowed: 1 (A1, A2).",
        "Talks of R1 in all: 1; allowed: 0 (A1).",
    ],
    "lead_time": [
        "Days until A1: 42; R1 needs 43.",
        "A1 starts at 2027-01-12 17:00, before now, 2027-01-12 17:01.",
        "Days until A1: 42; S1 needs 1000000.",
    ],
    "group": [
        "A1 is a women's group, to which R1 does not go.",
        "A1 is a women's group, to which S1 does not go.",
    ],
    "group_size": [
        "People at A1: 9; R1 needs 10.",
    ],
    "fixed": [
        "A1 is fixed at 2027-01-12 17:00, but is not in the plan.",
        "A1 is fixed at 2027-01-12 17:00, but the plan changes it.",
        "A1 is fixed at 2027-01-12 17:00, but the plan changes it.",
        "A1 is fixed at 2027-01-12 17:00, but the plan changes it.",
    ],
    "shape": [
        "A1 is assigned with the unknown id R9.",
        "A1 is assigned with the unknown id S1.",
        "A1 is assigned with the unknown id R1.",
        "A9 is assigned with the unknown id A9.",
        "A1 is assigned more than once.",
        "The people of A1 are not sorted.",
    ],
}


@pytest.mark.parametrize(
    ("of", "plan", "message"),
    [
        pytest.param(*case, message, id=f"{code}-{number}")
        for code, cases in BROKEN.items()
        for number, (case, message) in enumerate(zip(cases, MESSAGES[code], strict=True))
    ],
)
def test_breach_says_what_is_wrong(of: Problem, plan: tuple[Assignment, ...], message: str) -> None:
    assert [row.message for row in judge(of, plan).violations] == [message]
