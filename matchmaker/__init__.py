"""Plans Arbeitsmarktgespräche: from an association's need to invitations in calendars."""

__version__ = "0.1.0"
