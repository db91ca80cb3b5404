"""When two numbers agree: the bound for each entry, and the comparison of two arrays under it."""
