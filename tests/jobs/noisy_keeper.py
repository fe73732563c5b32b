"""A keeper among whose libraries one prints to standard output, past Python."""

from __future__ import annotations

import os
import sys

from matchmaker.jobs import keeper
from matchmaker.jobs.keeper import Document, Keeper


class Noisy(Keeper):
    def answer(self, question: Document) -> Document:
        os.write(1, b"presolve: 12 rows\n")
        return super().answer(question)


if __name__ == "__main__":
    vars(keeper)["Keeper"] = Noisy
    keeper.main(sys.argv[1:])
