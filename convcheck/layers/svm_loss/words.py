"""The words for the SVM loss in the code of other people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcheck.layers.labels import CLASSIFIER, LABELS, REDUCTION, SCORES, SETTINGS, built_in_constant, of_one_row
from convcheck.layers.words import Words, words


def measured_delta(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
    """The loss of one row of two scores that are equal."""
    return of_one_row(run, sizes, params, "delta", 1.0, [0.0, 0.0])


WORDS = Words(
    names=words(
        "svmloss hingeloss multiclasshingeloss multiclasssvmloss multiclasssvm multisvmloss svmhingeloss"
        " multimarginloss linearsvmloss"
    ),
    inputs={"x": SCORES},
    settings={**SETTINGS, "delta": words("delta margin")},
    in_order=("y",),
    other_values=(LABELS,),
    elsewhere=CLASSIFIER,
    built_in=(REDUCTION, built_in_constant("delta", 1.0, measured_delta)),
    example="svm_loss(x, y), which returns (loss, dx)",
    hints={"shapes": "x is (N, C), y (N,): the right class of each row as an integer"},
)
