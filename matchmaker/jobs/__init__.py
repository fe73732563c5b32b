"""Work that nobody waits for: what has to be done stands in rows, the queue only wakes the worker."""
