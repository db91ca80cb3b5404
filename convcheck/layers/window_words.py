"""The words for images and for the windows that slide over them, shared by the layers that have both."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.words import BuiltIn, Form, Objection, Order, WordTable, words
from convcheck.spec.sizes import Shape, Sizes

IMAGE: WordTable = {
    "N": words("n batchsize batch nsamples numimages m"),
    "C": words(
        "c nbchannels inchannels inchannel inputchannels inputchannel nchannels numchannels channels channel"
        " inc cin inch ic inplanes indepth inputdepth channelsin nc nin numinputchannels ninputchannels"
        " ninchannels numinchannels cprev ncprev infeaturemaps inmaps"
    ),
    "H": words("h height inheight inputheight inputh inh hin imageheight hprev"),
    "W": words("width inwidth inputwidth inputw inw win imagewidth wprev"),
    "input_shape": words("inputshape inshape xshape inputdim imageshape imshape"),
}
WINDOW: WordTable = {
    "kernel": words(
        "kernelsize filtersize kernelshape filtershape ksize k kernel windowsize size poolsize poolshape pool window"
        " filterdim kerneldim pooldim windowdim poolingsize poolingshape"
    ),
    "H1": words(
        "h1 hh kh kernelheight kernelh heightkernel filterheight filterh fh hf poolheight poolh ph windowheight"
    ),
    "W1": words("w1 ww kw kernelwidth kernelw widthkernel filterwidth filterw fw wf poolwidth poolw pw windowwidth"),
    "stride": words("stride strides step s stepsize strideshape"),
    "pad": words("pad padding pads p zeropadding zeropad padsize"),
}
# A window that is told is told with both its sides.
KERNEL: Mapping[str, tuple[str, ...]] = {"kernel": ("H1", "W1")}
LAST: Order = (0, 2, 3, 1)
# How far the entries of a window lie apart, and in how many groups channels and filters are.
DILATION: WordTable = {"dilation": words("dilation dilations dilationrate dilationfactor atrousrate rate")}
GROUPS: WordTable = {"groups": words("groups group ngroups numgroups nbgroups")}
NOT_VARIED: Mapping[str, int] = {"dilation": 1, "groups": 1, "group": 1}
OF_A_WINDOW = WINDOW["kernel"] | WINDOW["H1"] | WINDOW["W1"]


def channels_last(sizes: Any) -> tuple[Form, ...]:
    """Images as (N, H, W, C), the output as well where it has images."""
    return (images_last({}, sizes),)


def images_last(orders: Mapping[str, Order], sizes: Any) -> Form:
    """The same, where other arrays have these orders."""
    out = {"out": LAST} if len(sizes.shapes()["out"]) == len(LAST) else {}
    return Form(
        "takes images as (N, H, W, C): what it gives for such images is right; they are (N, C, H, W) here",
        orders={"x": LAST, **out, **orders},
        use="needs an adapter",
    )


def apart(sizes: Any, *sides: str) -> Sizes | None:
    """Sizes at which F, C and these sides of a filter are all different, else filters with F and C exchanged have the
    right shape, too; None where they are already.
    """
    axes = (sizes.F, sizes.C, *(getattr(sizes, side) for side in sides))
    if len({*axes}) == len(axes):
        return None
    others: Sizes = replace(sizes, F=max(axes) + 1, C=max(axes) + 2)
    return others


def pool_meaning(name: str, others: Collection[str], number: bool) -> str | None:
    """f is the window; so are h and w in Pooling(h, w, stride): a window must be told, an image need not be."""
    if name in ("f", "filter"):
        return "kernel"
    both = {*others, name} >= {"h", "w"}
    if both and not OF_A_WINDOW & {*others}:
        return {"h": "H1", "w": "W1"}[name]
    return "H" if name == "h" else None


def ignored_pad() -> BuiltIn:
    """That a pool, which may be handed a dictionary with a padding in it, reads none: most code has none."""
    return BuiltIn("pad", 0, _suspected, _pads_nothing, _objection, even_if_accepted=True)


def _suspected(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
    return bool(params.get("pad")) and output == replace(sizes, pad=0).shapes()["out"]


def _pads_nothing(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> int | None:
    """0 where it gives for a padded image what it gives for a bare one."""
    small = replace(sizes, N=1, C=1, H=2 * sizes.H1, W=2 * sizes.W1, pad=1)
    x = np.arange(1.0, 1 + np.prod(small.shapes()["x"])).reshape(small.shapes()["x"])
    padded, bare = (run(one, {**params, "pad": one.pad}, [x]) for one in (small, replace(small, pad=0)))
    return 0 if padded is not None and bare is not None and np.array_equal(padded, bare, equal_nan=True) else None


def _objection(value: int, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    pad = params.get("pad", 0)
    if pad == value:
        return None
    return Objection(f"does not read pad: pad = {pad} cannot be asked of it", {"pad": value})
