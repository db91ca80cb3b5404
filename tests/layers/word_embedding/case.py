"""Random word embeddings, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from hypothesis import strategies as st

from convcheck.layers.word_embedding.layer import WordEmbeddingSizes
from tests.layers.case import Case, few


def oracle(sizes, params, W):
    import torch

    return torch.nn.functional.embedding(torch.tensor(params["x"]), W)


CASE = Case(
    sizes=st.builds(WordEmbeddingSizes, N=few, T=few, V=st.sampled_from([1, 1, 2, 4]), D=few),
    one={"N": 2, "T": 3, "V": 5, "D": 4},
    oracle=oracle,
    mistakes=14,
    exact=True,
    reaches=lambda sizes: sizes.V == 1,
)
