"""Code that is of no layer: any function with its backward, and networks that hold their parameters."""
