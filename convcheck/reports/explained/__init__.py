"""Explanations as text and as pages."""
