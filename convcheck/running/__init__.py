"""Running checks, one after the other."""
