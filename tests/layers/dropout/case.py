"""Random dropouts, and PyTorch's arithmetic on the masks that they draw, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.dropout.layer import DropoutSizes, mask
from convcheck.layers.dropout.words import P_IS, SCALING
from tests.layers.case import Case, few

settings = {
    "p": st.sampled_from([0.5, 0.3, 0.75]),
    "mode": st.sampled_from(["train", "test"]),
    "p_is": st.sampled_from(P_IS),
    "scaling": st.sampled_from(SCALING),
}


def oracle(sizes, params, x):
    import torch

    kept = sizes.p if sizes.p_is == "kept" else 1 - sizes.p
    if sizes.mode == "test":
        return x * (1 if sizes.scaling == "train" else kept)
    drawn = torch.tensor(mask(x.detach().numpy(), params))
    return torch.where(drawn, x, 0.0) / (kept if sizes.scaling == "train" else 1)


CASE = Case(
    sizes=st.builds(DropoutSizes, N=few, D=few, **settings)
    | st.builds(DropoutSizes, shape=st.lists(few, min_size=1, max_size=4).map(tuple), **settings),
    one={"N": 4, "D": 5},
    oracle=oracle,
    mistakes=12,
    # What is dropped reaches nothing.
    reaches=lambda sizes: sizes.mode == "test",
)
