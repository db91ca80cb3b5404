"""The words for an LSTM in the code of other people; the order of its gates is found out as that of a step is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import exp, isfinite, tanh
from typing import Any

import numpy as np

from convcheck.layers.lstm_step.words import BEFORE, GATES, ORDERS, SAME, objection
from convcheck.layers.rnn.words import FIRST_STATE, SEQUENCE
from convcheck.layers.rnn_step.words import CONTESTED, SIZES, TWO_BIASES, WEIGHTS, meaning, of_each_gate, turned_weights
from convcheck.layers.temporal_affine.words import STEPS, with_steps_first
from convcheck.layers.words import BuiltIn, Form, Words, words


def states(order: str, steps: int = 2) -> list[float]:
    """The states of an LSTM of one number that is not moved by its inputs or its state, but by b alone."""
    a = dict(zip(order, BEFORE, strict=True))
    i, f, o = (1 / (1 + exp(-a[gate])) for gate in "ifo")
    cell, found = 0.0, []
    for _ in range(steps):
        cell = f * cell + i * tanh(a["g"])
        found.append(o * tanh(cell))
    return found


def measured_gates(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
    """The order of the gates, by the states after three steps; "" where it is none, None where the code fails."""
    small = replace(sizes, N=1, T=3, D=1, H=1)
    given = {"b": np.array(BEFORE)}
    inputs: Sequence[Any] = [given.get(n, np.zeros(shape)) for n, shape in small.shapes().items() if n != "out"]
    out = run(small, {**params, "gates": ORDERS[0]}, inputs)
    if out is None or np.shape(out) != (1, 3, 1) or not all(map(isfinite, np.ravel(out))):
        return None
    seen = [float(value) for value in np.ravel(out)]
    near = (o for o in ORDERS if all(abs(a - b) <= SAME for a, b in zip(seen, states(o, 3), strict=True)))
    return next(near, "")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned, and steps before sequences."""
    alike = replace(sizes, N=2, T=3, D=4, H=3)
    turned = turned_weights("4H", alike)
    return (turned, *(with_steps_first(form, sizes) for form in (Form(sizes=alike), turned)))


WORDS = Words(
    names=words(
        "lstm timelstm lstmlayer lstmnetwork longshorttermmemory timelstmlayer lstmrnn vanillalstm lstmseq lstmsequence"
    ),
    inputs={"x": SEQUENCE, "h0": FIRST_STATE, **WEIGHTS},
    sizes={**SIZES, "T": STEPS},
    settings={"gates": GATES},
    # Else it forgets the state that it is handed.
    fixed={"stateful": True, "returnsequences": True, "batchfirst": True},
    built_in=(
        BuiltIn("gates", ORDERS[0], lambda output, sizes, params: True, measured_gates, objection, adopted=True),
    ),
    hints={
        "shapes": "x is (N, T, D), h0 (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,); h and dh are (N, T, H)",
        "axes": "x is (N, T, D): step t of all sequences is x[:, t]",
    },
    optional={"h0": 0.0},
    contested=CONTESTED,
    meaning=meaning("h0"),
    forms=forms,
    elsewhere={**TWO_BIASES, **of_each_gate("f", "forget")},
    example="lstm_forward and lstm_backward",
)
