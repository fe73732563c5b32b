"""Use cases: plain functions with a session first. They never commit; whoever calls them does."""
