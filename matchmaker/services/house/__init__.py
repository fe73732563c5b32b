"""The house: audit, settings of the carrier, links, topics, health."""
