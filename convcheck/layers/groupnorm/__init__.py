"""Group normalisation of images."""
