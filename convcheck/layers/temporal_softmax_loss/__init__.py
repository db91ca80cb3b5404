"""The temporal softmax loss."""
