"""The words for a step of a vanilla recurrent network in the code of other people."""

from convcheck.layers.affine.words import INPUTS as OF_AFFINE
from convcheck.layers.affine.words import SIZES as OF_ROWS
from convcheck.layers.words import Words, WordTable, X, words

STATE = words(
    "prevh hprev h hidden hiddenstate prevhidden hiddenprev prevstate stateprev hin ht1 htm1 hlast lasth hold htprev"
    " prevht hprevious previoush previoushidden hs state"
)
WEIGHTS: WordTable = {
    "Wx": words(
        "wx wxh wih weightih weightx wi win u ux weightsx wxx winput inputweights kernel wihtohh wxweights wax weightxh"
    ),
    "Wh": words(
        "wh whh weighthh weighth v wrec recurrentweights recurrentkernel weightsh whidden wr uh waa weightsrecurrent"
    ),
    "b": OF_AFFINE["b"] | words("bh bhh bx ba"),
}
SIZES: WordTable = {
    "N": OF_ROWS["N"],
    "D": words("d inputsize inputdim indim ninput ninputs insize wordvecsize wordvecdim embdim embeddim din nx inputs"),
    "H": words("h hiddensize hiddendim nhidden hidden hiddenunits units outputdim dhidden nh statesize rnnsize"),
}

WORDS = Words(
    names=words(
        "rnnstep vanillarnnstep rnncell rnn1step rnnonestep rnnunit vanillarnncell recurrentstep recurrentcell"
        " rnnsinglestep steprnn simplernncell rnncellstep elmancell tanhrnncell"
    ),
    inputs={"x": X | words("xt"), "prev_h": STATE, **WEIGHTS},
    sizes=SIZES,
    steps_of="rnn",
    hints={
        "shapes": "x is (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,) and dnext_h (N, H): look for a missing .T",
    },
    example="rnn_step_forward and rnn_step_backward",
)
