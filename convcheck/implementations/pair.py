"""`Pair`: what is under test, as one forward and one backward on arrays."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from convcheck.layers.layer import Array, Params, Variant


class Pair(NamedTuple):
    """`forward(*inputs)` returns (out, cache), `backward(dout, cache)` the gradients; neither is trusted.

    `state()` gives what the last forward left in its parameters or attributes, by the layer's names for it
    (running_mean, running_var), as far as it can be seen from outside; None where nothing of the kind is known.
    `takes_dictionary`: forward is handed its settings in one dictionary, and may have defaults for keys that it lacks.
    `again(cache, x)` is forward once more on the object that gave the cache, where each run of forward has one of its
    own: what an instance does in a net that is trained. None where there is no such object.
    `drew()`: whether the last call of any pass drew random numbers; None where that is not looked at.
    `notes`: what is to be said of how it is called.
    `afresh()` is the same pair of code imported anew, and raises what opening raises; None where there is no such way.
    """

    name: str
    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Array, Any], Any]
    state: Callable[[], Mapping[str, Any]] | None = None
    takes_dictionary: bool = False
    again: Callable[[Any, Array], tuple[Any, Any]] | None = None
    afresh: "Callable[[], Pair] | None" = None
    notes: tuple[str, ...] = ()
    drew: Callable[[], bool] | None = None


class Kept:
    """A cache: what backward of the code is `handed`, and what calling it needs `beside`."""

    __slots__ = ("beside", "handed")

    def __init__(self, handed: Any, beside: Any) -> None:
        self.handed, self.beside = handed, beside


# Makes the pair for forward's parameters (stride and pad, …); a layer without any passes None.
Binding = Callable[[Params | None], Pair]


def built_in_pair(name: str, variant: Variant, params: Params | None) -> Pair:
    """A built-in variant with its parameters bound; each call of forward gets a copy, since it may write into them."""
    last: Params = {}
    arrays = [key for key, value in (params or {}).items() if hasattr(value, "copy")]

    def forward(*inputs: Array) -> tuple[Any, Any]:
        if params is None:
            return variant.forward(*inputs)
        copied = params | {key: params[key].copy() for key in arrays} if arrays else dict(params)
        returned = variant.forward(*inputs, copied)
        last.update(copied)
        return returned

    return Pair(name, forward, variant.backward, lambda: last, takes_dictionary=True)
