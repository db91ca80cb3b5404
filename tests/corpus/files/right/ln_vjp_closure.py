import numpy as np


def layer_norm(x, g, b, eps=1e-5):
    """Returns y and what pulls its cotangent back."""
    center = lambda a: a - a.mean(axis=-1, keepdims=True)
    xc = center(x)
    r = 1 / np.sqrt((xc * xc).mean(axis=-1, keepdims=True) + eps)
    xh = xc * r

    def pullback(ct):
        flat = lambda a: a.reshape(-1, a.shape[-1])
        gy = ct * g
        gx = r * center(gy - xh * (gy * xh).mean(axis=-1, keepdims=True))
        return gx, np.einsum("nd,nd->d", flat(ct), flat(xh)), flat(ct).sum(0)

    return g * xh + b, pullback


def layer_norm_forward(x, g, b, eps=1e-5):
    return layer_norm(x, g, b, eps)


def layer_norm_backward(ct, pullback):
    return pullback(ct)
