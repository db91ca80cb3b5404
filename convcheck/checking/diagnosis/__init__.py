"""What a wrong gradient looks like: a multiple of the right one, turned, misplaced, off in its last digits."""
