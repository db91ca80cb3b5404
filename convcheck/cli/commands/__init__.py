"""The commands: their names, options and help. They import click and `cli/options/` and nothing heavier."""
