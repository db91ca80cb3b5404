"""What backward returned, put in the order and in the shapes of the inputs, so that its values can be compared.

A gradient in another place, with an axis of length 1 more, or flattened, is returned wrongly, but its numbers may be
right. Both are said: what is wrong with how it is returned, and what its numbers are worth.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any, NamedTuple

from convcheck.implementations.arrays import without_empty
from convcheck.implementations.received import Received, received
from convcheck.layers.layer import Array
from convcheck.spec.sizes import Shape


class Arrangement(NamedTuple):
    """What backward returned for inputs of which each has a gradient.

    `returned` is each thing that it returned. `order` says for each input which of them is its gradient: 0, 1, … unless
    their shapes say otherwise; empty where there are not as many as inputs. `values` are the gradients as arrays of
    real numbers in the shapes of the inputs, None where one cannot be made of what was returned.
    """

    returned: tuple[Received, ...]
    order: tuple[int, ...]
    values: tuple[Array | None, ...]


def arranged(returned: Any, shapes: Sequence[Shape]) -> Arrangement:
    """The arrangement of what backward returned for inputs of these shapes.

    Raises whatever the code of what was returned does.
    """
    parts = tuple(map(received, _parts(returned, shapes)))
    if len(parts) != len(shapes):
        return Arrangement(parts, (), (None,) * len(shapes))
    order = _order([part.shape for part in parts], shapes)
    in_order = [parts[position].real for position in order]
    return Arrangement(parts, order, tuple(map(in_shape, in_order, shapes)))


def in_shape(values: Array | None, shape: Shape) -> Array | None:
    """The values in this shape, where it is told how; None elsewhere.

    Axes of length 1 may be missing or too many, neighbouring axes may be merged or split, and axes may stand in another
    order, where their lengths tell which.
    """
    if values is None or values.shape == shape:
        return values
    if values.size != prod(shape):
        return None
    if _merges(values.shape, shape) or _merges(shape, values.shape):
        return values.reshape(shape)
    bare, wanted = (tuple(n for n in each if n != 1) for each in (values.shape, shape))
    if len({*bare}) == len(bare) and sorted(bare) == sorted(wanted):
        return values.reshape(bare).transpose([bare.index(n) for n in wanted]).reshape(shape)
    return None


def _parts(returned: Any, shapes: Sequence[Shape]) -> Sequence[Any]:
    """The gradients one by one; a list of numbers where there is one gradient is that gradient."""
    if not issubclass(type(returned), (tuple, list)):
        return (returned,)
    parts = without_empty(returned, len(shapes))
    if len(shapes) == 1 != len(parts):
        whole = received(returned).values
        if whole is not None and whole.size == prod(shapes[0]):
            return (returned,)
    return parts


def _order(given: Sequence[Shape | None], shapes: Sequence[Shape]) -> tuple[int, ...]:
    """For each shape the position of one just like it, where all of them are there, but elsewhere."""
    if [*given] == [*shapes]:
        return tuple(range(len(given)))
    left = list(range(len(given)))
    order = []
    for shape in shapes:
        place = next((i for i in left if given[i] == shape), None)
        if place is None:
            return tuple(range(len(given)))
        left.remove(place)
        order.append(place)
    return tuple(order)


def _merges(coarse: Shape, fine: Shape) -> bool:
    """Whether axes of `fine`, each with its neighbours, multiplied give those of `coarse`; those of length 1 aside."""
    return {*accumulate(coarse, mul)} - {1} <= {*accumulate(fine, mul)}
