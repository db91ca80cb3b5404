"""The words for the softmax loss in the code of other people."""

from math import exp

from convcheck.layers.labels import REDUCTION, SCORES, SETTINGS, measured_by_one_row
from convcheck.layers.words import Words, words

# The probability of the right class is e^-600 here, and the loss -log(p + eps).
EPS = measured_by_one_row("eps", 0.0, [-600.0, 0.0], lambda loss: exp(-loss))

WORDS = Words(
    names=words(
        "softmaxloss softmaxwithloss softmaxwithcrossentropy softmaxwithcrossentropyloss softmaxcrossentropy"
        " softmaxcrossentropyloss softmaxcrossentropywithlogits crossentropywithlogits crossentropyfromlogits"
        " crossentropylosswithlogits softmaxentropyloss softmaxce softmaxceloss softmaxlossfunction"
    ),
    inputs={"x": SCORES},
    settings={**SETTINGS, "eps": words("eps epsilon")},
    in_order=("y",),
    built_in=(REDUCTION, EPS),
    example="softmax_loss(x, y), which returns (loss, dx)",
    hints={
        "shapes": "x is (N, C), y (N,): the right class of each row as an integer",
        "overflow": "take the largest score of each row away from it before exp: the loss is the same",
    },
)
