"""The words for a normalisation by the root mean square in the code of other people: those for a layernorm."""

from collections.abc import Sequence
from typing import Any

from convcheck.layers.batchnorm.built_in_eps import Balanced, eps_built_in
from convcheck.layers.layernorm import words as layernorm
from convcheck.layers.words import Words, words


def _balanced_rows(sizes: Any) -> Sequence[Balanced]:
    return [row._replace(others=row.others[:1]) for row in layernorm.balanced_rows(sizes)]


WORDS = Words(
    names=words(
        "rmsnorm rmsnormalization rmsnormalisation rms rmslayernorm rootmeansquarenorm rootmeansquarelayernorm"
        " llamarmsnorm t5layernorm rmsnormlayer rmsnormalize rmslayernormalization mistralrmsnorm"
    ),
    inputs={name: layernorm.WORDS.inputs[name] for name in ("x", "gamma")},
    sizes=layernorm.WORDS.sizes,
    settings=layernorm.EPS_WORDS,
    dictionary=words("rmsparam rmsparams normparam"),
    derived=layernorm.derived,
    fixed=layernorm.FIXED,
    in_adapters=layernorm.WORDS.in_adapters,
    built_in=(eps_built_in(_balanced_rows, layernorm.values_of_a_row, "row"),),
    forms=layernorm.forms,
    hints={
        "shapes": "the mean of squares is of the rows of x, over its last axis: keepdims=True has it beside x; "
        "gamma is (D,)",
        "axes": "x is (N, D), or has more axes of which D is the last; gamma is (D,)",
    },
)
