"""convcheck verifies hand-written gradients."""
