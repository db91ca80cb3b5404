"""Convolution of volumes."""
