"""A loss as a `Pair`: one function that returns its gradient with its value, loss(x, y) -> (loss, dx)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.implementations import tensors
from convcheck.implementations.arguments import values_of
from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.functions.forward_call import ForwardCall, forward_call
from convcheck.implementations.on_tensors import on_tensors
from convcheck.implementations.own_constants import with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.source_text import first_line, returned_names
from convcheck.implementations.unwritten import returned_none
from convcheck.implementations.vocabulary import GRADIENT_BAGS, gradient_words
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import normal
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
        returned = called("forward", function, given, keywords, self.sizes.in_words)
        if returned is None:
            raise returned_none(function, function.__name__, "forward")
        if not isinstance(returned, (tuple, list)) or len(returned) < 2:
            return returned, _NoGradient("its loss alone")
        if returned[0] is None:
            raise returned_none(function, function.__name__, "forward")
        if len(returned) == 2:
            return returned[0], returned[1]
        called_so = [*map(self._is_gradient, returned_names(function))]
        if len(called_so) == len(returned) and sum(called_so) == 1:
            return returned[0], returned[called_so.index(True)]
        return returned[0], _NoGradient(f"{len(returned)} values, of which no name tells which the gradient is")

    def _is_gradient(self, name: str) -> bool:
        of_x = gradient_words(self.call.layer.input_names[0], self.call.layer)
        return normal(name) in of_x | GRADIENT_BAGS

    def backward(self, dout: Array, cache: Any) -> Any:
        """The gradient that came with the value, times dout. Raises NotWritten and Raised where none came."""
        function = self.call.function
        if isinstance(cache, _NoGradient):
            name = f"{function.__name__} (line {first_line(function)})"
            raise Raised("backward", WrongReturn(f"has no gradient: {name} returned {cache.returned}: return loss, dx"))
        if cache is None:
            raise returned_none(function, function.__name__, "backward")
        return times(dout, cache)


@dataclass(frozen=True)
class _NoGradient:
    """In place of the gradient: what was `returned`, in words."""

    returned: str


def times(dout: Any, gradients: Any) -> Any:
    """Gradients of a loss that knows of no dout, which is 1 for it, for the dout that there is."""
    if isinstance(gradients, (tuple, list)):
        return tuple(times(dout, gradient) for gradient in gradients)
    return gradients * dout.item() if hasattr(gradients, "shape") else gradients


def as_one_number(pair: Pair) -> Pair:
    """The pair, whose value has no axes and the dtype of the inputs, whatever kind of real number it comes as."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        out, cache = pair.forward(*inputs)
        return _one_number(out, inputs[0].dtype), cache

    def again(cache: Any, x: Array) -> tuple[Any, Any]:
        assert pair.again is not None
        out, later = pair.again(cache, x)
        return _one_number(out, x.dtype), later

    return pair._replace(forward=forward, again=pair.again and again)


def _one_number(out: Any, dtype: np.dtype[Any]) -> Any:
    is_number = type(out) is float or isinstance(out, (np.floating, np.complexfloating))
    if not is_number and (type(out) is not np.ndarray or out.size != 1 or out.dtype.kind not in "fc"):
        return out
    value = np.reshape(out, ())
    # The digits of a loss are no matter, as long as there are enough of them.
    return value.astype(dtype) if value.dtype.kind == dtype.kind and value.dtype.itemsize > dtype.itemsize else value


def binding_of_loss(function: Callable[..., Any], layer: Layer, sizes: Sizes, name: str) -> Binding:
    """What makes a pair of such a function, on tensors where it is written so. Raises CannotOpen."""
    call = forward_call(function, layer)
    on = tensors.uses_torch(function)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        made = LossPair(call, sizes, tensors.params_on_tensors(params) if on else params)
        pair = Pair(name, made.forward, made.backward, takes_dictionary=call.takes_dictionary)
        return on_tensors(pair, tensors.keeps_graph(function)) if on else pair

    return lambda params: with_own_constants(bare, layer, sizes, params, lambda key, cache: call.accepts(key))
