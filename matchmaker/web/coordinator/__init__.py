"""The coordination's pages, one module a place."""
