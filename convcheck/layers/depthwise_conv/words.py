"""The words for a depthwise convolution in the code of other people: those of a convolution, but for its filters."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from convcheck.layers.conv.words import FILTERS_OR_HOW_MANY, HOW_MANY, objection, own_padding, suspected
from convcheck.layers.conv.words import WORDS as CONV
from convcheck.layers.window_words import GROUPS, IMAGE, KERNEL, OF_A_WINDOW, WINDOW, images_last
from convcheck.layers.words import BuiltIn, Form, Words, words
from convcheck.spec.sizes import Sizes


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


def distinct(sizes: Any) -> Sizes | None:
    """C, H1 and W1 all different, and none of them 1."""
    axes = (1, sizes.C, sizes.H1, sizes.W1)
    if len({*axes}) == len(axes):
        return None
    apart: Sizes = replace(sizes, C=5, H1=2, W1=3, H=max(sizes.H, 4), W=max(sizes.W, 4))
    return apart


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> tuple[bool, int, int] | None:
    """As `own_padding` has it."""
    return own_padding(run, sizes)


def forms(sizes: Any) -> tuple[Form, ...]:
    """A filter for each channel, (C, H1, W1); images with their channels last, and such filters."""
    alone = Form(shapes={"w": (sizes.C, sizes.H1, sizes.W1)})
    return alone, *(images_last({"w": order}, sizes) for order in ((2, 3, 0, 1), (0, 2, 3, 1)))


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
    distinct=distinct,
    hints={**CONV.hints, "axes": "images are (N, C, H, W), filters (C, 1, H1, W1)"},
    optional={"b": 0.0},
    # Filters as (H1, W1, C, 1), and as (C, H1, W1, 1).
    forms=forms,
    example="depthwise_conv_forward and depthwise_conv_backward",
)
