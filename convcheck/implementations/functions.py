"""Two functions bound to a layer: on arrays or on tensors, with the eps that they are told or have of their own."""

from __future__ import annotations

from typing import Any

from convcheck.implementations import tensors
from convcheck.implementations.backward_call import backward_call
from convcheck.implementations.convention import function_pair
from convcheck.implementations.forward_call import forward_call
from convcheck.implementations.measured_eps import with_eps_of_its_own
from convcheck.implementations.measured_pad import with_own_pad
from convcheck.implementations.on_tensors import on_tensors
from convcheck.implementations.pair import Pair
from convcheck.layers.layer import Layer, Params
from convcheck.spec.sizes import Sizes


def pair_of(forward: Any, backward: Any, layer: Layer, sizes: Sizes, name: str, params: Params | None) -> Pair:
    """A forward and a backward function as a `Pair`, on tensors where they are written so."""
    calls = forward_call(forward, layer), backward_call(backward, layer)
    on = tensors.uses_torch(forward) or tensors.uses_torch(backward)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        if not on:
            return function_pair(*calls, sizes, params, name)
        pair = function_pair(*calls, sizes, tensors.params_on_tensors(params), name)
        return on_tensors(pair, tensors.keeps_graph(backward))

    if params is not None and "eps" in params and not calls[0].is_told("eps"):
        return with_eps_of_its_own(bare, sizes, params)
    return with_own_pad(bare, sizes, params, lambda cache: calls[0].is_told("pad"))
