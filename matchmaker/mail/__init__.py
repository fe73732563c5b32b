"""Mail out: words into a message of fixed bytes, bytes through SMTP with a truthful outcome."""
