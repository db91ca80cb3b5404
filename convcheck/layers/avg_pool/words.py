"""The words for an average-pool in the code of other people, and what such code does with padding by itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.window_words import IMAGE, KERNEL, NOT_VARIED, WINDOW, channels_last, ignored_pad, pool_meaning
from convcheck.layers.words import BuiltIn, Objection, Words, X, words
from convcheck.spec.sizes import Shape

COUNTED = words("countincludepad includepad countpad countpadding includepadding")


def derived(sizes: Any) -> Mapping[str, Any]:
    """The window as a pair, and the shape of one image."""
    return {"kernel": (sizes.H1, sizes.W1), "input_shape": (sizes.C, sizes.H, sizes.W)}


def suspected(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
    """Whether there is padding to be counted or not."""
    return bool(params["pad"])


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> bool | None:
    """Whether the mean over a corner is that of its sum over a whole window, or that over what lies in the image."""
    small = replace(sizes, N=1, C=1, H=2 * sizes.H1, W=2 * sizes.W1, pad=1)
    x = np.arange(1.0, 1 + np.prod(small.shapes()["x"])).reshape(small.shapes()["x"])
    out = run(small, {**params, "pad": 1, "count_include_pad": True}, [x])
    if np.shape(out) != small.shapes()["out"]:
        return None
    corner = x[0, 0, : sizes.H1 - 1, : sizes.W1 - 1]
    for value, counted in ((corner.sum() / (sizes.H1 * sizes.W1), True), (corner.mean(), False)):
        if np.isclose(out[0, 0, 0, 0], value):
            return counted
    return None


def objection(value: bool, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why it cannot be asked to do with the padding what it does not do by itself."""
    if value == params["count_include_pad"]:
        return None
    does, other = ("counts", "false") if value else ("does not count", "true")
    said = f"{does} the padding in the mean, and has no word for it: count_include_pad = {other} cannot be asked of it"
    return Objection(said, {"count_include_pad": value})


WORDS = Words(
    names=words(
        "avgpool avgpool2d avgpooling avgpooling2d averagepool averagepool2d averagepooling averagepooling2d meanpool"
        " meanpool2d meanpooling meanpooling2d poolavg poolaverage poolmean poolingavg avpool"
        " avepool avepooling spatialaveragepooling"
    ),
    inputs={"x": X},
    sizes=IMAGE,
    settings={**WINDOW, "count_include_pad": COUNTED},
    dictionary=words("poolparam poolparams"),
    implied=KERNEL,
    derived=derived,
    neutral={"H1": 2, "W1": 2, "stride": "H1", "pad": 0},
    rare=("pad",),
    in_order=("kernel", "stride", "pad"),
    fixed={
        **NOT_VARIED,
        **dict.fromkeys(("mode", "method", "pooltype", "poolmode", "pooling", "type"), "avg"),
        "ceilmode": False,
        "divisoroverride": None,
    },
    contested=words("f filter h w"),
    meaning=pool_meaning,
    in_adapters={
        "kernel": "(pool_height, pool_width)",
        "H1": "pool_height",
        "W1": "pool_width",
        "input_shape": "(C, H, W)",
    },
    built_in=(ignored_pad(), BuiltIn("count_include_pad", True, suspected, measured, objection, adopted=True)),
    hints={
        "shapes": "compare the sizes of the output with H2 = (H + 2·pad - pool_height) // stride + 1, W2 likewise, and "
        "look for rows and columns swapped",
        "empty": "a window is empty where it begins past the end of the image: look at the stride",
        "cropped": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H]",
        "index": "look at the last window, and at rows and columns swapped",
        "axes": "images are (N, C, H, W)",
    },
    forms=channels_last,
    example="avg_pool_forward and avg_pool_backward",
)
