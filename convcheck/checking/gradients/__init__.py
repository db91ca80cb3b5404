"""The numeric gradient of each input, and the evidence that is weighed before one is called wrong."""
