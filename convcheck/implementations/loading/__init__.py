"""Importing the code under test afresh, whatever it needs that is not there, and saying why it cannot be imported."""
