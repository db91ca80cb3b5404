"""Random group normalisations, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from convcheck.layers.groupnorm.layer import GroupnormSizes
from tests.layers.case import Case, few
from tests.layers.layernorm.case import eps


@st.composite
def sizes(draw) -> GroupnormSizes:
    G, k = draw(few), draw(few)
    return GroupnormSizes(N=draw(few), C=G * k, H=draw(few), W=draw(st.integers(1, 4)), G=G, eps=draw(eps))


def oracle(sizes, params, x, gamma, beta):
    import torch

    # PyTorch refuses one value a group in the whole batch, whose variance means nothing.
    assume(np.prod(x.shape) > params["G"])
    return torch.nn.functional.group_norm(x, params["G"], gamma.reshape(-1), beta.reshape(-1), sizes.eps)


CASE = Case(
    sizes=sizes(),
    one={"N": 2, "C": 6, "H": 4, "W": 5, "G": 3},
    oracle=oracle,
    mistakes=30,
    # Which channels are a group is not said.
    reaches=lambda sizes: sizes.G in (1, sizes.C) and sizes.C // sizes.G * sizes.H * sizes.W > 2,
)
