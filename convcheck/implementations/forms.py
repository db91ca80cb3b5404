"""Code that takes the layer's arrays in another shape, the same entries in the same order, found out by running it.

A gamma of (C,) or of (1, C, 1, 1): right code takes the one or the other, and is handed what it takes. Sequences of
rows where code takes rows alone: then the check cannot be asked of it. Which shapes there may be, and which of the two
is done, the layer's words say. What is wrong in every shape is left in the layer's own.
"""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.axes import asks_how_many_axes
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.gradient_names import flattened
from convcheck.implementations.pair import Binding, Pair, built_in_pair
from convcheck.implementations.trial import on_trial, trial_inputs
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import Form
from convcheck.spec.sizes import Shape, Sizes

OWN = Form({})


class Fit(NamedTuple):
    """How well code fits a form, in the order of what weighs more."""

    runs: bool = False
    declines: bool = False
    is_right: bool = False
    comes_back: bool = False
    has_gradients: bool = False


BEST = Fit(runs=True, declines=False, is_right=True, comes_back=True, has_gradients=True)


def bound(binding: Binding, layer: Layer, sizes: Sizes, params: Params | None, things: Sequence[Any]) -> Pair:
    """The pair, which takes and gives arrays in the layer's own shapes, whatever the code takes.

    `things` are the functions or the class under test. Its forward raises Refusal where the code takes a form that is
    another check's.
    """
    pair = binding(params)
    forms = layer.words.forms(sizes)
    if not forms:
        return pair
    general = any(map(asks_how_many_axes, things))
    formed = _Formed(pair, lambda: binding(params), layer, sizes, params, forms, general)
    again = formed.again if pair.again is not None else None
    return pair._replace(forward=formed.forward, backward=formed.backward, again=again)


class _Formed:
    """The pair, to which arrays are handed in the form that fits best; the layer's own where none fits better.

    `general`: the code asks how many axes there are. Where it runs as it is, it means to be right there.
    """

    def __init__(
        self,
        pair: Pair,
        another: Callable[[], Pair],
        layer: Layer,
        sizes: Sizes,
        params: Params | None,
        forms: tuple[Form, ...],
        general: bool,
    ) -> None:
        self._pair, self._another, self._layer, self._sizes, self._params = pair, another, layer, sizes, params
        self._forms, self._general = forms, general
        self._shapes = sizes.shapes()
        self._chosen: Form | None = None

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """As of `Pair`. Raises Refusal."""
        form = self._form()
        if form.refusal:
            raise Refusal(f"{self._pair.name.partition(',')[0]} {form.refusal}")
        out, cache = self._pair.forward(*self._handed(form, inputs))
        return self._back("out", out), cache

    def again(self, cache: Any, x: Array) -> tuple[Any, Any]:
        """As of `Pair`."""
        assert self._pair.again is not None
        out, later = self._pair.again(cache, self._handed(self._form(), [x])[0])
        return self._back("out", out), later

    def backward(self, dout: Array, cache: Any) -> Any:
        """As of `Pair`."""
        form = self._form()
        gradients = self._pair.backward(_reshaped(dout, form.shapes.get("out")), cache)
        given = _listed(gradients, self._layer)
        names = self._layer.input_names
        if form is OWN or len(given) != len(names):
            return gradients
        return tuple(self._back(name, gradient) for name, gradient in zip(names, given, strict=True))

    def _form(self) -> Form:
        if self._chosen is None:
            fits: list[tuple[Fit, Form]] = []
            for form in (OWN, *self._forms):
                fits.append((self._fit(form), form))
                if fits[-1][0] == BEST or (form is OWN and self._general and fits[-1][0].runs):
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
            pair = self._another()
            try:
                out, cache = pair.forward(*handed)
            except (Refusal, Raised) as error:
                # It would run, and has no word for a setting.
                return Fit(declines=isinstance(error, Refusal) or isinstance(error.error, Refusal))
            if np.shape(out) != tuple(form.shapes.get("out", self._shapes["out"])):
                return fit
            fit = Fit(runs=True, is_right=bool(np.allclose(np.reshape(out, right.shape), right)))
            gradients = _listed(pair.backward(np.ones_like(np.asarray(out, np.float64)), cache), layer)
            fits = [np.shape(gradient) for gradient in gradients] == [np.shape(array) for array in handed]
            fit = fit._replace(comes_back=True, has_gradients=fits)
        return fit

    def _handed(self, form: Form, inputs: Sequence[Array]) -> list[Array]:
        named = zip(self._layer.input_names, inputs, strict=False)
        return [_reshaped(array, form.shapes.get(name)) for name, array in named]

    def _back(self, name: str, array: Any) -> Any:
        """In the layer's own shape, where it is in the form's."""
        shape = self._form().shapes.get(name)
        given = shape is not None and hasattr(array, "reshape") and np.shape(array) == tuple(shape)
        return _reshaped(array, self._shapes[name]) if given else array


def _listed(gradients: Any, layer: Layer) -> Sequence[Any]:
    given = flattened(gradients, layer)
    return given if isinstance(given, (tuple, list)) else (given,)


def _reshaped(array: Any, shape: Shape | None) -> Any:
    return array if shape is None else array.reshape(shape)
