"""Why a request has no place in a plan, and what would give it one."""

from matchmaker.scheduling.solving.explain.explain import explain, explain_one, reasons

__all__ = ["explain", "explain_one", "reasons"]
