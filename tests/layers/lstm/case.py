"""Random LSTMs, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.lstm.layer import LstmSizes
from convcheck.layers.lstm_step.words import ORDERS
from tests.layers.case import Case, few
from tests.layers.lstm_step.case import in_its_order


def oracle(sizes, params, x, h0, Wx, Wh, b):
    import torch

    Wx, Wh, b = (in_its_order(a, sizes.gates) for a in (Wx, Wh, b))
    weights = [Wx.T, Wh.T, b, 0 * b]
    return torch.lstm(x, (h0[None], 0 * h0[None]), weights, True, 1, 0.0, False, False, True)[0]


CASE = Case(
    sizes=st.builds(LstmSizes, N=few, T=few, D=few, H=few, gates=st.sampled_from(ORDERS)),
    one={"N": 2, "T": 3, "D": 5, "H": 4},
    oracle=oracle,
    mistakes=20,
    reaches=lambda sizes: False,
)
