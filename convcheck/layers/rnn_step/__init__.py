"""A step of a vanilla RNN."""
