"""iCalendar out: invitations, cancellations and feeds as bytes. Knows no web and no clock."""
