"""`Case`: what the tests of all layers ask of each. A layer's own is `<layer>/case.py` beside this file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

few = st.integers(1, 3)


def always(sizes: Any) -> bool:
    return True


@dataclass(frozen=True)
class Case:
    """One layer, as its tests need it.

    `sizes`: any that are possible, small. `one`: of all different lengths, so that no two axes can be confused.
    `oracle(sizes, params, *inputs)`: the output by PyTorch, whose autograd gives the gradients. `mistakes`: how many
    its catalogue has at least. `exact`: whether sums and products, or choices, are all that it does; with ties and
    zeros in the data then. `not_told_apart`: the mistakes, beside those that are equivalent, that no data of its
    suite tells from what is right, further points included. `takes_complex`: whether forward carries complex numbers,
    off its kinks. `reaches(sizes)`: whether an entry moves all outputs that it is claimed to reach; of two values x̂
    is ±1, whatever the values are.
    """

    sizes: st.SearchStrategy[Any]
    one: Mapping[str, Any]
    oracle: Callable[..., Any]
    mistakes: int = 8
    exact: bool = False
    not_told_apart: Collection[str] = frozenset()
    reaches: Callable[[Any], bool] = always
    takes_complex: bool = True
