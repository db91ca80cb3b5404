"""Code on tensors as a `Pair` on arrays: the backward under test is the one that autograd runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import called
from convcheck.implementations.pair import Pair
from convcheck.implementations.side_by_side import joined
from convcheck.implementations.size_spelling import Speller, Spelling
from convcheck.implementations.tensors import array, loaded_torch, tensor
from convcheck.implementations.unwritten import returned_none
from convcheck.layers.layer import Array, Layer
from convcheck.spec.sizes import Sizes


@dataclass(frozen=True)
class PreparedCall:
    """`function(*positional, **keywords)` is ready to be called; `leaves` are what its gradients are taken of.

    `accepted` are the inputs, sizes and settings that it has taken, `running` its running statistics after the call.
    """

    function: Callable[..., Any]
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    leaves: Mapping[str, Any]
    accepted: set[str]
    running: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True)
class Graph:
    """What one forward left behind: its output, from which autograd finds the way back, and what was called."""

    out: Any
    ready: PreparedCall
    shapes: tuple[tuple[int, ...], ...]


class AutogradPair:
    """`ready(tensors by name, spelling)` prepares a call of the code under test; see `pair`."""

    def __init__(
        self, thing: Any, layer: Layer, sizes: Sizes, ready: Callable[[dict[str, Any], Spelling], PreparedCall]
    ) -> None:
        self._name, self._layer, self._ready = thing.__name__, layer, ready
        self._forward = getattr(thing, "forward", thing)
        self._speller = Speller(thing.__name__, sizes)
        self._sizes = sizes.in_words
        self._last: PreparedCall | None = None

    def pair(self) -> Pair:
        """As a `Pair`."""
        return Pair(self._name, self.forward, self.backward, self.state)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """Call it on tensors that share the memory of `inputs`. Raises NotWritten and `Raised`."""
        ready, out = self._speller.run(lambda spelling: self._run(inputs, spelling), lambda done: done[1])
        if out is None:
            raise returned_none(self._forward, self._name, "forward")
        self._last = ready
        return array(out), Graph(out, ready, tuple(given.shape for given in inputs))

    def _run(self, inputs: tuple[Array, ...], spelling: Spelling) -> tuple[PreparedCall, Any]:
        leaves = [tensor(given).requires_grad_() for given in inputs]
        ready = self._ready(dict(zip(self._layer.input_names, leaves, strict=True)), spelling)
        try:
            out = called("forward", ready.function, ready.positional, ready.keywords, self._sizes)
        except NotWritten as error:
            # PyTorch says so, too, of kernels that do not take complex numbers.
            if any(np.iscomplexobj(given) for given in inputs):
                raise TypeError(str(error)) from error
            raise
        return ready, joined(out, self._layer)[0] if isinstance(out, tuple) and out else out

    def backward(self, dout: Array, graph: Graph) -> tuple[Any, ...]:
        """The gradients in the order of the inputs; zeros where no way leads from the output to one of them."""
        torch = loaded_torch()
        leaves = [graph.ready.leaves[name] for name in self._layer.input_names]
        out = graph.out
        upstream = tensor(dout).to(out.dtype)
        if self._layer.is_loss and out.numel() == 1:
            upstream = upstream.reshape(out.shape)
        keywords = {"grad_outputs": upstream, "retain_graph": True, "allow_unused": True}
        found = called("backward", torch.autograd.grad, (out, leaves), keywords, self._sizes)
        gradients = [torch.zeros_like(a) if g is None else g for a, g in zip(leaves, found, strict=True)]
        # A module may keep its bias as (F, 1): autograd gives every gradient the shape of what it is taken of.
        return tuple(array(g.reshape(shape)) for g, shape in zip(gradients, graph.shapes, strict=True))

    def state(self) -> dict[str, Any]:
        """The running statistics that the last forward left."""
        return {} if self._last is None else {name: array(value) for name, value in self._last.running().items()}
