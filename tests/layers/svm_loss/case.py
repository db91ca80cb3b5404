"""Random SVM losses, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.labels import REDUCTIONS
from convcheck.layers.svm_loss.layer import SvmLossSizes
from tests.layers.case import Case


def oracle(sizes, params, x):
    import torch

    # PyTorch's divides by the number of classes as well.
    y, C = torch.tensor(params["y"]), x.shape[1]
    loss = torch.nn.functional.multi_margin_loss(x, y, margin=sizes.delta, reduction="sum") * C
    return loss / len(x) if sizes.reduction == "mean" else loss


CASE = Case(
    sizes=st.builds(
        SvmLossSizes,
        N=st.integers(1, 6),
        C=st.integers(1, 6),
        # Not at a kink, where either slope is a gradient: scores of the tests are multiples of a quarter.
        delta=st.sampled_from([1.125, 0.3]),
        reduction=st.sampled_from(REDUCTIONS),
    ),
    one={"N": 4, "C": 5},
    oracle=oracle,
    mistakes=18,
)
