"""Taking in a need: what people type, the eight steps, the checks, and the request it becomes."""
