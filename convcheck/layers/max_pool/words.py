"""The words for a max-pool in the code of other people."""

from collections.abc import Mapping
from typing import Any

from convcheck.layers.window_words import IMAGE, KERNEL, NOT_VARIED, WINDOW, channels_last, ignored_pad, pool_meaning
from convcheck.layers.words import Words, X, words


def derived(sizes: Any) -> Mapping[str, Any]:
    """The window as a pair, and the shape of one image."""
    return {"kernel": (sizes.H1, sizes.W1), "input_shape": (sizes.C, sizes.H, sizes.W)}


WORDS = Words(
    names=words(
        "maxpool maxpool2d maxpooling maxpooling2d poolmax poolingmax spatialmaxpool"
        " spatialmaxpooling overlappingmaxpool pooling pool pool2d pooling2d"
    ),
    inputs={"x": X},
    sizes=IMAGE,
    settings=WINDOW,
    dictionary=words("poolparam poolparams"),
    implied=KERNEL,
    derived=derived,
    neutral={"H1": 2, "W1": 2, "stride": "H1", "pad": 0},
    rare=("pad",),
    in_order=("kernel", "stride"),
    fixed={**NOT_VARIED, "mode": "max", "method": "max", "pooltype": "max", "poolmode": "max"},
    contested=words("f filter h w"),
    meaning=pool_meaning,
    in_adapters={
        "kernel": "(pool_height, pool_width)",
        "H1": "pool_height",
        "W1": "pool_width",
        "input_shape": "(C, H, W)",
    },
    built_in=(ignored_pad(),),
    hints={
        "shapes": "compare the sizes of the output with H2 = (H - pool_height) // stride + 1, W2 likewise, and look "
        "for rows and columns swapped",
        "empty": "a window is empty where it begins past the end of the image: look at the stride",
        "index": "look at the last window, and at rows and columns swapped",
        "axes": "images are (N, C, H, W)",
    },
    forms=channels_last,
    example="max_pool_forward_naive and max_pool_backward_naive",
)
