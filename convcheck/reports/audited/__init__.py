"""What an audit found, in each format: a file each, and a function of the Audit alone."""
