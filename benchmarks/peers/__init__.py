"""Other ways to plan, each a file of its own: `python -m peers.greedy PROBLEM --out PROPOSAL`.

They read the official format and state official proposals, but share nothing with the solver that
they are compared with: `matchmaker.scheduling.solving` is not imported here.
"""

PEERS = ("greedy", "local_search", "cpsat", "highs", "timefold")
"""The modules, in the order in which the table shows them."""
