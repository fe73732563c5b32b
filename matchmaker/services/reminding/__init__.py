"""Reminding: before talks, and where an answer is missing; each reminder once or not at all."""
