"""Adapters: a few lines of the user's that say how code is called which cannot be called by guessing."""
