"""What layers share that make each entry of the output of one entry of the input: sizes of any shape, and locality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from convcheck.layers.layer import Facts, Input, Kind, Layer, Sum
from convcheck.layers.locality import Same
from convcheck.layers.points import Points
from convcheck.spec.fields import shape, size
from convcheck.spec.sizes import Problem, Shape, Sizes

# NumPy 1 stops at 32 axes.
MOST_AXES = 32


@dataclass(frozen=True)
class EntrywiseSizes(Sizes):
    """Four letters, or a list of any length."""

    N: int | None = size("images in the batch", default=None)
    C: int | None = size("channels of an image", default=None)
    H: int | None = size("rows of an image", default=None)
    W: int | None = size("columns of an image", default=None)
    shape: tuple[int, ...] | None = shape("size of each axis, in place of N, C, H and W", default=None)

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("N", "C", "H", "W"), ("shape",))

    def problems(self) -> Iterator[Problem]:
        """More axes than an array can have."""
        if self.shape is not None and len(self.shape) > MOST_AXES:
            yield Problem("shape", f"shape has {len(self.shape)} axes; an array has at most {MOST_AXES}")

    def shapes(self) -> dict[str, Shape]:
        """x and out, the same."""
        if self.shape is not None:
            whole = tuple(self.shape)
        else:
            whole = tuple(n for n in (self.N, self.C, self.H, self.W) if n is not None)
        return {"x": whole, "out": whole}


def entrywise_facts(sizes: EntrywiseSizes, kind: Kind, points: Points, *, exact: bool, away: float = 0.0) -> Facts:
    """An entry of x reaches its own output and no other."""
    whole = sizes.shapes()["x"]
    ties = tuple(Same(axis) for axis in range(len(whole)))
    letters = ("n", "c", "h", "w") if sizes.shape is None else ()
    return Facts(
        inputs=(Input("x", whole, kind, ties, letters, points, away=away),),
        output=whole,
        sums={"forward": Sum(("x",), 1), "dx": Sum(("dout",), 1)},
        exact=exact,
    )


def is_function_of_entries(layer: Layer) -> bool:
    """Whether the layer is a function of one number, with nothing drawn by chance: it has a derivative."""
    return issubclass(layer.sizes, EntrywiseSizes) and layer.input_names == ("x",) and layer.observed is None
