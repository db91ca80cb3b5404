"""Code that has a constant built in where its layer has a setting, asked for no other value than its own.

An eps of 1e-8 beside the variance, a padding that keeps an image's size: right layers, which would be blamed for what
they cannot be told. Which constants there may be, and how each is measured, is said in the layer's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.formed import pair_in_own_form, sizes_in_form, sizes_in_own_form
from convcheck.implementations.other_values import Accepts, Maker, in_other_ways
from convcheck.implementations.pair import Pair
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.trial import in_shapes, shapes_handed
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import BuiltIn, no_other_forms
from convcheck.spec.sizes import Sizes


def with_own_constants(make: Maker, layer: Layer, sizes: Sizes, params: Params | None, accepts: Accepts) -> Pair:
    """What `make` makes of the sizes, whose forward raises Refusal for a value that is not the code's own."""
    make = in_other_ways(make, layer, params, accepts)
    if params is None:
        return make(sizes, params)
    return _made(layer.words.built_in, make, layer, sizes, params, accepts)


def in_own_form(make: Maker, layer: Layer, sizes: Sizes, accepts: Accepts) -> tuple[Maker, Layer, Sizes, Accepts]:
    """These, where the code takes the arrays of the layer in another form, for the layer in its own."""
    if layer.in_form is None:
        return make, layer, sizes, accepts
    form, own = layer.in_form

    def made(sizes: Sizes, params: Params | None) -> Pair:
        return pair_in_own_form(form, make(sizes_in_form(sizes, own, form), params), own, sizes)

    own = own._replace(words=own.words._replace(forms=no_other_forms))
    return made, own, sizes_in_own_form(sizes), lambda key, cache: accepts(key, cache[0])


def _made(
    constants: Sequence[BuiltIn], make: Maker, layer: Layer, sizes: Sizes, params: Params, accepts: Accepts
) -> Pair:
    """The pair, in which each of the constants may take the place of what is asked."""
    if not constants:
        return make(sizes, params)
    *others, constant = constants

    def with_others(params: Params) -> Pair:
        return _made(others, make, layer, sizes, params, accepts)

    return _OwnConstant(constant, make, with_others, layer, sizes, params, accepts).as_pair()


class _OwnConstant:
    """The pair as asked; once the code is found to do by itself what is asked, the pair of the usual value instead.

    `make` makes the pair of the code by itself, on which the constant is measured; `with_others` the one that is used.
    """

    def __init__(
        self,
        constant: BuiltIn,
        make: Maker,
        with_others: Callable[[Params], Pair],
        layer: Layer,
        sizes: Sizes,
        params: Params,
        accepts: Accepts,
    ) -> None:
        self._layer, self._names = layer, LAYERS[layer.name].input_names
        self._constant, self._make, self._sizes, self._params = constant, make, sizes, params
        self._accepts = (lambda key, cache: False) if constant.even_if_accepted else accepts
        self._with_others = with_others
        self._asked = self._used = with_others(params)
        self._measured: list[Any] = []

    def as_pair(self) -> Pair:
        """As a `Pair`."""
        return self._asked._replace(forward=self.forward, backward=self.backward, state=self.state)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """As of `Pair`. Raises Refusal for a value that is not the code's own."""
        try:
            out, cache = self._used.forward(*inputs)
        except Refusal as refusal:
            if refusal.setting != self._constant.key or self._used is not self._asked or self._own() is None:
                raise
            self._require_own()
            self._used = self._with_others(self._params | {self._constant.key: self._constant.usual})
            return self._used.forward(*inputs)
        if (
            not self._accepts(self._constant.key, cache)
            and self._used is self._asked
            and self._constant.suspected(np.shape(out), self._sizes, self._params)
            and self._own() is not None
        ):
            self._require_own()
        return out, cache

    def backward(self, dout: Array, cache: Any) -> Any:
        """As of `Pair`."""
        return self._used.backward(dout, cache)

    def state(self) -> Mapping[str, Any]:
        """As of `Pair`."""
        return {} if self._used.state is None else self._used.state()

    def _require_own(self) -> None:
        objection = self._constant.objection(self._own(), self._sizes, self._params)
        if objection is not None:
            name = self._asked.name.partition(",")[0]
            raise Refusal(f"{name} {objection.sentence}", objection.instead, self._constant.key)

    def _own(self) -> Any:
        """What the code does by itself, measured once; None where that cannot be known."""
        if not self._measured:
            try:
                # It may decline what else is asked, and does by itself what is usual.
                usual = {constant.key: constant.usual for constant in self._layer.words.built_in}
                own = self._constant.measured(self._output, self._sizes, self._params | usual)
            except LEAVING:  # what it returns is no array of numbers
                own = None
            self._measured.append(own)
        return self._measured[0]

    def _output(self, sizes: Sizes, params: Params, inputs: Sequence[Array]) -> Any:
        # A layer's words know of inputs that the code may do without.
        taken = [a for name, a in zip(self._names, inputs, strict=True) if name in self._layer.input_names]
        for shapes in shapes_handed(self._layer, sizes):
            with suppress(*LEAVING):  # then nothing is known
                out, cache = self._make(sizes, params).forward(*in_shapes(taken, self._layer, shapes))
                if self._accepts(self._constant.key, cache):
                    return None
                return np.reshape(out, sizes.shapes()["out"]) if shapes else out
        return None
