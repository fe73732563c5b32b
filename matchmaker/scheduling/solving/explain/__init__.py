"""Why a request has no place in a plan, and what would give it one."""

from matchmaker.scheduling.solving.explain.explain import explain

__all__ = ["explain"]
