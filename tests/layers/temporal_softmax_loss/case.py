"""Random temporal softmax losses, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.temporal_softmax_loss.layer import TemporalSoftmaxLossSizes
from convcheck.layers.temporal_softmax_loss.words import IGNORED, REDUCTIONS
from tests.layers.case import Case, few


def oracle(sizes, params, x):
    import torch

    y = torch.where(torch.tensor(params["mask"]), torch.tensor(params["y"]), -100)
    total = torch.nn.functional.cross_entropy(x.reshape(-1, sizes.V), y.reshape(-1), reduction="sum")
    return total / {"sequences": sizes.N, "words": int(params["mask"].sum()), "sum": 1}[sizes.reduction]


CASE = Case(
    sizes=st.builds(
        TemporalSoftmaxLossSizes,
        N=few,
        T=few,
        V=st.integers(1, 5),
        reduction=st.sampled_from(REDUCTIONS),
        ignored=st.sampled_from(IGNORED),
    ),
    one={"N": 3, "T": 4, "V": 5},
    oracle=oracle,
    mistakes=18,
)
