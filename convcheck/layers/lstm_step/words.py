"""The words for a step of an LSTM in the code of other people, and the order of its gates, which code does not say.

It is found out by a step of one number, whose four gates have four different values.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from math import exp, isfinite, tanh
from typing import Any

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

# The course's first: input, forget, output, and what is written into the cell.
ORDERS = tuple(map("".join, permutations("ifog")))
CELL = words(
    "prevc cprev c cell cellstate prevcell cellprev ct1 ctm1 clast lastc cold ctprev prevct cprevious previousc"
    " prevcellstate memory"
)
# What goes into the gates, in the order of their columns, and the cell before. No two orders come to the same.
BEFORE, CELL_BEFORE = (0.3, 1.9, -1.9, -0.4), -2.0
SAME = 1e-4


Step = Callable[[Sequence[float], float], tuple[float, float]]


def after(order: str) -> tuple[float, float]:
    """The state and the cell after the step, where the gates have this order."""
    a = dict(zip(order, BEFORE, strict=True))
    i, f, o = (1 / (1 + exp(-a[gate])) for gate in "ifo")
    c = f * CELL_BEFORE + i * tanh(a["g"])
    return o * tanh(c), c


def order_of(out: Any) -> str:
    """The order at which this comes of the step; "" where it is none, which the check is to find."""
    for order in ORDERS:
        if all(abs(a - b) <= SAME for a, b in zip(map(float, out), after(order), strict=True)):
            return order
    return ""


def measured_gates(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
    """The order of the gates; "" where it is none, None where the code fails."""
    small = replace(sizes, N=1, D=1, H=1)

    def step(b: Sequence[float], c: float) -> tuple[float, float]:
        given = {"prev_c": np.full((1, 1), c), "b": np.array(b, float)}
        inputs = [given.get(name, np.zeros(shape)) for name, shape in small.shapes().items() if name != "out"]
        out = run(small, {**params, "gates": ORDERS[0]}, inputs)
        if out is None or np.shape(out) != (1, 2) or not all(map(isfinite, np.ravel(out))):
            raise ValueError
        return float(out[0, 0]), float(out[0, 1])

    try:
        return order_of(step(BEFORE, CELL_BEFORE)) or order_by_effect(step)
    except ValueError:
        return None


def order_by_effect(step: Step) -> str:
    """The order of the gates of code that gets their formula wrong, by what each of them does; "" where it is none.

    o moves the state and not the cell, f what the cell keeps of that before, and where g is zero nothing is written.
    """
    base, of_zero = step(BEFORE, CELL_BEFORE), step(BEFORE, 0.0)
    found: dict[str, list[int]] = {"o": [], "f": [], "g": []}
    for place in range(4):
        without = [0.0 if k == place else a for k, a in enumerate(BEFORE)]
        moved, moved_of_zero = step(without, CELL_BEFORE), step(without, 0.0)
        if abs(moved[1] - base[1]) <= SAME < abs(moved[0] - base[0]):
            found["o"].append(place)
        if abs((moved[1] - moved_of_zero[1]) - (base[1] - of_zero[1])) > SAME:
            found["f"].append(place)
        if abs(moved_of_zero[1]) <= SAME < abs(of_zero[1]):
            found["g"].append(place)
    places = {gate: those[0] for gate, those in found.items() if len(those) == 1}
    if len({*places.values()}) < len(found):
        return ""
    gates = {place: gate for gate, place in places.items()}
    return "".join(gates.get(place, "i") for place in range(4))


def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this order cannot be asked of code that has `own`."""
    if own in ("", params["gates"]):
        return None
    return Objection(
        f"has no parameter for the order of its gates, which are {', '.join(own)}: gates = {params['gates']} cannot be "
        f"asked of it; a spec with gates: {own} can be",
        {"gates": own},
    )


def forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned."""
    return (turned_weights("4H", replace(sizes, N=2, D=4, H=3)),)


GATES = words("gates gateorder")
WORDS = Words(
    names=words(
        "lstmstep lstmcell lstm1step lstmonestep lstmunit lstmsinglestep steplstm lstmcellstep"
        " lstmblock lstmnode basiclstmcell"
        " lstmtimestep"
    ),
    inputs={"x": X | words("xt"), "prev_h": STATE, "prev_c": CELL, **WEIGHTS},
    sizes=SIZES,
    settings={"gates": GATES},
    told_from={"lstm": "state"},
    contested=CONTESTED,
    meaning=meaning("prev_h"),
    forms=forms,
    elsewhere={**TWO_BIASES, **of_each_gate("f", "forget")},
    built_in=(
        BuiltIn("gates", ORDERS[0], lambda output, sizes, params: True, measured_gates, objection, adopted=True),
    ),
    hints={
        "shapes": "x is (N, D), prev_h and prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,); dnext_h and dnext_c (N, H)",
    },
    example="lstm_step_forward and lstm_step_backward",
)
