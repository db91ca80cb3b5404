import numpy as np


def time_affine_forward(inp, weights, bias):
    return np.einsum("ntd,dm->ntm", inp, weights) + bias[None, None, :], (inp, weights)


def time_affine_backward(grad, saved):
    inp, weights = saved
    grads = {
        "inp": np.einsum("ntm,dm->ntd", grad, weights),
        "weights": np.einsum("ntd,ntm->dm", inp, grad),
        "bias": np.einsum("ntm->m", grad),
    }
    return grads["inp"], grads["weights"], grads["bias"]
