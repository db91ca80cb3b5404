"""Adapters: a few lines by the user that call code whose calling cannot be guessed."""
