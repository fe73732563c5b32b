"""People and organisations: who they are, what they can do, when they can, how they sign in."""
