"""JSON reports that were kept: read again, compared, joined."""
