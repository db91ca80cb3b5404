"""What code of a convolution of any number of axes pads by itself, where it has no word for the padding."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.words import BuiltIn, Objection
from convcheck.spec.sizes import Shape

# Of a length and of a window, by their letters: {"W": "W1"}.
Windows = Mapping[str, str]
KEPT = (2, 2, 2)


class Measured(NamedTuple):
    """Whether lengths are kept, how much longer each axis is than there are windows without padding, and whether all of
    that is before the beginning.
    """

    keeps: bool
    surplus: tuple[int, ...]
    before: bool


def own_padding(windows: Windows, what: str) -> BuiltIn:
    """A padding that is built in, of `what` the windows slide over: "a sequence", "a volume"."""

    def suspected(output: Shape, sizes: Any, params: Mapping[str, Any]) -> bool:
        return bool(params["pad"] == 0 and output != sizes.shapes()["out"])

    def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> Measured | None:
        """See `Measured`."""

        def more(lengths: tuple[int, ...]) -> tuple[tuple[int, ...], bool] | None:
            changed = dict(zip(windows.values(), lengths, strict=True))
            # Lengths of different surplus, so that axes taken for each other show.
            changed |= {name: length + 4 + i for i, (name, length) in enumerate(zip(windows, lengths, strict=True))}
            small = replace(sizes, **{**changed, "N": 1, "stride": 1, "pad": 0})
            shapes = small.shapes()
            out = run(small, {**params, "stride": 1, "pad": 0}, [np.ones(shapes[name]) for name in ("x", "w", "b")])
            if out is None or np.ndim(out) != len(shapes["out"]):
                return None
            # Of ones: a window that holds zeros of the padding gives less.
            along = np.asarray(out)[0, 0].reshape(np.shape(out)[2], -1).max(axis=1)
            surplus = tuple(a - b for a, b in zip(np.shape(out)[2:], shapes["out"][2:], strict=True))
            return surplus, bool(along[0] < along[-1] == along.max())

        own = tuple(getattr(sizes, window) for window in windows.values())
        measures = more(own)
        if measures is None:
            return None
        found, before = measures
        kept = KEPT[: len(windows)]
        # One too many is a slip, and keeps the length where a window has two entries: a window of three then tells.
        keeps = found == tuple(length - 1 for length in own)
        if keeps and found != kept:
            other = more((3,) * len(windows))
            keeps = other is not None and other[0] == kept
        return Measured(keeps, found, keeps and before)

    def objection(value: Measured, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        """Why this padding cannot be asked of code that pads by itself as measured; None where it is its own."""
        keeps, found, before = value
        pad = params["pad"]
        if before:
            does = ", and pads before the beginning alone, as a causal convolution does"
            return Objection(f"has no parameter and no attribute for pad{does}: pad = {pad} cannot be asked of it")
        if set(found) == {2 * pad}:
            return None
        even = len(set(found)) == 1 and found[0] > 0 and found[0] % 2 == 0
        if pad == 0 and not keeps and not even:
            # That is no padding but a mistake, which the check is to find.
            return None
        does = (
            f", and pads so that {what} keeps its size" if keeps else f", and pads by {found[0] // 2}" if even else ""
        )
        return Objection(f"has no parameter and no attribute for pad{does}: pad = {pad} cannot be asked of it")

    return BuiltIn("pad", 0, suspected, measured, objection)
