"""Global average-pool."""
