import numpy as np


def batchnorm2d_forward(x, gamma, beta, running_mean, running_var, training=True, eps=1e-5, momentum=0.9):
    batch, channels, height, width = x.shape
    out = np.empty_like(x)
    normed = np.empty_like(x)
    stds = []
    for ch in range(channels):
        plane = x[:, ch]
        if training:
            mean, var = plane.mean(), plane.var()
            running_mean[ch] = momentum * running_mean[ch] + (1 - momentum) * mean
            running_var[ch] = momentum * running_var[ch] + (1 - momentum) * var
        else:
            mean, var = running_mean[ch], running_var[ch]
        std = np.sqrt(var + eps)
        normed[:, ch] = (plane - mean) / std
        out[:, ch] = gamma[ch] * normed[:, ch] + beta[ch]
        stds.append(std)
    return out, dict(normed=normed, stds=stds, gamma=gamma, training=training)


def batchnorm2d_backward(dout, cache):
    normed, stds, gamma = cache['normed'], cache['stds'], cache['gamma']
    dx = np.empty_like(dout)
    dgamma = np.zeros_like(gamma)
    dbeta = np.zeros_like(gamma)
    for ch in range(dout.shape[1]):
        g, xh = dout[:, ch], normed[:, ch]
        dgamma[ch] = (g * xh).sum()
        dbeta[ch] = g.sum()
        g = g * gamma[ch]
        if cache['training']:
            g = g - g.mean() - xh * (g * xh).mean()
        dx[:, ch] = g / stds[ch]
    return dx, dgamma, dbeta
