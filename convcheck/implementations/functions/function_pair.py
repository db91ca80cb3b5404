"""A forward and a backward function as a `Pair`, whatever way they want to be called and to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convcheck.implementations import tensors
from convcheck.implementations.arguments import values_of
from convcheck.implementations.errors.declined import NothingStored
from convcheck.implementations.errors.raised import Raised, called
from convcheck.implementations.functions.backward_call import BackwardCall, Given, Nothing, backward_call
from convcheck.implementations.functions.forward_call import ForwardCall, forward_call
from convcheck.implementations.functions.loss_pair import times
from convcheck.implementations.gradient_names import flattened, returned_by_name
from convcheck.implementations.on_tensors import on_tensors
from convcheck.implementations.own_constants import in_own_form, with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.side_by_side import joined
from convcheck.implementations.source_text import returned_names
from convcheck.implementations.unwritten import returned_none
from convcheck.implementations.vocabulary import CACHES, gradient_words
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes

# What a backward that takes dout alone is handed of any forward.
_NOTHING_HANDED: Any = (Nothing.CACHE, (), None, {})


@dataclass
class FunctionPair:
    """Two functions bound to a layer's sizes and parameters.

    `returned` is what forward's text calls the parts of its result, `kept` the statistics that the last forward left.
    """

    forward_call: ForwardCall
    backward_call: BackwardCall
    layer: Layer
    sizes: Sizes
    params: Params | None
    returned: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """(out, cache). Raises NotWritten, Raised and Refusal."""
        # Code may write into its parameters; every call has its own.
        values = values_of(self.layer, self.sizes, self.params)
        given, keywords = self.forward_call.arguments(inputs, values)
        function = self.forward_call.function
        try:
            returned = called("forward", function, given, keywords, self._sizes_in_words)
        except Raised as raised:
            if isinstance(raised.error, TypeError) and "tuple" in str(raised.error):
                self.forward_call.require_window_taken(values, raised)
            raise
        out, rest = _parted(returned, self.layer)
        if out is None:
            raise returned_none(function, function.__name__, "forward")
        arrays = len(self.layer.leading) + len(inputs)
        cache = self._observe(rest, [*given[arrays:], *keywords.values()], values)
        if cache is None and values.get("mode") == "test":
            # The convention leaves it open: the assignment that it comes from stores nothing in test mode.
            cache = _NoCache(function.__name__)
        dout_alone = len(self.backward_call.parameters) == 1 and self.backward_call.douts
        if dout_alone and not isinstance(cache, _NoCache):
            # It goes by what the last forward left.
            return out, _NOTHING_HANDED
        if cache is not Nothing.CACHE and self.backward_call.wants_cache_alone:
            return out, cache
        return out, (cache, inputs, out, values)

    def backward(self, dout: Array, cache: Any) -> Any:
        """The gradients, in the order of the inputs. Raises NotWritten, Raised and Refusal."""
        theirs, inputs, out, values = cache if self._is_bundle(cache) else (cache, (), None, {})
        function = self.backward_call.function
        if isinstance(theirs, _NoCache):
            raise NothingStored(f"{theirs.name} stores nothing for {function.__name__} in test mode")
        given, keywords = self.backward_call.arguments(dout, Given(inputs, out, theirs, values))
        shape = tuple(dout.shape)
        returned = called("backward", function, given, keywords, lambda: f"dout {shape}, {self._sizes_in_words()}")
        gradients = self._gradients(returned)
        return gradients if self.backward_call.douts else times(dout, gradients)

    def state(self) -> Mapping[str, Any]:
        """The running statistics after the last forward, as far as they can be seen from outside."""
        return self.kept

    def _observe(self, rest: Sequence[Any], settings: Sequence[Any], values: Mapping[str, Any]) -> Any:
        """Note the running statistics; returns the cache, Nothing.CACHE where forward returned none."""
        self.kept = {}
        running = self.layer.words.running
        for argument in settings:
            if isinstance(argument, dict):
                for key, value in argument.items():
                    # Code may keep anything in it, by any key.
                    if isinstance(key, str):
                        self.kept |= {name: value for name in running if key == name or normal(key) in running[name]}
        for name in running:
            # Without a dictionary it shows only if the array itself was written to.
            before = (self.params or {}).get(name)
            if name not in self.kept and before is not None and not np.array_equal(before, values[name]):
                self.kept[name] = values[name]
        names = self.returned
        left: list[tuple[str, Any]] = []
        outputs = len(names) - len(rest)
        named = names[outputs:] if outputs in (1, len(self.layer.outputs)) else [""] * len(rest)
        for name, value in zip(named, rest, strict=True):
            meant = [s for s in running if normal(name.removeprefix("new_")) in running[s]]
            if meant and self.params is not None:
                self.kept[meant[0]] = value
            else:
                left.append((name, value))
        if not left:
            return Nothing.CACHE
        # `return out, cache, mean, var`: what is called a cache is all of it, whatever comes with it.
        caches = [value for name, value in left if normal(name) in CACHES]
        if len(caches) == 1 and self.backward_call.wants_cache_alone:
            return caches[0]
        return left[0][1] if len(left) == 1 else tuple(value for _, value in left)

    def _is_bundle(self, cache: Any) -> bool:
        if not self.backward_call.wants_cache_alone:
            return True
        return isinstance(cache, tuple) and len(cache) == 4 and cache[0] is Nothing.CACHE

    def _gradients(self, returned: Any) -> Any:
        names, function = self.layer.input_names, self.backward_call.function
        if isinstance(returned, dict):
            by_name = tuple(returned_by_name(returned, name, self.layer) for name in names)
            # A dictionary without any of them is none of the gradients, and not a None.
            return () if all(part is None for part in by_name) else by_name
        returned = flattened(returned, self.layer)
        parts = returned if isinstance(returned, (tuple, list)) else (returned,)
        if parts and all(part is None for part in parts):
            raise returned_none(function, function.__name__, "backward")
        if isinstance(returned, (tuple, list)) and len(returned) == len(names):
            return self._in_order(returned)
        return returned

    def _in_order(self, returned: Sequence[Any]) -> Sequence[Any]:
        """The gradients in the order of the layer's inputs: as their names say, else in the order that forward has."""
        order = self.forward_call.order
        if not order:
            return returned
        called = {name: gradient_words(name, self.layer) for name in self.layer.input_names}
        text = returned_names(self.backward_call.function)
        if len(text) == len(order) and all(normal(n) in called[k] for n, k in zip(text, called, strict=True)):
            return returned
        return tuple(returned[order.index(place)] for place in range(len(order)))

    def _sizes_in_words(self) -> str:
        shapes = self.sizes.shapes()
        scalars = [f"{key} {value}" for key, value in (self.params or {}).items() if not hasattr(value, "shape")]
        return ", ".join([*(f"{name} {tuple(shapes[name])}" for name in self.layer.input_names), *scalars])


@dataclass(frozen=True)
class _NoCache:
    """In place of a cache that forward leaves empty in test mode: `name` is that forward."""

    name: str


def _parted(returned: Any, layer: Layer) -> tuple[Any, Sequence[Any]]:
    """The output, and what is returned beside it. A list of numbers is an output, if one of the wrong kind."""
    if layer.is_loss and isinstance(returned, tuple) and returned:
        return returned[0], returned[1:]
    if isinstance(returned, (tuple, list)) and returned and (returned[0] is None or hasattr(returned[0], "shape")):
        return joined(returned, layer)
    return returned, ()


def function_pair(forward: ForwardCall, backward: BackwardCall, sizes: Sizes, params: Params | None, name: str) -> Pair:
    """The two as a `Pair` with these parameters."""
    bound = FunctionPair(forward, backward, forward.layer, sizes, params, returned_names(forward.function))
    has_state = params is not None and bool(forward.layer.words.running)
    state = bound.state if has_state else None
    return Pair(name, bound.forward, bound.backward, state, forward.takes_dictionary)


def as_text(forward: ForwardCall, backward: BackwardCall) -> str:
    """How they are called, in one line, in their own names."""
    layer = forward.layer
    outs = _shown(returned_names(forward.function), ("out", "cache"))
    gradients = _shown(returned_names(backward.function), tuple(f"d{name}" for name in layer.input_names))
    return f"{forward.text()} → {outs}; {backward.text()} → {gradients}"


def _shown(names: tuple[str, ...], usual: tuple[str, ...]) -> str:
    if not names or "…()" in names or len(names) > len(usual):
        return ", ".join(names if names and not {"…", "…()"} & set(names) else usual)
    return ", ".join(meant if name == "…" else name for name, meant in zip(names, usual, strict=False))


def binding_of_functions(forward: Any, backward: Any, layer: Layer, sizes: Sizes, name: str) -> Binding:
    """What makes a pair of two functions, on tensors where they are written so. Raises CannotOpen."""
    calls = forward_call(forward, layer), backward_call(backward, layer)
    on = tensors.uses_torch(forward) or tensors.uses_torch(backward)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        if not on:
            return function_pair(*calls, sizes, params, name)
        pair = function_pair(*calls, sizes, tensors.params_on_tensors(params), name)
        return on_tensors(pair, tensors.keeps_graph(backward))

    own = in_own_form(bare, layer, sizes, lambda key, cache: calls[0].accepts(key))
    return lambda params: with_own_constants(*own[:3], params, own[3])
