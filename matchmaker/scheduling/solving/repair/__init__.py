"""What to do after an event, so that as little as possible of a plan changes.

`scene` is the plan after the event; `standing`, `listing` and `holders` say what requests could do
beside it and which talks are in their way; `ring` chooses whom to look at, `moves` finds the best
that these can do together, and `repair` makes ranked options of it.
"""

from matchmaker.scheduling.solving.repair.repair import repair

__all__ = ["repair"]
