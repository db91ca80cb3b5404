"""A loss as a `Pair`: one function that returns its gradient with its value, loss(x, y) -> (loss, dx)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convcheck.implementations import tensors
from convcheck.implementations.arguments import values_of
from convcheck.implementations.errors.raised import called
from convcheck.implementations.functions.forward_call import ForwardCall, forward_call
from convcheck.implementations.on_tensors import on_tensors
from convcheck.implementations.own_constants import with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.unwritten import returned_none
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.sizes import Sizes


@dataclass
class LossPair:
    """A function bound to a layer's sizes and parameters; what it returns beside its value is the cache."""

    call: ForwardCall
    sizes: Sizes
    params: Params | None

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """(loss, gradient). Raises NotWritten, Raised and Refusal."""
        values = values_of(self.call.layer, self.sizes, self.params)
        given, keywords = self.call.arguments(inputs, values)
        function = self.call.function
        returned = called("forward", function, given, keywords, self.sizes.in_words())
        if returned is None:
            raise returned_none(function, function.__name__, "forward")
        if not isinstance(returned, tuple) or len(returned) < 2:
            return returned, _NoGradient(function)
        return returned[0], returned[1] if len(returned) == 2 else returned[1:]

    def backward(self, dout: Array, cache: Any) -> Any:
        """The gradient that came with the value, times dout. Raises NotWritten where none came."""
        if isinstance(cache, _NoGradient):
            raise returned_none(cache.function, cache.function.__name__, "backward")
        return times(dout, cache)


@dataclass(frozen=True)
class _NoGradient:
    """In place of the gradient, where `function` returned its value alone."""

    function: Callable[..., Any]


def times(dout: Any, gradients: Any) -> Any:
    """Gradients of a loss that knows of no dout, which is 1 for it, for the dout that there is."""
    if isinstance(gradients, (tuple, list)):
        return tuple(times(dout, gradient) for gradient in gradients)
    return gradients * dout.item() if hasattr(gradients, "shape") else gradients


def binding_of_loss(function: Callable[..., Any], layer: Layer, sizes: Sizes, name: str) -> Binding:
    """What makes a pair of such a function, on tensors where it is written so. Raises CannotOpen."""
    call = forward_call(function, layer)
    on = tensors.uses_torch(function)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        made = LossPair(call, sizes, tensors.params_on_tensors(params) if on else params)
        pair = Pair(name, made.forward, made.backward, takes_dictionary=call.takes_dictionary)
        return on_tensors(pair, tensors.keeps_graph(function)) if on else pair

    return lambda params: with_own_constants(bare, layer, sizes, params, lambda key, cache: call.accepts(key))
