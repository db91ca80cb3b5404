"""The facts of each layer, its reference and its built-in variants: one folder a layer."""
