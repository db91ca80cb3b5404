"""A torch.autograd.Function, an nn.Module or a function on tensors: what is tested is what autograd runs."""
