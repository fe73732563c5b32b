"""Addresses that strangers give us, asked without harm: to us, and to the network around us."""
