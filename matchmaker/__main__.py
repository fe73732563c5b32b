"""`python -m matchmaker` is the same as the command `matchmaker`."""

from matchmaker.cli import main

main()
