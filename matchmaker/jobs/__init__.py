"""Work that nobody waits for. What is to be done stands in rows; the queue only wakes workers."""
