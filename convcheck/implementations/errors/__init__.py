"""What the code under test raises or declines to do, in words that name its own line and what to do."""
