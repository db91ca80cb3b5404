"""The report for people: a page of a given width, blocks of figures, the summary."""
