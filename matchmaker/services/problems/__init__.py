"""From the database to an official planning problem: what one round knows, in the core's words."""

from matchmaker.services.problems.build import Note, RoundProblem, round_problem
from matchmaker.services.problems.selection import LeftOut

__all__ = ["LeftOut", "Note", "RoundProblem", "round_problem"]
