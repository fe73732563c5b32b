"""Other calendars of speakers and interpreters: handed in or subscribed to, looked at, counted."""
