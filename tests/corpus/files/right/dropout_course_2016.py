import numpy as np


def dropout_forward(x, dropout_param):
    # p is the probability of dropping a neuron output
    p, mode = dropout_param['p'], dropout_param['mode']
    if 'seed' in dropout_param:
        np.random.seed(dropout_param['seed'])

    mask = None
    if mode == 'train':
        mask = (np.random.random_sample(x.shape) >= p) / (1 - p)
        mask = mask.astype(x.dtype)
        out = mask * x
    else:
        out = x
    cache = (dropout_param, mask)
    return out, cache


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask if dropout_param['mode'] == 'train' else dout
