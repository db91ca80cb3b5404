"""The options of the commands, and what a value may be. They import click and nothing heavier."""
