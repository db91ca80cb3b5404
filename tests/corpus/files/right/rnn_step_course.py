"""Assignment 3: one timestep of a vanilla RNN with a tanh activation."""
import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h, cache = None, None
    next_h = np.tanh(prev_h.dot(Wh) + x.dot(Wx) + b)
    cache = (x, Wx, Wh, prev_h, next_h)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, Wx, Wh, prev_h, next_h = cache
    dscores = dnext_h * (1 - next_h * next_h)
    dx = dscores.dot(Wx.T)
    dprev_h = dscores.dot(Wh.T)
    dWx = x.T.dot(dscores)
    dWh = prev_h.T.dot(dscores)
    db = np.sum(dscores, axis=0)
    return dx, dprev_h, dWx, dWh, db
