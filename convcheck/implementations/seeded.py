"""Code that draws random numbers, as a function: every forward begins with the same seed.

A mask that is drawn anew in every call leaves nothing to differentiate. The generators that NumPy, Python and PyTorch
have for all are seeded, and what asks NumPy for a generator of its own without a seed gets the same one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from convcheck.implementations.pair import Pair
from convcheck.implementations.tensors import loaded_torch
from convcheck.layers.layer import Array

SEED = 231


def seeded(pair: Pair) -> Pair:
    """The pair, which draws the same numbers in every forward."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        with same_numbers():
            return pair.forward(*inputs)

    def again(cache: Any, x: Array) -> tuple[Any, Any]:
        assert pair.again is not None
        with same_numbers():
            return pair.again(cache, x)

    return pair._replace(forward=forward, again=pair.again and again)


@contextmanager
def same_numbers() -> Iterator[None]:
    """Random numbers begin anew, whoever draws them."""
    random.seed(SEED)
    np.random.seed(SEED)
    if torch := loaded_torch():
        torch.manual_seed(SEED)
    of_numpy = np.random.default_rng

    def default_rng(seed: Any = None) -> np.random.Generator:
        return of_numpy(SEED if seed is None else seed)

    np.random.default_rng = default_rng
    try:
        yield
    finally:
        np.random.default_rng = of_numpy
