"""Random steps of a vanilla RNN, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.rnn_step.layer import RnnStepSizes
from tests.layers.case import Case, few


def oracle(sizes, params, x, prev_h, Wx, Wh, b):
    import torch

    return torch.rnn_tanh_cell(x, prev_h, Wx.T, Wh.T, b, 0 * b)


# Wherever tanh is 1 already, to the last digit, a larger entry moves nothing.
CASE = Case(
    sizes=st.builds(RnnStepSizes, N=few, D=few, H=few),
    one={"N": 2, "D": 5, "H": 3},
    oracle=oracle,
    mistakes=12,
    reaches=lambda sizes: False,
)
