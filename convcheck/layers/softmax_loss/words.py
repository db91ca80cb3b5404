"""The words for the softmax loss in the code of other people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, log
from typing import Any

from convcheck.layers.labels import (
    CLASSIFIER,
    LABELS,
    ONE_NUMBER,
    REDUCTION,
    SCORES,
    SETTINGS,
    built_in_constant,
    of_one_row,
)
from convcheck.layers.words import Words, words

# The score of the right class where its probability is nothing beside any eps, e^-600.
LEAST = -600.0
# So many times an eps, a probability still shows whether that is added to it, or what it is kept from falling below.
ABOVE = 1e3


def measured_eps(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
    """What is added to the probability inside the logarithm; none where that is kept from falling below it."""
    at_least = of_one_row(run, sizes, params, "eps", 0.0, [LEAST, 0.0])
    if at_least is None:
        return None
    eps = exp(-at_least)
    if not exp(LEAST / 2) < eps < 1:
        return 0.0
    above = of_one_row(run, sizes, params, "eps", 0.0, [log(ABOVE * eps), 0.0])
    p = ABOVE * eps / (1 + ABOVE * eps)
    return None if above is None else eps if exp(-above) - p > eps / 2 else 0.0


WORDS = Words(
    names=words(
        "softmaxloss softmaxwithloss softmaxwithcrossentropy softmaxwithcrossentropyloss softmaxcrossentropy"
        " softmaxcrossentropyloss softmaxcrossentropywithlogits crossentropywithlogits crossentropyfromlogits"
        " crossentropylosswithlogits softmaxentropyloss softmaxceloss softmaxlossfunction"
    ),
    inputs={"x": SCORES},
    settings={**SETTINGS, "eps": words("eps epsilon")},
    in_order=("y",),
    other_values=(LABELS,),
    elsewhere=CLASSIFIER,
    built_in=(REDUCTION, built_in_constant("eps", 0.0, measured_eps)),
    example="softmax_loss(x, y), which returns (loss, dx)",
    hints={
        "one number": ONE_NUMBER,
        "shapes": "x is (N, C), y (N,): the right class of each row as an integer",
        "overflow": "log p is x - max - np.log(np.sum(np.exp(x - max), axis=1, keepdims=True)), where max is the"
        " largest score of each row: neither exp nor log overflows then",
    },
)
