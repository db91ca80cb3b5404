"""A forward and a backward function: found by their names, called in whatever way they want to be."""
