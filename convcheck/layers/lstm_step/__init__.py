"""A step of an LSTM."""
