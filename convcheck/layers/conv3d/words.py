"""The words for a convolution of volumes in the code of other people, and the padding that it may have built in."""

from collections.abc import Collection, Mapping
from typing import Any

from convcheck.layers.conv.words import FILTERS_OR_HOW_MANY, HOW_MANY, TWO_MEANINGS
from convcheck.layers.conv.words import meaning as meaning_beside_images
from convcheck.layers.own_padding import own_padding
from convcheck.layers.window_words import IMAGE, NOT_VARIED, WINDOW, apart
from convcheck.layers.words import Form, Order, Words, WordTable, X, words
from convcheck.spec.sizes import Sizes

# The frames of a volume, where it is one of rows as well; channels and filters elsewhere.
DEPTHS = words("depth d indepth inputdepth din")
VOLUME: WordTable = {
    **{name: IMAGE[name] for name in ("N", "H", "W", "input_shape")},
    "C": IMAGE["C"] - DEPTHS,
    "T": DEPTHS
    | words("t frames numframes nframes inputframes inframes tin timesteps nslices slices volumedepth imagedepth"),
}
FILTER: WordTable = {
    **WINDOW,
    "T1": words(
        "t1 kt kd ft fd d1 dd tt kerneldepth kerneld depthkernel filterdepth filterd kernelt kernelframes kerneltime"
        " temporalkernelsize filterframes"
    ),
}


def meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """What a word that is used for two things means beside the other words of the signature."""
    if name in DEPTHS:
        return "T"
    return meaning_beside_images(name, others, number)


def derived(sizes: Any) -> Mapping[str, Any]:
    """The sides of the window, and the shape of one volume."""
    return {"kernel": (sizes.T1, sizes.H1, sizes.W1), "input_shape": (sizes.C, sizes.T, sizes.H, sizes.W)}


def distinct(sizes: Any) -> Sizes | None:
    """None of the axes of a filter as long as another."""
    return apart(sizes, "T1", "H1", "W1")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Volumes with their channels last, and filters as (T1, H1, W1, C, F), as (F, T1, H1, W1, C) or as they are."""
    last: Order = (0, 2, 3, 4, 1)
    filters: tuple[Mapping[str, Order], ...] = ({"w": (2, 3, 4, 1, 0)}, {"w": last}, {})
    return tuple(
        Form(
            "takes volumes as (N, T, H, W, C): what it gives for such volumes is right; they are (N, C, T, H, W) here",
            orders={"x": last, "out": last, **orders},
            use="needs an adapter",
        )
        for orders in filters
    )


WORDS = Words(
    names=words(
        "conv3d convolution3d convolutional3d convolve3d volumetricconv volumetricconvolution volumeconv"
        " spatiotemporalconv spatiotemporalconvolution"
    ),
    inputs={
        "x": X | words("volume volumes video videos clip clips vol"),
        "w": words("w weight weights wt filter filters kernel kernels"),
        "b": words("b bias biases bs"),
    },
    sizes={**VOLUME, "F": HOW_MANY - DEPTHS},
    settings=FILTER,
    dictionary=words("convparam convparams"),
    implied={"kernel": ("T1", "H1", "W1")},
    derived=derived,
    neutral={"stride": 1},
    in_order=("stride", "pad"),
    fixed=NOT_VARIED,
    contested=FILTERS_OR_HOW_MANY | TWO_MEANINGS | DEPTHS,
    meaning=meaning,
    in_adapters={"kernel": "(T1, H1, W1)", "input_shape": "(C, T, H, W)"},
    built_in=(own_padding({"T": "T1", "H": "H1", "W": "W1"}, "a volume"),),
    distinct=distinct,
    told_from={"conv": "axes"},
    hints={
        "shapes": "compare the sizes of the output with T2 = (T + 2·pad - T1) // stride + 1, H2 and W2 likewise, and "
        "look for frames, rows and columns taken for each other",
        "empty": "a window that begins past the end is empty, and so is a crop like [pad:-pad] for pad 0",
        "cropped": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H]",
        "index": "look at the last window, at pad 0, and at frames, rows and columns taken for each other",
        "axes": "volumes are (N, C, T, H, W), filters (F, C, T1, H1, W1)",
    },
    optional={"b": 0.0},
    forms=forms,
    example="conv3d_forward and conv3d_backward",
)
