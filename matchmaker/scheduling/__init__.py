"""The quiet room: problems in, proposals out. No clock, no network, no database.

`problem` and `proposal` hold the data, `formats` reads and writes their JSON, `judge` says whether
a proposal obeys the rules and what it scores, `solving` looks for the best one. Judge and solver
share nothing but the data types.
"""
