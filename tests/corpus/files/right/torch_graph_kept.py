import torch
import torch.nn.functional as F


def conv_forward(x, w, b, conv_param):
    x = x.detach().requires_grad_()
    w = w.detach().requires_grad_()
    b = b.detach().requires_grad_()
    out = F.conv2d(x, w, b, stride=conv_param["stride"], padding=conv_param["pad"])
    return out, (x, w, b, out)


def conv_backward(dout, cache):
    x, w, b, out = cache
    out.backward(dout)
    return x.grad, w.grad, b.grad


class ReLU:
    def forward(self, x):
        self.x = x.clone().requires_grad_(True)
        self.out = torch.clamp(self.x, min=0)
        return self.out.detach()

    def backward(self, dout):
        (dx,) = torch.autograd.grad(self.out, self.x, grad_outputs=dout)
        return dx


class BatchNorm1d:
    def __init__(self, num_features, eps=1e-5):
        self.gamma = torch.ones(num_features)
        self.beta = torch.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        self.leaves = [t.detach().clone().requires_grad_(True) for t in (x, self.gamma, self.beta)]
        x, gamma, beta = self.leaves
        var, mean = torch.var_mean(x, dim=0, unbiased=False)
        self.out = gamma * (x - mean) / torch.sqrt(var + self.eps) + beta
        return self.out.detach()

    def backward(self, dout):
        self.out.backward(dout, retain_graph=True)
        return tuple(t.grad for t in self.leaves)
