"""Random vanilla RNNs, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.rnn.layer import RnnSizes
from tests.layers.case import Case, few


def oracle(sizes, params, x, h0, Wx, Wh, b):
    import torch

    weights = [Wx.T, Wh.T, b, 0 * b]
    return torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, False, False, True)[0]


CASE = Case(
    sizes=st.builds(RnnSizes, N=few, T=few, D=few, H=few),
    one={"N": 2, "T": 3, "D": 5, "H": 4},
    oracle=oracle,
    mistakes=15,
    reaches=lambda sizes: False,
)
