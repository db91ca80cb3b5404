"""Random softmax losses, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.labels import REDUCTIONS
from convcheck.layers.softmax_loss.layer import SoftmaxLossSizes
from tests.layers.case import Case


def oracle(sizes, params, x):
    import torch

    y = torch.tensor(params["y"])
    p = torch.log_softmax(x, dim=1)
    if sizes.eps:
        p = torch.log(p.exp() + sizes.eps)
    return torch.nn.functional.nll_loss(p, y, reduction=sizes.reduction)


CASE = Case(
    sizes=st.builds(
        SoftmaxLossSizes,
        N=st.integers(1, 6),
        C=st.integers(1, 6),
        reduction=st.sampled_from(REDUCTIONS),
        eps=st.sampled_from([0.0, 0.0, 1e-7, 0.1]),
    ),
    one={"N": 4, "C": 5},
    oracle=oracle,
    mistakes=20,
)
