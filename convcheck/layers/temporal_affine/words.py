"""The words for a temporal affine layer in the code of other people: those of the affine layer, and steps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from convcheck.layers.affine.words import INPUTS, SIZES
from convcheck.layers.words import OtherOrder, Words, words
from convcheck.spec.sizes import Sizes

STEPS = words("t timesize seqlen seqlength sequencelength maxlen steps timesteps nsteps numsteps ntimesteps")


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features a step has, and the shape of the weights."""
    return {"features": sizes.D, "input_shape": (sizes.T, sizes.D), "weight_shape": (sizes.D, sizes.M)}


def alike(sizes: Any) -> Sizes:
    """As many outputs as features, and two sequences of one step."""
    small: Sizes = replace(sizes, N=2, T=1, D=3, M=3)
    return small


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
    other_orders=(OtherOrder("w", (1, 0), alike, "the code keeps w as (M, D); w and dw are (D, M) in what is said"),),
    optional={"b": 0.0},
    example="temporal_affine_forward and temporal_affine_backward",
)
