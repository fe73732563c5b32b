"""The JSON of problems and proposals: strict readers that name every fault, and writers."""

from matchmaker.scheduling.formats.comparison import breach_to_json, comparison_to_json
from matchmaker.scheduling.formats.explanation import (
    alternatives_to_json,
    explanations_to_json,
)
from matchmaker.scheduling.formats.faults import Fault, FormatError, report_lines
from matchmaker.scheduling.formats.files import STREAM, is_replaceable, parse_json, write_document
from matchmaker.scheduling.formats.problem import (
    load_problem,
    problem_to_json,
    read_problem,
    write_problem,
)
from matchmaker.scheduling.formats.proposal import (
    load_proposal,
    proposal_to_json,
    read_proposal,
    write_proposal,
)
from matchmaker.scheduling.formats.repair import repair_to_json
from matchmaker.scheduling.formats.unlocking import unlocking_to_json

__all__ = [
    "STREAM",
    "Fault",
    "FormatError",
    "alternatives_to_json",
    "breach_to_json",
    "comparison_to_json",
    "explanations_to_json",
    "is_replaceable",
    "load_problem",
    "load_proposal",
    "parse_json",
    "problem_to_json",
    "proposal_to_json",
    "read_problem",
    "read_proposal",
    "repair_to_json",
    "report_lines",
    "unlocking_to_json",
    "write_document",
    "write_problem",
    "write_proposal",
]
