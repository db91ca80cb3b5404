"""The words for a convolution in the code of other people, and the padding that such code may have built in."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.window_words import DILATION, GROUPS, IMAGE, KERNEL, WINDOW, apart, images_last
from convcheck.layers.words import BuiltIn, Form, Objection, Words, X, words
from convcheck.spec.sizes import Shape, Sizes

HOW_MANY = words(
    "f nbfilters outchannels outchannel outputchannels numfilters nfilters nfilter numfilter filternum"
    " filtersnum numkernels nkernels numoffilters filtercount outc cout oc outch outplanes outdepth"
    " outputdepth noutchannels numoutchannels channelsout numoutputchannels noutputchannels outmaps"
    " outfeaturemaps nout"
)
# The number of filters where another name says how large a filter is; else the filters themselves.
FILTERS_OR_HOW_MANY = words("filters filter kernels depth")
# w: the weights, or the columns of an image. f: how many filters, or how large they are. nc: the channels of the
# input, or those of the output beside nc_prev.
TWO_MEANINGS = words("w f kernel nc")


def meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """What a word that is used for two things means beside the other words of the signature."""
    beside = {*others}
    sized = beside & (WINDOW["kernel"] | WINDOW["H1"])
    counted = beside & (HOW_MANY | FILTERS_OR_HOW_MANY | IMAGE["C"] | IMAGE["input_shape"])
    match name:
        case "w":
            return "W" if beside & IMAGE["H"] else "w"
        case "f":
            many = beside & (HOW_MANY | FILTERS_OR_HOW_MANY)
            return "kernel" if many or beside >= {"nc", "ncprev"} else "F"
        case "nc":
            return "F" if "ncprev" in beside else "C"
        case "kernel":
            return "kernel" if counted or number else "w"
    if sized or counted or number:
        return "F"
    return None if name == "depth" else "w"


def window_and_image(sizes: Any) -> Mapping[str, Any]:
    """The window as a pair, and the shape of one image."""
    return {"kernel": (sizes.H1, sizes.W1), "input_shape": (sizes.C, sizes.H, sizes.W)}


def derived(sizes: Any) -> Mapping[str, Any]:
    """The window as a pair, the shape of one image, and what the sizes do not give where it is 1."""
    return {**window_and_image(sizes), "dilation": sizes.dilation, "groups": sizes.groups}


def distinct(sizes: Any) -> Sizes | None:
    """In one group, where filters have all channels."""
    if sizes.groups == 1:
        return apart(sizes, "H1", "W1")
    one: Sizes = replace(sizes, groups=1)
    return apart(one, "H1", "W1") or one


def suspected(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
    """Whether the output has another shape than that without padding, which is asked for."""
    return bool(params["pad"] == 0 and output != sizes.shapes()["out"])


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> tuple[bool, int, int] | None:
    """As `own_padding` has it, without dilation and groups."""
    return own_padding(run, replace(sizes, dilation=1, groups=1))


def own_padding(run: Callable[..., Any], sizes: Any) -> tuple[bool, int, int] | None:
    """Whether an image keeps its size, and how many rows and columns more there are than windows in a bare image."""

    def more(H1: int, W1: int) -> tuple[int, int] | None:
        small = replace(sizes, N=1, H=H1 + 4, W=W1 + 5, H1=H1, W1=W1, stride=1, pad=0)
        shapes = small.shapes()
        out = run(small, {"stride": 1, "pad": 0}, [np.ones(shapes[name]) for name in ("x", "w", "b")])
        if out is None or np.ndim(out) != 4:
            return None
        return np.shape(out)[2] - shapes["out"][2], np.shape(out)[3] - shapes["out"][3]

    found = more(sizes.H1, sizes.W1)
    if found is None:
        return None
    # One row too many is a slip, and keeps the size where a window has two rows: a window of three then tells.
    keeps = found == (sizes.H1 - 1, sizes.W1 - 1) and (found == (2, 2) or more(3, 3) == (2, 2))
    return keeps, *found


def objection(value: tuple[bool, int, int], sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this padding cannot be asked of code that pads by itself as measured; None where it is its own."""
    keeps, rows, columns = value
    pad = params["pad"]
    if (rows, columns) == (2 * pad, 2 * pad):
        return None
    even = rows == columns > 0 and rows % 2 == 0
    if pad == 0 and not keeps and not even:
        # That is no padding but a mistake, which the check is to find.
        return None
    does = ", and pads so that an image keeps its size" if keeps else f", and pads by {rows // 2}" if even else ""
    return Objection(f"has no parameter and no attribute for pad{does}: pad = {pad} cannot be asked of it")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Images with their channels last, and filters as (H1, W1, C, F) or as (F, H1, W1, C)."""
    return images_last({"w": (2, 3, 1, 0)}, sizes), images_last({"w": (0, 2, 3, 1)}, sizes)


WORDS = Words(
    names=words(
        "conv conv2d convolution convolution2d convolutional convolutional2d convolve convolve2d"
        # By a setting that they are for.
        " dilatedconv dilatedconv2d dilatedconvolution dilatedconvolution2d atrousconv atrousconv2d atrousconvolution"
        " groupconv groupconv2d groupconvolution groupedconv groupedconv2d groupedconvolution stridedconv stridedconv2d"
        " stridedconvolution paddedconv spatialconvolution convwithpadding convwithdilation convwithgroups"
    ),
    inputs={
        "x": X,
        "w": words("w weight weights wt filter filters kernel kernels"),
        "b": words("b bias biases bs"),
    },
    sizes={**IMAGE, "F": HOW_MANY},
    settings={**WINDOW, **DILATION, **GROUPS},
    dictionary=words("convparam convparams"),
    implied=KERNEL,
    derived=derived,
    neutral={"stride": 1, "dilation": 1, "groups": 1},
    rare=("dilation", "groups"),
    in_order=("stride", "pad"),
    contested=FILTERS_OR_HOW_MANY | TWO_MEANINGS,
    meaning=meaning,
    in_adapters={"kernel": "(H1, W1)", "input_shape": "(C, H, W)"},
    built_in=(BuiltIn("pad", 0, suspected, measured, objection),),
    distinct=distinct,
    hints={
        "shapes": "compare the sizes of the output with H2 = (H + 2·pad - H1) // stride + 1, W2 likewise, and look for "
        "rows and columns swapped",
        "empty": "a window that begins past the end of the image is empty, and so is a crop like [pad:-pad] for pad 0",
        "cropped": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H]",
        "two off": "two rows and two columns are off: look for a padding or a crop that is written as 1 and not as pad",
        "index": "look at the last window, at pad 0, and at rows and columns swapped",
        "axes": "images are (N, C, H, W), filters (F, C, H1, W1)",
    },
    optional={"b": 0.0},
    forms=forms,
    example="conv_forward_naive and conv_backward_naive",
)
