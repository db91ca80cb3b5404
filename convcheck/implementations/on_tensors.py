"""A pair that is written on tensors, and differentiates by itself, as one on arrays."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Pair
from convcheck.implementations.tensors import array, tensor
from convcheck.layers.layer import Array

GONE = re.compile(r"backward through the graph a second time")
NO_GRAPH = re.compile(r"does not require grad")


@dataclasses.dataclass
class TensorCache:
    """The cache of one forward, the inputs it came from, and whether these were `watched` and backward has had it."""

    cache: Any
    inputs: Sequence[Array]
    watched: bool
    spent: bool = False


class OnTensors:
    """Hands tensors to `inner` and takes arrays from it; see `on_tensors`."""

    def __init__(self, inner: Pair, accumulates: bool) -> None:
        self._inner = inner
        self._once = accumulates
        self._watched = False

    def forward(self, *inputs: Array) -> tuple[Any, TensorCache]:
        """As of `Pair`."""
        kept = [given.copy() for given in inputs]
        out, cache = self._inner.forward(*map(self._given, inputs))
        return array(out), TensorCache(cache, kept, self._watched)

    def backward(self, dout: Array, held: TensorCache) -> Any:
        """As of `Pair`; after a forward of its own where the graph of the last one is gone, or never was."""
        if held.spent and self._once:
            self._renew(held)
        try:
            return self._backward(dout, held)
        except Raised as raised:
            said = str(raised.error)
            if not isinstance(raised.error, RuntimeError):
                raise
            if held.spent and not self._once and GONE.search(said):
                self._once = True
            elif not held.watched and NO_GRAPH.search(said):
                # Its caller is to say of which tensors it wants gradients.
                self._watched = True
            else:
                raise
        self._renew(held)
        return self._backward(dout, held)

    def state(self) -> dict[str, Any]:
        """As of `Pair`."""
        left = {} if self._inner.state is None else self._inner.state()
        return {key: array(value) for key, value in left.items()}

    def _backward(self, dout: Array, held: TensorCache) -> Any:
        # A backward that raises half-way has freed what it passed.
        held.spent = True
        gradients = self._inner.backward(tensor(dout), held.cache)
        return tuple(map(array, gradients)) if isinstance(gradients, (tuple, list)) else array(gradients)

    def _renew(self, held: TensorCache) -> None:
        held.watched = self._watched
        _, held.cache = self._inner.forward(*(self._given(kept.copy()) for kept in held.inputs))

    def _given(self, given: Array) -> Any:
        made = tensor(given)
        return made.requires_grad_() if self._watched else made


def on_tensors(pair: Pair, accumulates: bool = False) -> Pair:
    """`pair` on arrays. A graph of autograd is good for one backward, if not for more: then forward makes another.

    `accumulates`: it keeps its graph, and adds to the gradients that it found there before.
    """
    made = OnTensors(pair, accumulates)
    return pair._replace(forward=made.forward, backward=made.backward, state=made.state, again=None)
