"""`HandedOver`: a function, or a forward and a backward, with its inputs, as a program hands them over."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from convcheck.checking.result import Finding
from convcheck.implementations.of_no_layer.given import ArrayForm
from convcheck.implementations.pair import Pair
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array


class HandedOver(NamedTuple):
    """What is checked: `pair` on `arrays`, those of `inputs` that are differentiated, as `form` has them.

    `function` is the one function that is differentiated by its own library, None where there are two by hand.
    `wider` is the same in float64 and in float32, where it is in half precision: its arrays are of float64 even so.
    `in_forward_mode`: the backward of `pair` is made of what forward mode gives, and there may be no other.
    """

    pair: Pair
    arrays: Mapping[str, Array]
    inputs: Mapping[str, Any]
    form: ArrayForm
    function: Callable[..., Any] | None
    in_forward_mode: bool = False
    wider: "tuple[HandedOver, ...]" = ()


# What else is asked of a function beside its gradients, once these are found right.
Further = Callable[[HandedOver, Draws], Iterable[Finding]]
