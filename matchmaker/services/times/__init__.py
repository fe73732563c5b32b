"""Times: the days to respect, what people say about their time, and the free time between."""
