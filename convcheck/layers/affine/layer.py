"""Affine: every example, flattened to one row, times a matrix of weights, plus a bias. The fully connected layer.

Source: CS231n, assignments 1 and 2, whose convention this is: x is of any shape (N, d_1, …, d_k), w is (D, M) with
D = d_1 ··· d_k, and rows of x are read in C's order. PyTorch's Linear keeps w as (M, D).

    forward   a[n,m] = Σ_d x[n,d] w[d,m] + b[m]
    dx        dx[n,d] = Σ_m dout[n,m] w[d,m], in x's shape
    dw        dw[d,m] = Σ_n x[n,d] dout[n,m]
    db        db[m] = Σ_n dout[n,m]

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from convcheck.layers.affine.naive import affine_backward_naive, affine_forward_naive
from convcheck.layers.affine.vectorized import affine_backward, affine_forward
from convcheck.layers.affine.words import WORDS
from convcheck.layers.layer import Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import All, Same
from convcheck.spec.fields import LONGEST_SHAPE, shape, size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class AffineSizes(Sizes):
    """Rows, features before and after; a list where an example has several axes."""

    N: int = size("rows: examples in the batch")
    D: int | tuple[int, ...] = shape("features of an example; a list where it has several axes: [C, H, W]", number=True)
    M: int = size("columns of the output: features after the layer")

    @property
    def example(self) -> Shape:
        """The shape of one example."""
        return (self.D,) if isinstance(self.D, int) else tuple(self.D)

    @property
    def features(self) -> int:
        """Entries of one example: rows of w."""
        return prod(self.example)

    def problems(self) -> Iterator[Problem]:
        """More axes than an array can have."""
        if len(self.example) >= LONGEST_SHAPE:
            yield Problem(
                "D", f"D has {len(self.example)} axes; with that of the batch an array has at most {LONGEST_SHAPE}"
            )

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, *self.example),
            "w": (self.features, self.M),
            "b": (self.M,),
            "out": (self.N, self.M),
        }


def affine_facts(sizes: AffineSizes) -> Facts:
    """Linear in x, in w and in b; a row of x reaches its own row of the output."""
    s, shapes = sizes, sizes.shapes()
    axes = len(s.example)
    letters = ("n", "d") if axes == 1 else ("n", *(f"d_{axis}" for axis in range(1, axes + 1)))
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", (Same(0), *[All()] * axes), letters),
            Input("w", shapes["w"], "linear", (All(), Same(1)), ("d", "m")),
            Input("b", shapes["b"], "linear", (Same(1),), ("m",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.features + 1),
            "dx": Sum(("dout", "w"), s.M),
            "dw": Sum(("dout", "x"), s.N),
            "db": Sum(("dout",), s.N),
        },
    )


LAYER = Layer(
    name="affine",
    summary="every example, flattened, times a matrix of weights, plus a bias",
    sizes=AffineSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, D)", "w": "(D, M)", "b": "(M,)"},
    facts=affine_facts,
    words=WORDS,
    variants={
        "naive": Variant(affine_forward_naive, affine_backward_naive, "one entry at a time"),
        "vectorized": Variant(affine_forward, affine_backward, "matrix products"),
    },
    equations={
        "forward": "a[n,m] = Σ_d x[n,d] w[d,m] + b[m]",
        "dx": "Σ_m dout[n,m] w[d,m], in x's shape",
        "dw": "Σ_n x[n,d] dout[n,m]",
        "db": "Σ_n dout[n,m]",
    },
)
