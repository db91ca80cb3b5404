import numpy as np


def global_average_pool_forward(inputs):
    area = inputs.shape[-1] * inputs.shape[-2]
    weights = np.full(inputs.shape[2:], 1.0 / area, dtype=inputs.dtype)
    return np.einsum('nchw,hw->nc', inputs, weights), weights


def global_average_pool_backward(grad_output, weights):
    return np.einsum('nc,hw->nchw', grad_output, weights)
