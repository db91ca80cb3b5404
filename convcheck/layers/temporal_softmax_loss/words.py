"""The words for the temporal softmax loss in the code of other people, and what their code does that has no word.

By what the loss is divided, and how a place is told that does not count, is found out by the loss of two places and
of each alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import exp, isfinite, log
from typing import Any

import numpy as np

from convcheck.layers.labels import SCORES, SETTINGS
from convcheck.layers.words import BuiltIn, Objection, Words, words

SEQUENCES, OF_WORDS, SUM = REDUCTIONS = ("sequences", "words", "sum")
BY_MASK, NONE, BY_LABEL = IGNORED = ("mask", "none", "label")
# The label of a place that does not count, where labels say it.
NO_WORD = -1
# How far rounding may move the ratio of two losses.
SAME = 1e-6
# Scores of a place, the loss where the first word is the right one, and how far an eps beside a probability moves it.
PLACE = (-0.5, 0.25, 1.0)
FIRST = log(sum(exp(score - PLACE[0]) for score in PLACE))
NEAR = 0.02

Run = Callable[..., Any]


def _loss(run: Run, sizes: Any, params: Mapping[str, Any], y: list[list[int]], mask: Any = None) -> float | None:
    """The loss of places that are all alike, with these labels; None where the code has none."""
    labels = np.array(y)
    small = replace(sizes, N=len(labels), T=labels.shape[1], V=3)
    asked = {**params, "reduction": SEQUENCES, "ignored": NONE if mask is None else BY_MASK, "y": labels}
    asked["mask"] = np.ones(labels.shape, bool) if mask is None else np.array(mask)
    out = run(small, asked, [np.tile(PLACE, (*labels.shape, 1))])
    return None if out is None or np.shape(out) != () or not isfinite(float(out)) else float(out)


def _is(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * abs(other)


def measured_reduction(run: Run, sizes: Any, params: Mapping[str, Any]) -> str | None:
    """What the loss is divided by; "" where it is none of the three, which the check is to find."""
    one, other, sequences, steps = (_loss(run, sizes, params, y) for y in ([[0]], [[1]], [[0], [1]], [[0, 1]]))
    if one is None or other is None or sequences is None or steps is None:
        return None
    if abs(abs(one) - FIRST) > NEAR:
        return ""
    masked = _loss(run, sizes, params, [[0, 1]], [[True, False]])
    both = one + other
    ratios = {SEQUENCES: (both / 2, both), OF_WORDS: (both / 2, both / 2), SUM: (both, both)}
    found = next((n for n, (s, t) in ratios.items() if _is(sequences, s) and _is(steps, t)), "")
    # Divided by N·T, whatever the mask is.
    return "" if found == OF_WORDS and masked is not None and not _is(masked, one) else found


def measured_ignored(run: Run, sizes: Any, params: Mapping[str, Any]) -> str | None:
    """Whether a label of -1 takes a place out of the loss."""
    one, both = _loss(run, sizes, params, [[0]]), _loss(run, sizes, params, [[0, NO_WORD]])
    return BY_LABEL if one is not None and both is not None and _is(both, one) else NONE


def _reduced(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    if own in ("", params["reduction"]):
        return None
    does = {SEQUENCES: "divides by the number of sequences", OF_WORDS: "takes the mean over the words that count"}
    return Objection(
        f"has no parameter for reduction, and {does.get(own, 'adds up the words')}: "
        f"reduction = {params['reduction']} cannot be asked of it; a spec with reduction: {own} can be",
        {"reduction": own},
    )


def _told(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    if own == params["ignored"]:
        return None
    does = {BY_LABEL: f"leaves out places whose label is {NO_WORD}", BY_MASK: "is told by a mask"}
    return Objection(
        f"has no parameter for a mask, and {does.get(own, 'takes every place')}: "
        f"ignored = {params['ignored']} cannot be asked of it; a spec with ignored: {own} can be",
        {"ignored": own},
    )


WORDS = Words(
    names=words(
        "temporalsoftmaxloss timesoftmaxwithloss temporalsoftmax timesoftmaxloss temporalsoftmaxwithloss"
        " timesoftmaxcrossentropy temporalsoftmaxcrossentropy temporalcrossentropy temporalcrossentropyloss"
        " temporalloss sequencesoftmaxloss sequencecrossentropy maskedsoftmaxloss maskedcrossentropy"
        " maskedcrossentropyloss temporalsoftmaxlossfunction captionloss captioningloss rnnsoftmaxloss"
        " temporalceloss temporalsoftmaxceloss"
    ),
    inputs={"x": SCORES | words("xs scoresin vocabscores hs")},
    settings={
        "y": SETTINGS["y"] | words("ts captions captionsout words targetwords targetids yout"),
        "mask": words("mask masks ymask notnull valid weights targetmask padmask lossmask"),
        "reduction": words("reduction"),
        "ignored": words("ignored"),
    },
    in_order=("y", "mask"),
    implied={"mask": ("ignored",)},
    fixed={"verbose": False},
    built_in=(
        BuiltIn("reduction", SEQUENCES, lambda output, sizes, params: True, measured_reduction, _reduced, adopted=True),
        BuiltIn("ignored", NONE, lambda output, sizes, params: True, measured_ignored, _told, adopted=True),
    ),
    example="temporal_softmax_loss(x, y, mask), which returns (loss, dx)",
    hints={
        "shapes": "x is (N, T, V), y and mask (N, T): reshape to N·T rows before the softmax, and dx back",
        "overflow": "log p is x - max - np.log(np.sum(np.exp(x - max), axis=2, keepdims=True)), where max is the"
        " largest score of each step: neither exp nor log overflows then",
        "axes": "x is (N, T, V): the softmax is over the last axis",
    },
)
