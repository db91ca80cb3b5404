import numpy as np


def instance_norm(x, scale, offset, epsilon=1e-5):
    flat = lambda a: a.reshape(*a.shape[:2], -1)
    image = lambda a: a.reshape(x.shape)
    xs = flat(x)
    xc = xs - xs.mean(-1, keepdims=True)
    r = ((xc * xc).mean(-1, keepdims=True) + epsilon) ** -0.5
    z = xc * r
    column = (slice(None), None)

    def vjp(ct):
        g = flat(ct)
        gz = g * scale[column]
        gx = r * (gz - gz.mean(-1, keepdims=True) - z * (gz * z).mean(-1, keepdims=True))
        return image(gx), (g * z).sum((0, 2)), g.sum((0, 2))

    return image(z * scale[column] + offset[column]), vjp


def instance_norm_forward(x, scale, offset, epsilon=1e-5):
    return instance_norm(x, scale, offset, epsilon)


def instance_norm_backward(ct, vjp):
    return vjp(ct)
