"""One run of a pair before it is checked: what cannot be called shows here, before a check begins."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.sizes import Shape, Sizes


def usual_params(layer: Layer, sizes: Sizes) -> Params | None:
    """Parameters of the layer as a check of these sizes would give them."""
    return layer.params(sizes, Draws("any"), np.dtype(np.float64))


def trial_inputs(layer: Layer, sizes: Sizes) -> list[Array]:
    """Arrays of the layer's shapes with values that mean nothing."""
    shapes, draws = sizes.shapes(), Draws("any")
    return [draws.normal(shapes[name]) for name in layer.input_names]


def shapes_handed(layer: Layer, sizes: Sizes) -> Iterator[Mapping[str, Shape]]:
    """The shapes, by the arrays' names, in which code may be handed what has the layer's own: {} is these."""
    yield {}
    yield from (form.shapes for form in layer.words.forms(sizes) if form.shapes and form.use != "needs an adapter")


def in_shapes(inputs: Sequence[Array], layer: Layer, shapes: Mapping[str, Shape]) -> list[Array]:
    """Copies of the inputs in these shapes."""
    named = zip(layer.input_names, inputs, strict=True)
    return [array.reshape(shapes.get(name, array.shape)).copy() for name, array in named]


def trial(pair: Pair, layer: Layer, sizes: Sizes) -> None:
    """Run forward and backward once. Raises CannotOpen where they do, in whatever form they are handed the arrays.

    Every other exception is left for the check to find, where it is a finding with its line.
    """
    cannot: CannotOpen | None = None
    for shapes in shapes_handed(layer, sizes):
        try:
            with on_trial():
                out, cache = pair.forward(*in_shapes(trial_inputs(layer, sizes), layer, shapes))
                pair.backward(np.ones_like(np.asarray(out, np.float64)), cache)
        except CannotOpen as error:
            cannot = cannot or error
        else:
            return
    assert cannot is not None
    raise cannot


def require_axes_in_order(bare: Callable[[Sizes, Params | None], Pair], layer: Layer, sizes: Sizes) -> None:
    """Run forward at sizes where no two axes of a parameter are equally long, so that swapped axes show.

    `bare` makes the pair at any sizes. Raises CannotOpen where it does.
    """
    apart = layer.words.distinct(sizes)
    if apart is None:
        return
    with on_trial():
        # It may not do these sizes; those of the check are looked at when it is run.
        bare(apart, usual_params(layer, apart)).forward(*trial_inputs(layer, apart))


@contextlib.contextmanager
def on_trial() -> Iterator[None]:
    """Silence, and no exception but CannotOpen."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            yield
        except (CannotOpen, KeyboardInterrupt):
            raise
        except BaseException:
            return
