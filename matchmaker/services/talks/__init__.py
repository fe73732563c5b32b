"""Talks: from approval to what became of them."""
