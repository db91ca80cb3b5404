"""The words for a transposed convolution in the code of other people, and what such code may have built in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.conv.words import FILTERS_OR_HOW_MANY, HOW_MANY, TWO_MEANINGS, meaning, window_and_image
from convcheck.layers.window_words import IMAGE, KERNEL, NOT_VARIED, WINDOW, apart, images_last
from convcheck.layers.words import BuiltIn, Form, Objection, Words, X, words
from convcheck.spec.sizes import Shape

MORE = "output_padding"


def small_of(sizes: Any, **changed: int) -> Any:
    """One image of two rows and three columns, of which nothing is cut and to which nothing is added."""
    return replace(sizes, **{"N": 1, "H": 2, "W": 3, "stride": 2, "pad": 0, MORE: 0, **changed})


def output_of(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> Any:
    """What the code makes of numbers none of which is zero."""
    shapes = sizes.shapes()
    inputs = [1 + np.arange(float(np.prod(shapes[name]))).reshape(shapes[name]) for name in ("x", "w", "b")]
    return run(sizes, {**params, "stride": sizes.stride, "pad": sizes.pad, MORE: getattr(sizes, MORE)}, inputs)


def suspected(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
    """Whether the output has another shape than that of which nothing is cut, which is asked for."""
    return bool(params["pad"] == 0 and output != sizes.shapes()["out"])


def measured(
    run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]
) -> tuple[bool, tuple[int, int], tuple[int, int]] | None:
    """Whether the output has the image's sizes times the stride, and what it has less than all that is laid: of filters
    of the sizes that are asked, and of others at another stride.
    """
    ones = (small_of(sizes), small_of(sizes, H1=5, W1=6, stride=3))
    shapes = [np.shape(output_of(run, one, params)) for one in ones]
    if any(len(shape) != 4 for shape in shapes):
        return None
    multiplied = all(
        shape[2:] == (one.H * one.stride, one.W * one.stride) for shape, one in zip(shapes, ones, strict=True)
    )
    less = [(one.H2 - shape[2], one.W2 - shape[3]) for shape, one in zip(shapes, ones, strict=True)]
    return multiplied, less[0], less[1]


def objection(value: Any, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this padding cannot be asked of code that cuts by itself as measured; None where it is its own."""
    multiplied, (rows, columns), other = value
    pad = params["pad"]
    if multiplied:
        if sizes.shapes()["out"][2:] == (sizes.H * sizes.stride, sizes.W * sizes.stride):
            return None
        does = ", and cuts its output to H·stride rows and W·stride columns"
    elif (rows, columns) == other == (2 * pad, 2 * pad):
        return None
    elif rows == columns > 0 and rows % 2 == 0 and other == (rows, columns):
        does = f", and cuts {rows // 2} off each side"
    elif pad == 0:
        # That is no cut but a mistake, which the check is to find.
        return None
    else:
        does = ""
    return Objection(f"has no parameter and no attribute for pad{does}: pad = {pad} cannot be asked of it")


def adds_nothing(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> int | None:
    """0 where it gives the same whatever is to be added to the output."""
    bare, more = (output_of(run, one, params) for one in (small_of(sizes), small_of(sizes, **{MORE: 1})))
    return 0 if bare is not None and more is not None and np.array_equal(bare, more) else None


def added(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
    """Whether something is to be added to the output, which has another shape."""
    return bool(params[MORE]) and output != sizes.shapes()["out"]


def not_added(value: int, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why nothing but 0 can be asked of code that does not read output_padding."""
    more = params[MORE]
    return None if more == value else Objection(f"does not read {MORE}: {MORE} = {more} cannot be asked of it")


def forms(sizes: Any) -> tuple[Form, ...]:
    """Filters as (F, C, H1, W1); images with their channels last, and filters as (H1, W1, F, C) or (H1, W1, C, F)."""
    rows = 2 + -(-2 * sizes.pad // sizes.stride)
    # As many filters as channels, so that both orders have one shape, and few rows and columns of which some is left.
    alike = replace(sizes, N=2, C=3, F=3, H=min(sizes.H, rows), W=min(sizes.W, rows))
    said = "the code keeps w as (F, C, H1, W1); w and dw are (C, F, H1, W1) in what is said"
    last = (images_last({"w": order}, sizes) for order in ((2, 3, 1, 0), (2, 3, 0, 1)))
    return Form(said, orders={"w": (1, 0, 2, 3)}, sizes=alike), *last


WORDS = Words(
    names=words(
        "convtranspose convtranspose2d transposeconv transposeconv2d transposedconv transposedconv2d convtransposed"
        " convtransposed2d conv2dtranspose conv2dtransposed convolutiontranspose convolutiontranspose2d"
        " transposeconvolution transposedconvolution transposeconvolution2d transposedconvolution2d"
        " convolution2dtranspose convolutiontransposed deconv deconv2d deconvolution deconvolution2d deconvolutional"
        " transconv transconv2d convtrans convtrans2d convt convt2d tconv tconv2d fractionallystridedconv"
        " fractionallystridedconv2d fractionallystridedconvolution fractionalconv spatialfullconvolution"
    ),
    inputs={
        "x": X,
        "w": words("w weight weights wt filter filters kernel kernels"),
        "b": words("b bias biases bs"),
    },
    sizes={**IMAGE, "F": HOW_MANY},
    settings={
        **WINDOW,
        MORE: words("outputpadding outputpad outpad outpadding outputpaddings adj addpad extrapadding extrapad op"),
    },
    dictionary=words("convparam convparams deconvparam deconvparams convtransposeparam tconvparam"),
    implied=KERNEL,
    derived=window_and_image,
    neutral={"stride": 1, MORE: 0},
    in_order=("stride", "pad", MORE),
    fixed=NOT_VARIED,
    contested=FILTERS_OR_HOW_MANY | TWO_MEANINGS,
    meaning=meaning,
    in_adapters={"kernel": "(H1, W1)", "input_shape": "(C, H, W)"},
    built_in=(
        BuiltIn("pad", 0, suspected, measured, objection),
        BuiltIn(MORE, 0, added, adds_nothing, not_added, even_if_accepted=True),
    ),
    distinct=lambda sizes: apart(sizes, "H1", "W1"),
    hints={
        "shapes": "compare the sizes of the output with H2 = (H - 1)·stride - 2·pad + H1 + output_padding, W2 "
        "likewise, and look for rows and columns swapped",
        "empty": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H2]",
        "cropped": "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H2]",
        "two off": "two rows and two columns are off: look for a crop that is written as 1 and not as pad",
        "index": "look at the last entry of x, at pad 0, and at rows and columns swapped",
        "axes": "images are (N, C, H, W), filters (C, F, H1, W1)",
    },
    optional={"b": 0.0},
    forms=forms,
    example="conv_transpose_forward and conv_transpose_backward",
)
