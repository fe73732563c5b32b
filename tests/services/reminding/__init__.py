"""Reminding."""
