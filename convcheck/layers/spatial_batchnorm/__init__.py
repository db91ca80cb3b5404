"""Batch normalisation of the channels of images."""
