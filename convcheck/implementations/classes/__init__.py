"""A class with a forward and a backward method: made, filled with arrays, run, and asked for its gradients."""
