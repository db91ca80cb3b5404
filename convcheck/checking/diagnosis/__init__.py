"""What a wrong gradient looks like: a multiple of the right one, rearranged, wrong in one place, off in last digits."""
