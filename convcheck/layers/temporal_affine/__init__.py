"""Temporal affine."""
