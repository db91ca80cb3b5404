"""Every row divided by its root mean square, and scaled."""
