"""Results as HTML: a page of a whole run, and one check for a notebook."""
