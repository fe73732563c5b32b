"""The independent judge: says whether a plan obeys the rules and what it scores.

It shares nothing with the solver but the data types, and is written to be read by somebody who
knows no solver: `rules/` has one file a rule, `score` one function a part.
"""

from matchmaker.scheduling.judge.breach import Breach, Rule
from matchmaker.scheduling.judge.check import Verdict, check, judge
from matchmaker.scheduling.judge.rules import RULE, RULES

__all__ = ["RULE", "RULES", "Breach", "Rule", "Verdict", "check", "judge"]
