"""Sending: mail is written with what causes it, leaves later, and can be looked at."""
