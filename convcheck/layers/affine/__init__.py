"""Affine."""
