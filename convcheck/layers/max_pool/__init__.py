"""Max-pool."""
