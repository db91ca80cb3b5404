"""The softmax loss."""
