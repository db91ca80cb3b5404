"""The words for a temporal affine layer in the code of other people: those of the affine layer, and steps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from convcheck.layers.affine.words import INPUTS, SIZES, turned
from convcheck.layers.words import Form, Words, words

STEPS = words("t timesize seqlen seqlength sequencelength maxlen steps timesteps nsteps numsteps ntimesteps")


def with_steps_first(form: Form, sizes: Any) -> Form:
    """The same of code that takes its arrays as (T, N, D)."""
    axes = {name: (1, 0, 2) for name, shape in sizes.shapes().items() if len(shape) == 3}
    said = "the code takes its arrays as (T, N, D); they and their gradients are (N, T, D) in what is said"
    return form._replace(sentence="; ".join(filter(None, (said, form.sentence))), orders={**form.orders, **axes})


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features a step has, and the shape of the weights."""
    return {"features": sizes.D, "input_shape": (sizes.T, sizes.D), "weight_shape": (sizes.D, sizes.M)}


def forms(sizes: Any) -> tuple[Form, ...]:
    """w as (M, D), which shows where there are as many outputs as features, and two sequences of one step."""
    return (turned(replace(sizes, N=2, T=1, D=3, M=3)),)


WORDS = Words(
    names=words(
        "temporalaffine timeaffine temporalfc timefc temporallinear timelinear temporaldense timedense"
        " temporalfullyconnected timedistributeddense timedistributed timedistributedaffine sequenceaffine rnnaffine"
        " temporalaffinelayer timeaffinelayer affinetemporal"
    ),
    inputs=INPUTS,
    sizes={**SIZES, "T": STEPS},
    derived=derived,
    in_adapters={"features": "w.shape[0]", "M": "w.shape[1]"},
    hints={
        "shapes": "x is (N, T, D), w (D, M), b (M,) and dout (N, T, M): reshape to N·T rows before the matrix products",
        "axes": "x is (N, T, D): rows are x.reshape(N * T, D)",
    },
    forms=forms,
    optional={"b": 0.0},
    example="temporal_affine_forward and temporal_affine_backward",
)
