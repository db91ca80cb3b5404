"""The SVM loss."""
