"""Instance normalisation of images."""
