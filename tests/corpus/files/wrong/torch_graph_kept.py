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
    out.backward(dout / len(dout))
    return x.grad, w.grad, b.grad
