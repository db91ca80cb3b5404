"""Running checks: one after the other, or in several workers side by side."""
