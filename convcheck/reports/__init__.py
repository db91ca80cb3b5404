"""Results to text: one file a format, each a function of `Result` alone."""
