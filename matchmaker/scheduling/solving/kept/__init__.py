"""A problem and one plan for it, kept as arrays so that many questions are answered quickly."""

from matchmaker.scheduling.solving.kept.kept import Kept, keep

__all__ = ["Kept", "keep"]
