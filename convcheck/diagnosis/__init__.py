"""What the results of all checks of one implementation say together: which mistake was made, and how to mend it."""
