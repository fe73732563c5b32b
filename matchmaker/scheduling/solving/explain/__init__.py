"""Why a request has a place in a plan or has none, what would give it one, and where else it fits.

`options` holds all that a request could choose from, and the rules that stand against it: `alone`
before any plan, `beside` with what the plan adds. `rivals` and `clearing` name the talks that are
in the way, `remedies` what would have to change (`world` and `legal` carry each out), `worth` and
`teams` find the best places that there are.
"""

from matchmaker.scheduling.explanation import Explanation
from matchmaker.scheduling.solving.explain.alternatives import alternatives, why
from matchmaker.scheduling.solving.explain.explain import explain, explain_one, reasons
from matchmaker.scheduling.solving.kept import Kept, keep

__all__ = ["alternatives", "explain", "explain_one", "explanation", "keep", "reasons", "why"]


def explanation(kept: Kept, request_id: str) -> Explanation:
    """All that there is to say about a request; KeyError for an unknown id."""
    placed = kept.row(request_id) in kept.talks
    about = why(kept, request_id) if placed else explain_one(kept, request_id)
    return Explanation(about=about, alternatives=alternatives(kept, request_id))
