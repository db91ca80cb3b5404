"""The process in which code under test runs, from both of its ends."""
