"""Requests: what the coordination does with a need that has come in."""
