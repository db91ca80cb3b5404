"""The words for dropout in the code of other people, and what p and the scaling are in code that does not say it.

*p* is what is kept in half of all code, and what is dropped in the other half. Entries are scaled in train mode or in
test mode. Both are found out by what comes of many ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convcheck.layers.words import BuiltIn, Form, Objection, Words, X, words

KEPT, DROPPED = P_IS = ("kept", "dropped")
TRAIN, TEST = SCALING = ("train", "test")
# p is neither its own other half nor near to it there, and so many entries tell the two apart beyond doubt.
P, MANY, NEAR = 0.75, 2**14, 0.05
SAME = 1e-5
# Where nothing is scaled, p is seen in how many entries are kept alone, and taken for a number that people write.
STEP = 0.05


def many(axes: int) -> tuple[int, ...]:
    """A shape of so many axes with many entries, the first four of different lengths, and 1 beyond."""
    long = min(axes, 4)
    side = round(MANY ** (1 / long)) - long // 2
    return tuple(side + axis for axis in range(long)) + (1,) * (axes - long)


def kept_share(params: Mapping[str, Any]) -> float:
    """The share of the entries that is kept."""
    return float(params["p"] if params["p_is"] == KEPT else 1 - params["p"])


def _of_ones(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any], mode: str) -> np.ndarray[Any, Any] | None:
    """What comes of many ones."""
    large = replace(sizes, N=None, D=None, shape=many(len(sizes.shapes()["x"])), mode=mode)
    asked = {**params, "mode": mode, "p": P, "p_is": KEPT, "scaling": TRAIN}
    out = run(large, asked, [np.ones(large.shapes()["x"])])
    return None if out is None else np.asarray(out, np.float64)


def measured_p(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
    """The share that is kept by code that is not told p."""
    out = _of_ones(run, sizes, params, "train")
    if out is None or not out.any():
        return None
    share, factor = float((out != 0).mean()), float(out.max())
    tested = _of_ones(run, sizes, params, "test")
    in_test = 0.0 if tested is None else float(tested.max())
    # What it scales by tells the share to the last digit.
    exact = [k for k in (1 / factor, in_test) if abs(k - share) < NEAR and k < 1]
    return round(exact[0] if exact else STEP * round(share / STEP), 6)


def objection_to_p(own: float, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why p cannot be asked of code that keeps the share `own` by itself."""
    if abs(own - kept_share(params)) < SAME or not 0 < own < 1:
        return None
    p = own if params["p_is"] == KEPT else round(1 - own, 6)
    said = f"keeps {own:.4g} of the entries by itself: p = {params['p']:g} cannot be asked of it"
    return Objection(f"{said}; a spec with p: {p:g} can be", {"p": p})


def measured_share(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
    """What p is the share of; "" where it is none of either, which the check is to find."""
    out = _of_ones(run, sizes, params, "train")
    if out is None:
        return None
    share = float((out != 0).mean())
    return next((what for what, right in ((KEPT, P), (DROPPED, 1 - P)) if abs(share - right) < NEAR), "")


def measured_scaling(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
    """The mode in which entries are scaled; "" where it is neither, or both."""
    out = _of_ones(run, sizes, params, "train")
    if out is None or not out.any():
        return None
    factor, share = float(out.max()), float((out != 0).mean())
    if abs(factor - 1) > SAME or share == 1:
        return TRAIN
    tested = _of_ones(run, sizes, params, "test")
    if tested is None or abs(float(tested.max()) - 1) <= SAME:
        return "" if tested is not None else TEST
    return TEST


def _other(
    key: str, usual: str, sentence: Callable[[str], str]
) -> Callable[[str, Any, Mapping[str, Any]], Objection | None]:
    def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        # What does neither is held to what is usual: then a mistake is looked for in one place alone.
        held = own or usual
        if held == params[key]:
            return None
        does = sentence(own) if own else f"has no parameter for {key}"
        return Objection(
            f"{does}: {key} = {params[key]} cannot be asked of it; a spec with {key}: {held} can be", {key: held}
        )

    return objection


def rows_alone(sizes: Any) -> tuple[Form, ...]:
    """Of code for rows and columns no images can be asked."""
    x = sizes.shapes()["x"]
    if len(x) < 3:
        return ()
    flat = (x[0], prod(x[1:]))
    said = "takes an x of two axes; one of more cannot be asked of it"
    return (Form(said, {"x": flat, "out": flat}, use="declined"),)


WORDS = Words(
    names=words("dropout inverteddropout dropoutlayer invdropout dropout1d dropoutregularization standarddropout"),
    inputs={"x": X},
    settings={
        "p": words(
            "p prob probability rate dropoutrate droprate dropprob dropoutprob dropoutratio ratio keepprob keeprate"
            " keepprobability pkeep pdrop dropout keep retainprob"
        ),
        "mode": words("mode phase"),
        "seed": words("seed randomseed"),
        "p_is": words("pis"),
        "scaling": words("scaling"),
    },
    dictionary=words("dropoutparam dropoutparams dropoutconfig"),
    neutral={"mode": "train"},
    in_order=("p",),
    in_adapters={"training": 'mode == "train"', "testing": 'mode == "test"'},
    built_in=(
        BuiltIn("p", P, lambda output, sizes, params: True, measured_p, objection_to_p, adopted=True),
        BuiltIn(
            "p_is",
            KEPT,
            lambda output, sizes, params: True,
            measured_share,
            _other("p_is", KEPT, lambda own: f"takes p for the share that is {own}"),
            adopted=True,
            even_if_accepted=True,
        ),
        BuiltIn(
            "scaling",
            TRAIN,
            lambda output, sizes, params: True,
            measured_scaling,
            _other("scaling", TRAIN, lambda own: f"scales the entries in {own} mode"),
            adopted=True,
            even_if_accepted=True,
        ),
    ),
    forms=rows_alone,
    hints={"shapes": "the mask has x's shape: np.random.rand(*x.shape)"},
)
