"""Convolution of sequences."""
