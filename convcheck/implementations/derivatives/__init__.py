"""Functions of one number whose derivative is written in place of a backward pass."""
