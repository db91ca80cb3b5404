"""Random activations, and PyTorch's, for the tests of all layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from convcheck.layers.activations.table import ACTIVATIONS
from tests.layers.case import Case, few

ALPHAS = st.sampled_from([0.5, 1.0, 1.6732632423543772])
SETTINGS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "leaky_relu": {"slope": st.sampled_from([0.01, 0.2, 0.25])},
    "elu": {"alpha": ALPHAS},
    "selu": {"alpha": ALPHAS, "scale": st.sampled_from([1.0507009873554805, 2.0])},
    "softplus": {"beta": st.sampled_from([0.5, 1.0, 2.0])},
    "gelu": {"approximate": st.sampled_from(["none", "tanh"])},
    "swish": {"beta": st.sampled_from([0.5, 1.0, 1.702])},
    "hard_sigmoid": {"slope": st.sampled_from([1 / 6, 0.2])},
}


def sizes(name: str) -> st.SearchStrategy[Any]:
    made, settings = ACTIVATIONS[name].sizes, SETTINGS.get(name, {})
    by_letters = st.builds(made, N=few, C=few, H=few, W=few, **settings)
    return by_letters | st.builds(made, shape=st.lists(few, min_size=1, max_size=5).map(tuple), **settings)


def _functions() -> dict[str, Callable[..., Any]]:
    import torch
    from torch.nn import functional

    return {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "leaky_relu": lambda x, slope: functional.leaky_relu(x, slope, inplace=False),
        "elu": lambda x, alpha: functional.elu(x, alpha, inplace=False),
        "selu": lambda x, alpha, scale: scale * functional.elu(x, alpha),
        "softplus": lambda x, beta: functional.softplus(x, beta, threshold=100),
        "gelu": lambda x, approximate: functional.gelu(x, approximate=approximate),
        "swish": lambda x, beta: functional.silu(beta * x) / beta,
        "hard_sigmoid": lambda x, slope: torch.clamp(slope * x + 0.5, 0, 1),
        "hard_swish": functional.hardswish,
    }


def oracle(name: str) -> Callable[..., Any]:
    return lambda sizes, params, x: _functions()[name](x, **(params or {}))


CASES = {
    name: Case(
        sizes=sizes(name),
        one={"N": 2, "C": 3, "H": 4, "W": 5},
        oracle=oracle(name),
        takes_complex=name != "gelu",
        mistakes=11,
    )
    for name in ACTIVATIONS
}
