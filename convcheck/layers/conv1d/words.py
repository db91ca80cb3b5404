"""The words for a convolution of sequences in the code of other people, and the padding that it may have built in."""

from collections.abc import Collection, Mapping
from typing import Any

from convcheck.layers.conv.words import FILTERS_OR_HOW_MANY, HOW_MANY
from convcheck.layers.own_padding import own_padding
from convcheck.layers.window_words import IMAGE, NOT_VARIED, WINDOW, apart
from convcheck.layers.words import Form, Order, Words, WordTable, X, words
from convcheck.spec.sizes import Sizes

SEQUENCE: WordTable = {
    "N": IMAGE["N"],
    "C": IMAGE["C"] | words("din dimin indim inputdim features infeatures embdim embeddingdim d"),
    "W": words(
        "width inwidth inputwidth win length len inputlength inlength seqlen seqlength sequencelength inputsize lin l"
        " t tin nsteps timesteps ntimesteps insize nsamplesin signallength"
    ),
    "input_shape": IMAGE["input_shape"],
}
FILTER: WordTable = {
    "kernel": WINDOW["kernel"] | words("windowlength kernellength filterlength klen kernellen filterlen"),
    "W1": WINDOW["W1"] | words("kl fl"),
    "stride": WINDOW["stride"],
    "pad": WINDOW["pad"],
}


def meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """What a word that is used for two things means beside the other words of the signature."""
    beside = {*others}
    many = beside & (HOW_MANY | FILTERS_OR_HOW_MANY)
    sized = beside & (FILTER["kernel"] | FILTER["W1"])
    match name:
        case "f":
            return "kernel" if many else "F"
        case "k":
            # The length of a filter, and the filters themselves in conv1d(x, k, b).
            return "kernel" if many or number or beside & (SEQUENCE["C"] | words("w weight weights")) else "w"
        case "kernel":
            return "kernel" if many or number or beside & SEQUENCE["C"] else "w"
    if sized or many - {name} or number or beside & SEQUENCE["C"]:
        return "F"
    return None if name == "depth" else "w"


def derived(sizes: Any) -> Mapping[str, Any]:
    """The sides of the window, of which there is one, and the shape of one sequence."""
    return {"kernel": (sizes.W1,), "input_shape": (sizes.C, sizes.W)}


def distinct(sizes: Any) -> Sizes | None:
    """None of the axes of a filter as long as another."""
    return apart(sizes, "W1")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Sequences with their channels last, and filters as (W1, C, F), as (F, W1, C) or as they are."""
    last: Order = (0, 2, 1)
    filters: tuple[Mapping[str, Order], ...] = ({"w": (2, 1, 0)}, {"w": last}, {})
    return tuple(
        Form(
            "takes sequences as (N, W, C): what it gives for such sequences is right; they are (N, C, W) here",
            orders={"x": last, "out": last, **orders},
            use="needs an adapter",
        )
        for orders in filters
    )


WORDS = Words(
    names=words(
        "conv1d convolution1d convolutional1d convolve1d temporalconv temporalconvolution temporalconv1d timeconv"
        " timeconvolution dilatedconv1d dilatedconvolution1d stridedconv1d seqconv sequenceconv"
        " sequenceconvolution"
    ),
    inputs={
        "x": X | words("signal signals seq sequence sequences"),
        "w": words("w weight weights wt filter filters kernel kernels k"),
        "b": words("b bias biases bs"),
    },
    sizes={**SEQUENCE, "F": HOW_MANY | words("dimout outdim outputdim outfeatures")},
    settings=FILTER,
    dictionary=words("convparam convparams"),
    implied={"kernel": ("W1",)},
    derived=derived,
    neutral={"stride": 1},
    in_order=("stride", "pad"),
    fixed=NOT_VARIED,
    contested=FILTERS_OR_HOW_MANY | words("f k kernel"),
    meaning=meaning,
    in_adapters={"kernel": "W1", "input_shape": "(C, W)"},
    built_in=(own_padding({"W": "W1"}, "a sequence"),),
    distinct=distinct,
    told_from={"conv": "axes"},
    hints={
        "shapes": "compare the size of the output with W2 = (W + 2·pad - W1) // stride + 1, and look for channels and "
        "columns taken for each other",
        "empty": "a window that begins past the end is empty, and so is a crop like [pad:-pad] for pad 0",
        "cropped": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + W]",
        "index": "look at the last window, and at pad 0",
        "axes": "sequences are (N, C, W), filters (F, C, W1)",
    },
    optional={"b": 0.0},
    forms=forms,
    example="conv1d_forward and conv1d_backward",
)
