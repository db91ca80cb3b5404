"""The words for a step of a vanilla recurrent network in the code of other people."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from convcheck.layers.affine.words import INPUTS as OF_AFFINE
from convcheck.layers.affine.words import SIZES as OF_ROWS
from convcheck.layers.words import Form, Words, WordTable, X, words
from convcheck.spec.sizes import Sizes

Meaning = Callable[[str, Collection[str], bool], str | None]

STATE = words(
    "prevh hprev h hidden hiddenstate prevhidden hiddenprev prevstate stateprev hin ht1 htm1 hlast lasth hold htprev"
    " prevht hprevt hprevious prevhiddenstate oldh hiddenold previoush previoushidden hs state"
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
# Of two biases each would have the gradient of the one.
TWO_BIASES = dict.fromkeys(
    words("bih biasih bi2h biasi2h"),
    "it adds two biases, of which there is one here: hand b to the first and zeros to the second in an adapter, "
    "convcheck init --impl FILE.py",
)
SIZES: WordTable = {
    "N": OF_ROWS["N"],
    "D": words("d inputsize inputdim indim ninput ninputs insize wordvecsize wordvecdim embdim embeddim din nx inputs"),
    "H": words("h hiddensize hiddendim nhidden hidden hiddenunits units outputdim dhidden nh statesize rnnsize"),
}


def of_each_gate(gate: str, word: str) -> Mapping[str, str]:
    """What code is that has the weights of this gate, or its bias, by themselves: Wf and Uf, Wxf and Whf, bf."""
    said = (
        "it has a matrix for each gate, where Wx and Wh have those of all gates side by side: join them and their "
        "gradients in an adapter, convcheck init --impl FILE.py"
    )
    names = (f"w{gate}", f"u{gate}", f"wx{gate}", f"wh{gate}", f"w{gate}x", f"w{gate}h", f"wi{gate}", f"b{gate}")
    return dict.fromkeys((*names, f"w{word}", f"weight{word}", f"b{word}", f"{word}weights", f"{word}bias"), said)


# Beside the sizes of a constructor it is a size; beside x it is a state.
CONTESTED = words("h hidden")


def meaning(state: str) -> Meaning:
    """What these words mean in code whose state is the input `state`."""
    sizes = (SIZES["D"] | SIZES["N"]) - X

    def meant(word: str, others: Collection[str], number: bool) -> str | None:
        return "H" if number or sizes & {*others} else state

    return meant


def turned_weights(rows: str, alike: Sizes) -> Form:
    """The weights as PyTorch has them, a row an output; `alike`: sizes at which both forms are looked at."""
    said = (
        f"the code keeps Wx as ({rows}, D) and Wh as ({rows}, H); in what is said they are turned, as are dWx and dWh"
    )
    return Form(said, orders={"Wx": (1, 0), "Wh": (1, 0)}, sizes=alike)


def forms(sizes: Any) -> tuple[Form, ...]:
    """Weights turned."""
    return (turned_weights("H", replace(sizes, N=2, D=4, H=3)),)


WORDS = Words(
    names=words(
        "rnnstep vanillarnnstep rnncell rnn1step rnnonestep rnnunit vanillarnncell recurrentstep recurrentcell"
        " rnnsinglestep steprnn simplernncell rnncellstep elmancell tanhrnncell basicrnncell rnntimestep"
    ),
    inputs={"x": X | words("xt"), "prev_h": STATE, **WEIGHTS},
    sizes=SIZES,
    told_from={"rnn": "state"},
    elsewhere=TWO_BIASES,
    contested=CONTESTED,
    meaning=meaning("prev_h"),
    forms=forms,
    hints={
        "shapes": "x is (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,) and dnext_h (N, H): look for a missing .T",
    },
    example="rnn_step_forward and rnn_step_backward",
)
