"""Judge one proposal, as JSON: `python benchmarks/judging.py PROBLEM PROPOSAL`."""

from __future__ import annotations

import json
import sys

from matchmaker.scheduling.formats import load_problem, load_proposal
from matchmaker.scheduling.judge import check


def main() -> None:
    problem, proposal = load_problem(sys.argv[1]), load_proposal(sys.argv[2])
    verdict = check(problem, proposal)
    faults = [f"{row.code}: {row.message}" for row in verdict.violations]
    found = {
        "right": verdict.right,
        "faults": [*faults, *verdict.misstatements][:5],
        "served": len(proposal.assignments),
        "requests": len(problem.requests),
        "total": verdict.score.total,
        "bound": proposal.bound,
        "status": proposal.status.value,
        "seconds": proposal.seconds,
        "info": dict(proposal.info),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
