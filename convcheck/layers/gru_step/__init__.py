"""A step of a GRU."""
