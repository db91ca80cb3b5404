import numpy as np


def groupnorm(x, gamma, beta, G, eps=1e-5):
    """y, and the function that pulls a cotangent of it back."""
    n, c = x.shape[:2]
    split = lambda a: a.reshape(n, G, c // G, *a.shape[2:])
    over = (2, 3, 4)
    avg = lambda a: a.mean(axis=over, keepdims=True)
    xs = split(x)
    xc = xs - avg(xs)
    r = (avg(xc * xc) + eps) ** -0.5
    xh = xc * r
    as_image = lambda a: a.reshape(x.shape)

    def pull(ct):
        g = split(ct * gamma[:, None, None])
        gx = r * (g - avg(g) - xh * avg(g * xh))
        return as_image(gx), np.einsum("nchw,nchw->c", ct, as_image(xh)), np.einsum("nchw->c", ct)

    return gamma[:, None, None] * as_image(xh) + beta[:, None, None], pull


def groupnorm_forward(x, gamma, beta, G, eps=1e-5):
    return groupnorm(x, gamma, beta, G, eps)


def groupnorm_backward(ct, pull):
    return pull(ct)
