"""The words for a vanilla recurrent network in the code of other people."""

from dataclasses import replace
from typing import Any

from convcheck.layers.rnn_step.words import CONTESTED, SIZES, STATE, TWO_BIASES, WEIGHTS, meaning, turned_weights
from convcheck.layers.temporal_affine.words import STEPS, with_steps_first
from convcheck.layers.words import Form, Words, X, words

# It is the state before as well, that of the first step.
FIRST_STATE = (STATE - words("hs")) | words("h0 hinit inith initialh initialstate initialhidden h00 hx hfirst h0s")
SEQUENCE = X | words("xs xseq sequence seq hs")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned, and steps before sequences."""
    alike = replace(sizes, N=2, T=3, D=4, H=3)
    turned = turned_weights("H", alike)
    return (turned, *(with_steps_first(form, sizes) for form in (Form(sizes=alike), turned)))


WORDS = Words(
    names=words(
        "rnn vanillarnn timernn rnnlayer simplernn recurrent elmanrnn rnntanh recurrentlayer timernnlayer rnnsequence"
    ),
    inputs={"x": SEQUENCE, "h0": FIRST_STATE, **WEIGHTS},
    sizes={**SIZES, "T": STEPS},
    # Else it forgets the state that it is handed.
    fixed={"stateful": True, "returnsequences": True, "batchfirst": True},
    hints={
        "shapes": "x is (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,); h and dh are (N, T, H)",
        "axes": "x is (N, T, D): step t of all sequences is x[:, t]",
    },
    optional={"h0": 0.0},
    contested=CONTESTED,
    meaning=meaning("h0"),
    forms=forms,
    elsewhere=TWO_BIASES,
    example="rnn_forward and rnn_backward",
)
