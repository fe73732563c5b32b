"""iCalendar out: invitations, cancellations and feeds as bytes. Knows no web, no database, no clock."""
