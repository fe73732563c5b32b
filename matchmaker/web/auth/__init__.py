"""Signing in and out."""

from matchmaker.web.auth.pages import blueprint

__all__ = ["blueprint"]
