"""Activations as people write them, a file each: `forward` and `dx`, of which their mistakes are edits."""
