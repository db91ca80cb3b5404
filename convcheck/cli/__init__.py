"""The command line: one file a command. Alone in touching click, the environment, streams and exit codes."""
