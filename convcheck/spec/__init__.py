"""YAML text to `Check` objects, with every error at file:line:column. Imports neither numpy nor a layer."""
