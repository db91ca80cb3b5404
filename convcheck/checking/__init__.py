"""Forward against the reference, backward against the numeric gradient, and what the contract asks beside."""
