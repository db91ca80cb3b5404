"""The command line. No other room touches click, the environment, standard streams or exit codes."""
