"""Random steps of a GRU, and PyTorch's arithmetic, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.gru_step.layer import GruStepSizes
from convcheck.layers.gru_step.words import ORDERS, RESET, Z_IS
from tests.layers.case import Case, few


def oracle(sizes, params, x, prev_h, Wx, Wh, b):
    import torch

    def of(weights, gate):
        return torch.chunk(weights, 3, dim=-1)[sizes.gates.index(gate)]

    if (sizes.reset, sizes.z_is) == ("after", "old"):
        # PyTorch's own, whose gates are r, z, n.
        Wx, Wh, b = (torch.cat([of(a, gate) for gate in "rzn"], dim=-1) for a in (Wx, Wh, b))
        return torch.gru_cell(x, prev_h, Wx.T, Wh.T, b, 0 * b)
    z, r = (torch.sigmoid(x @ of(Wx, gate) + prev_h @ of(Wh, gate) + of(b, gate)) for gate in "zr")
    product = (r * prev_h) @ of(Wh, "n") if sizes.reset == "before" else r * (prev_h @ of(Wh, "n"))
    n = torch.tanh(x @ of(Wx, "n") + product + of(b, "n"))
    return torch.lerp(prev_h, n, z if sizes.z_is == "new" else 1 - z)


CASE = Case(
    sizes=st.builds(
        GruStepSizes,
        N=few,
        D=few,
        H=few,
        gates=st.sampled_from(ORDERS),
        z_is=st.sampled_from(Z_IS),
        reset=st.sampled_from(RESET),
    ),
    one={"N": 2, "D": 4, "H": 3},
    oracle=oracle,
    mistakes=12,
    reaches=lambda sizes: False,
)
