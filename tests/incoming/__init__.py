"""Mails that come in: those of calendar programs and of people, and hostile ones."""
