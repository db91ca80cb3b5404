"""The words for a vanilla recurrent network in the code of other people."""

from convcheck.layers.rnn_step.words import SIZES, WEIGHTS
from convcheck.layers.temporal_affine.words import STEPS
from convcheck.layers.words import Words, X, words

FIRST_STATE = words("h0 h hinit inith initialh initialstate initialhidden hidden hiddenstate h00 hx state hfirst h0s")
SEQUENCE = X | words("xs xseq sequence seq hs")

WORDS = Words(
    names=words("rnn vanillarnn timernn rnnlayer simplernn recurrent elmanrnn rnntanh recurrentlayer timernnlayer"),
    inputs={"x": SEQUENCE, "h0": FIRST_STATE, **WEIGHTS},
    sizes={**SIZES, "T": STEPS},
    # Else it forgets the state that it is handed.
    fixed={"stateful": True, "returnsequences": True, "batchfirst": True},
    hints={
        "shapes": "x is (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,); h and dh are (N, T, H)",
        "axes": "x is (N, T, D): step t of all sequences is x[:, t]",
    },
    optional={"h0": 0.0},
    example="rnn_forward and rnn_backward",
)
