"""The words for a step of a GRU in the code of other people, and what its gates are, which code does not say.

The order of the gates, what z is the share of and where r stands are found out together, by a step of two numbers,
each of which goes into the gates of the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations, product
from math import exp, isfinite, tanh
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.rnn_step.words import (
    CONTESTED,
    SIZES,
    STATE,
    TWO_BIASES,
    WEIGHTS,
    meaning,
    of_each_gate,
    turned_weights,
)
from convcheck.layers.words import BuiltIn, Form, Objection, Words, X, words

ORDERS = tuple(map("".join, permutations("zrn")))
Z_IS = ("new", "old")
BEFORE, AFTER = RESET = ("before", "after")
# What goes into the gates beside the state, by what the state is multiplied, and the states before.
B, W, STATES = (0.9, -0.6, 0.3), (0.7, -1.3, 1.9), (1.2, -0.8)
SAME = 1e-4


class Kind(NamedTuple):
    """A kind of GRU."""

    gates: str
    z_is: str
    reset: str


KINDS = tuple(Kind(*kind) for kind in product(ORDERS, Z_IS, RESET))


WORDS_OF: Mapping[str, Callable[[str], str]] = {
    "gates": lambda own: f"the order of its gates, which are {', '.join(own)}",
    "z_is": lambda own: f"what z is the share of, which is the {own} state",
    "reset": lambda own: f"where r stands, which is {own} the product of the state and Wh",
}


# How the share of the new state, the old one and the new one make the state after; what is wrong comes after what is
# right, and tells the kind no less.
Mixed = Callable[[float, float, float], float]
MIXED: tuple[Mixed, ...] = (
    lambda share, old, new: (1 - share) * old + share * new,
    lambda share, old, new: old + share * new,
    lambda share, old, new: (1 - share) * old + new,
    lambda share, old, new: share * new,
    lambda share, old, new: share * (old + new),
    lambda share, old, new: (1 - share) * old - share * new,
)


def after_two(kind: Kind, states: tuple[float, float], mixed: Mixed = MIXED[0]) -> tuple[float, float]:
    """The two numbers of the state after the step, where each goes into the other's gates."""
    first, second = states
    b, w = (dict(zip(kind.gates, values, strict=True)) for values in (B, W))

    def gate(name: str, of: float) -> float:
        return 1 / (1 + exp(-b[name] - w[name] * of))

    # Wh is w beside the diagonal and zero on it: the first number goes into the second, and the other way round.
    r = gate("r", second), gate("r", first)
    z = gate("z", second), gate("z", first)
    if kind.reset == BEFORE:
        n = tanh(b["n"] + r[1] * second * w["n"]), tanh(b["n"] + r[0] * first * w["n"])
    else:
        n = tanh(b["n"] + r[0] * second * w["n"]), tanh(b["n"] + r[1] * first * w["n"])
    shares = z if kind.z_is == "new" else (1 - z[0], 1 - z[1])
    one, two = (mixed(*each) for each in zip(shares, states, n, strict=True))
    return one, two


def measured_kind(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> Kind | None:
    """Which GRU the code is, None where it fails or is none."""
    small = replace(sizes, N=1, D=1, H=2)
    Wh = np.zeros((2, 6))
    for place, w in enumerate(W):
        Wh[0, 2 * place + 1] = Wh[1, 2 * place] = w
    is_turned = small.shapes()["Wh"] != Wh.shape
    given = {"b": np.repeat(B, 2), "Wh": Wh.T if is_turned else Wh, "prev_h": np.array([STATES])}
    inputs = [given.get(name, np.zeros(shape)) for name, shape in small.shapes().items() if name != "out"]
    out = run(small, {**params, "gates": ORDERS[0], "z_is": Z_IS[0], "reset": RESET[0]}, inputs)
    if out is None or np.shape(out) != (1, 2) or not all(map(isfinite, np.ravel(out))):
        return None
    seen = [float(value) for value in np.ravel(out)]
    for mixed in MIXED:
        those = ((kind, after_two(kind, STATES, mixed)) for kind in KINDS)
        alike = [kind for kind, of in those if all(abs(a - b) <= SAME for a, b in zip(seen, of, strict=True))]
        if alike:
            # Where a wrong state is that of several kinds none is told.
            return alike[0] if len(alike) == 1 or mixed is MIXED[0] else None
    return None


def built_in(key: str, usual: str) -> BuiltIn:
    """What code does that has no word for this setting."""

    def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str:
        kind = measured_kind(run, sizes, params)
        return "" if kind is None else str(getattr(kind, key))

    def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        if own in ("", params[key]):
            return None
        return Objection(
            f"has no parameter for {WORDS_OF[key](own)}: {key} = {params[key]} cannot be asked of it; "
            f"a spec with {key}: {own} can be",
            {key: own},
        )

    return BuiltIn(key, usual, lambda output, sizes, params: True, measured, objection, adopted=True)


def forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned."""
    return (turned_weights("3H", replace(sizes, N=2, D=4, H=3)),)


WORDS = Words(
    names=words(
        "grustep grucell gru1step gruonestep gruunit grusinglestep stepgru grucellstep grublock grunode basicgrucell"
        " grutimestep gatedrecurrentunitcell"
    ),
    inputs={"x": X | words("xt"), "prev_h": STATE, **WEIGHTS},
    sizes=SIZES,
    told_from={"gru": "state"},
    contested=CONTESTED,
    meaning=meaning("prev_h"),
    forms=forms,
    elsewhere={**TWO_BIASES, **of_each_gate("z", "update")},
    settings={"gates": words("gates gateorder"), "z_is": words("zis"), "reset": words("reset")},
    built_in=(built_in("gates", ORDERS[0]), built_in("z_is", Z_IS[0]), built_in("reset", RESET[0])),
    hints={"shapes": "x is (N, D), prev_h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,) and dnext_h (N, H)"},
    example="gru_step_forward and gru_step_backward",
)
