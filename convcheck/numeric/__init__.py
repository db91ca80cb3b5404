"""Derivatives without calculus: data, probe groups, difference schemes, error bounds. Knows no layer by name."""
