"""Configuration files, and how what they say becomes options."""
