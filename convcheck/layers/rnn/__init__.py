"""A vanilla RNN."""
