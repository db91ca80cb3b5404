"""Average-pool."""
