"""Code that takes the layer's arrays in another shape, with the same entries in the same order, found out by running it.

A row's gamma as (C,) or as (1, C, 1, 1), a sequence of rows as all its rows: right code takes the one or the other. Which
shapes there may be is said in the layer's words. What is wrong in every shape is left in the layer's own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.gradient_names import flattened
from convcheck.implementations.pair import Pair, built_in_pair
from convcheck.implementations.trial import on_trial, trial_inputs
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.sizes import Shape, Sizes

# Makes the pair of the code under test at any sizes.
Maker = Callable[[Sizes, Params | None], Pair]
Form = Mapping[str, Shape]

OWN: Form = {}


class Fit(NamedTuple):
    """How well code fits a form, in the order of what weighs more."""

    runs: bool = False
    is_right: bool = False
    has_gradients: bool = False


BEST = Fit(runs=True, is_right=True, has_gradients=True)


def in_its_form(make: Maker, layer: Layer) -> Maker:
    """What makes pairs that take and give arrays in the layer's own shapes, whatever the code takes."""

    def made(sizes: Sizes, params: Params | None) -> Pair:
        pair = make(sizes, params)
        forms = layer.words.forms(sizes)
        return _Formed(make, pair, layer, sizes, params, forms).as_pair() if forms else pair

    return made


class _Formed:
    """The pair, to which arrays are handed in the form that fits best; the layer's own where none fits better."""

    def __init__(
        self, make: Maker, pair: Pair, layer: Layer, sizes: Sizes, params: Params | None, forms: tuple[Form, ...]
    ) -> None:
        self._make, self._pair, self._layer, self._sizes, self._params = make, pair, layer, sizes, params
        self._forms = forms
        self._shapes = sizes.shapes()
        self._chosen: Form | None = None

    def as_pair(self) -> Pair:
        """As a `Pair`."""
        again = self.again if self._pair.again is not None else None
        return self._pair._replace(forward=self.forward, backward=self.backward, again=again)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """As of `Pair`."""
        out, cache = self._pair.forward(*self._handed(self._form(), inputs))
        return self._back("out", out), cache

    def again(self, cache: Any, x: Array) -> tuple[Any, Any]:
        """As of `Pair`."""
        assert self._pair.again is not None
        (handed,) = self._handed(self._form(), [x])
        out, later = self._pair.again(cache, handed)
        return self._back("out", out), later

    def backward(self, dout: Array, cache: Any) -> Any:
        """As of `Pair`."""
        form = self._form()
        gradients = self._pair.backward(_reshaped(dout, form.get("out")), cache)
        if form is OWN:
            return gradients
        names = self._layer.input_names
        given = flattened(gradients, self._layer)
        if not isinstance(given, (tuple, list)) or len(given) != len(names):
            return gradients
        return tuple(self._back(name, gradient) for name, gradient in zip(names, given, strict=True))

    def _form(self) -> Form:
        if self._chosen is None:
            fits: list[tuple[Fit, Form]] = []
            for form in (OWN, *self._forms):
                fits.append((self._fit(form), form))
                if fits[-1][0] == BEST:
                    break
            best = max(fit for fit, _ in fits)
            self._chosen = next(form for fit, form in fits if fit == best)
        return self._chosen

    def _fit(self, form: Form) -> Fit:
        layer, fit = self._layer, Fit()
        inputs = trial_inputs(layer, self._sizes)
        right, _ = built_in_pair(layer.reference, layer.variants[layer.reference], self._params).forward(*inputs)
        handed = self._handed(form, inputs)
        with contextlib.suppress(CannotOpen), on_trial():
            pair = self._make(self._sizes, self._params)
            out, cache = pair.forward(*handed)
            if np.shape(out) != tuple(form.get("out", self._shapes["out"])):
                return fit
            fit = Fit(runs=True, is_right=bool(np.allclose(np.reshape(out, right.shape), right)))
            gradients = flattened(pair.backward(np.ones_like(np.asarray(out, np.float64)), cache), layer)
            shapes = [np.shape(gradient) for gradient in gradients]
            fit = fit._replace(has_gradients=shapes == [np.shape(array) for array in handed])
        return fit

    def _handed(self, form: Form, inputs: Any) -> list[Array]:
        return [_reshaped(a, form.get(name)) for name, a in zip(self._layer.input_names, inputs, strict=False)]

    def _back(self, name: str, array: Any) -> Any:
        """In the layer's own shape, where it is in the form's."""
        form = self._form()
        given = hasattr(array, "reshape") and name in form and np.shape(array) == tuple(form[name])
        return _reshaped(array, self._shapes[name]) if given else array


def _reshaped(array: Any, shape: Shape | None) -> Any:
    return array if shape is None else array.reshape(shape)
