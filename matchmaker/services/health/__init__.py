"""Health: whether everything that a running service needs is there and works."""
