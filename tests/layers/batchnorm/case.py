"""Random batchnorms, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from convcheck.layers.batchnorm.layer import BatchnormSizes
from tests.layers.case import Case

modes = {"mode": st.sampled_from(["train", "test"]), "eps": st.sampled_from([1e-5, 1e-3, 1e-8, 1.0])}


def oracle(sizes, params, x, gamma, beta):
    import torch

    # PyTorch refuses a batch of one value a channel, whose variance means nothing.
    assume(np.prod(x.shape) > np.prod(gamma.shape))
    mean, var = torch.tensor(params["running_mean"]), torch.tensor(params["running_var"])
    training = sizes.mode == "train"
    return torch.nn.functional.batch_norm(x, mean, var, gamma, beta, training=training, eps=sizes.eps)


def reaches(sizes):
    shapes = sizes.shapes()
    return np.prod(shapes["x"]) // np.prod(shapes["gamma"]) > 2


CASE = Case(
    sizes=st.builds(BatchnormSizes, N=st.integers(1, 9), D=st.integers(1, 4), **modes),
    one={"N": 6, "D": 3},
    oracle=oracle,
    mistakes=30,
    reaches=reaches,
)
