"""Random affine layers, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.affine.layer import AffineSizes
from tests.layers.case import Case, few


def sizes() -> st.SearchStrategy[AffineSizes]:
    examples = few | st.lists(few, min_size=1, max_size=4).map(tuple)
    return st.builds(AffineSizes, N=few, D=examples, M=few)


def oracle(sizes, params, x, w, b):
    import torch

    return torch.nn.functional.linear(x.flatten(1), w.T, b)


CASE = Case(sizes=sizes(), one={"N": 2, "D": (3, 5), "M": 4}, oracle=oracle, mistakes=25, exact=True)
