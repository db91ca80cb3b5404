"""The words for the SVM loss in the code of other people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcheck.layers.labels import (
    CLASSIFIER,
    LABELS,
    ONE_NUMBER,
    REDUCTION,
    SAME,
    SCORES,
    SETTINGS,
    built_in_constant,
    of_one_row,
)
from convcheck.layers.words import Words, words

# The score of the right class, the other being 0, where no margin is left of any delta that people use.
FAR = 1e3


def measured_delta(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
    """The loss of two scores that are equal, where it is a hinge loss: max(0, delta - x) of a right class's score x."""
    level, below, above = (of_one_row(run, sizes, params, "delta", 1.0, [right, 0.0]) for right in (0.0, -1.0, FAR))
    if level is None or below is None or above != 0 or abs(below - level - 1) > SAME:
        return None
    # A margin of nothing is no choice of one: it was forgotten.
    return level if level > 0 else None


WORDS = Words(
    names=words(
        "svmloss hingeloss multiclasshingeloss multiclasssvmloss multiclasssvm multisvmloss svmhingeloss"
        " multimarginloss linearsvmloss multiclasshinge westonwatkinsloss"
    ),
    inputs={"x": SCORES},
    settings={**SETTINGS, "delta": words("delta margin")},
    in_order=("y",),
    other_values=(LABELS,),
    elsewhere=CLASSIFIER,
    built_in=(REDUCTION, built_in_constant("delta", 1.0, measured_delta)),
    example="svm_loss(x, y), which returns (loss, dx)",
    hints={"one number": ONE_NUMBER, "shapes": "x is (N, C), y (N,): the right class of each row as an integer"},
)
