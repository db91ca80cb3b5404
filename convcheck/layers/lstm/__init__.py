"""An LSTM."""
