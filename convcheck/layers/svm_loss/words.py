"""The words for the SVM loss in the code of other people."""

from convcheck.layers.labels import REDUCTION, SCORES, SETTINGS, measured_by_one_row
from convcheck.layers.words import Words, words

WORDS = Words(
    names=words(
        "svmloss hingeloss multiclasshingeloss multiclasssvmloss multiclasssvm multisvmloss svmhingeloss"
        " multimarginloss linearsvmloss"
    ),
    inputs={"x": SCORES},
    settings={**SETTINGS, "delta": words("delta margin")},
    in_order=("y",),
    built_in=(REDUCTION, measured_by_one_row("delta", 1.0, [0.0, 0.0], lambda loss: loss)),
    example="svm_loss(x, y), which returns (loss, dx)",
    hints={"shapes": "x is (N, C), y (N,): the right class of each row as an integer"},
)
