"""Word embedding."""
