"""Mail that comes in: fetched, understood, put into force or laid before a person."""
