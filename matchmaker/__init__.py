"""Plans Arbeitsmarktgespräche: from the needs of associations to invitations in people's calendars."""

__version__ = "0.1.0"
