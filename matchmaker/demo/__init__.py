"""The demo: a fictional quarter and the one process that shows it."""
