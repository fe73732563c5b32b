"""What follows from mails that come in."""
