"""The words for a depthwise convolution in the code of other people: those of a convolution, but for its filters."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from convcheck.layers.conv.words import FILTERS_OR_HOW_MANY, HOW_MANY, objection, own_padding, suspected
from convcheck.layers.conv.words import WORDS as CONV
from convcheck.layers.window_words import GROUPS, IMAGE, KERNEL, OF_A_WINDOW, WINDOW, images_last
from convcheck.layers.words import BuiltIn, Form, Words, words


def meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """What a word that is used for two things means beside the other words of the signature."""
    beside = {*others}
    if name == "w":
        return "W" if beside & IMAGE["H"] else "w"
    if name == "f":
        return "kernel"
    if name == "nc":
        return "C"
    if name == "kernel":
        return "kernel" if number or beside & (IMAGE["C"] | HOW_MANY | IMAGE["input_shape"]) else "w"
    return "C" if number or beside & OF_A_WINDOW else "w"


def derived(sizes: Any) -> Mapping[str, Any]:
    """The window as a pair, the shape of one image, and the groups of what is a convolution in as many as channels."""
    return {"kernel": (sizes.H1, sizes.W1), "input_shape": (sizes.C, sizes.H, sizes.W), "groups": sizes.C}


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> tuple[bool, int, int] | None:
    """As `own_padding` has it."""
    return own_padding(run, sizes)


def forms(sizes: Any) -> tuple[Form, ...]:
    """Filters as (C, H1, W1) and as (1, C, H1, W1), images with their channels last and filters as (H1, W1, C, 1)."""
    C, H1, W1 = sizes.C, sizes.H1, sizes.W1
    last = images_last({"w": (2, 3, 0, 1)}, sizes), images_last({"w": (0, 2, 3, 1)}, sizes)
    return Form(shapes={"w": (C, H1, W1)}), Form(shapes={"w": (1, C, H1, W1)}), *last


WORDS = Words(
    names=words(
        "depthwiseconv depthwiseconv2d depthwiseconvolution depthwiseconvolution2d depthwise depthwise2d"
        " depthwiseconvolutional dwconv dwconv2d dwconvolution convdw conv2ddw depthconv depthconv2d convdepthwise"
        " conv2ddepthwise depthwiseconvolve depthwiseconvolve2d channelwiseconv channelwiseconv2d"
    ),
    inputs=CONV.inputs,
    # As many channels come out as go in.
    sizes={**IMAGE, "C": IMAGE["C"] | HOW_MANY, **GROUPS},
    settings=WINDOW,
    dictionary=words("convparam convparams dwparam dwparams depthwiseparam depthwiseparams"),
    implied=KERNEL,
    derived=derived,
    neutral={"stride": 1},
    in_order=("stride", "pad"),
    fixed=dict.fromkeys(("dilation", "depthmultiplier", "channelmultiplier", "multiplier"), 1),
    contested=FILTERS_OR_HOW_MANY | words("w f kernel nc"),
    meaning=meaning,
    in_adapters={"kernel": "(H1, W1)", "input_shape": "(C, H, W)"},
    built_in=(BuiltIn("pad", 0, suspected, measured, objection),),
    hints={**CONV.hints, "axes": "images are (N, C, H, W), filters (C, 1, H1, W1)"},
    optional={"b": 0.0},
    forms=forms,
    example="depthwise_conv_forward and depthwise_conv_backward",
)
