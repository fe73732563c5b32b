"""Inviting: one person to one talk; answers, answer links and calendar subscriptions."""
