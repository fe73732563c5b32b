"""Planning problems drawn by chance, shaped like practice: the same seed, the same problem."""
