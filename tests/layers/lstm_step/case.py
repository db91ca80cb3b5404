"""Random steps of an LSTM, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.lstm_step.layer import LstmStepSizes
from convcheck.layers.lstm_step.words import ORDERS
from tests.layers.case import Case, few


def in_its_order(weights, gates):
    """Columns in the order of PyTorch's gates: i, f, g, o."""
    import torch

    columns = torch.chunk(weights, 4, dim=-1)
    return torch.cat([columns[gates.index(gate)] for gate in "ifgo"], dim=-1)


def oracle(sizes, params, x, prev_h, prev_c, Wx, Wh, b):
    import torch

    Wx, Wh, b = (in_its_order(a, sizes.gates) for a in (Wx, Wh, b))
    return torch.cat(torch.lstm_cell(x, (prev_h, prev_c), Wx.T, Wh.T, b, 0 * b), dim=1)


CASE = Case(
    sizes=st.builds(LstmStepSizes, N=few, D=few, H=few, gates=st.sampled_from(ORDERS)),
    one={"N": 2, "D": 4, "H": 3},
    oracle=oracle,
    mistakes=30,
    reaches=lambda sizes: False,
)
