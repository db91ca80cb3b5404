"""Audit: what known mistakes these specs would not notice, why not, and the fewest checks more that would."""
