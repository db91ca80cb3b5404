"""Code that takes its arrays in another form than the layer, found out by running it.

A gamma of (C,) or of (1, C, 1, 1), a w as (M, D) or as (D, M): right code takes the one or the other, and is handed
what it takes. Rows alone, images with their channels last: then the check cannot be asked of it, or an adapter is
needed. Which forms there are, and what is done with each, the layer's words say (`Form`). What is wrong in every form
is left in the layer's own.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.axes import asks_how_many_axes
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.formed import (
    array_in,
    handed_in,
    layer_in_form,
    listed,
    pair_in_own_form,
    shape_in,
    sizes_in_form,
)
from convcheck.implementations.pair import Binding, Pair, built_in_pair
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.trial import on_trial, trial_inputs, usual_params
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.without import completed
from convcheck.layers.words import Form, Order
from convcheck.spec.showing import listed as in_words
from convcheck.spec.sizes import Sizes

OWN = Form()
# Makes the binding of the layer, as code of a form has it, at the sizes of a check.
BindAs = Callable[[Layer, Sizes], Binding]


class Fit(NamedTuple):
    """How well code fits a form, in the order of what weighs more. `right`: how many of the output and the gradients
    are those of the layer: of code with a mistake in one of them the others still tell.
    """

    opens: bool = False
    runs: bool = False
    declines: bool = False
    right: int = 0
    comes_back: bool = False
    has_gradients: bool = False


def opened(bind: BindAs, layer: Layer, sizes: Sizes, things: Sequence[Any]) -> Binding:
    """What `bind` makes of the layer and the sizes: its pairs take and give arrays in the layer's own form, whatever
    the code takes. It is handed the layer as code of a form has it, and makes pairs in the layer's own form of that.

    `things` are the functions or the class under test. Raises what `bind` raises. The forward of a pair raises Refusal
    where the code takes a form that is another check's, and CannotOpen where it needs an adapter.
    """
    forms = layer.words.forms(sizes)
    return _Forms(bind, layer, sizes, forms, things).binding() if forms else bind(layer, sizes)


class _Forms:
    """How well the code fits each form of its arrays.

    Those in which it might be handed them are weighed before it runs, the others where it fails.
    """

    def __init__(
        self, bind: BindAs, layer: Layer, sizes: Sizes, forms: tuple[Form, ...], things: Sequence[Any]
    ) -> None:
        self._bind, self._layer, self._sizes = bind, layer, sizes
        self._weighed = [form for form in forms if form.use == "handed" or (form.shapes and form.use == "declined")]
        self._fits: dict[tuple[int, Sizes], Fit] = {}
        self._where_it_fails = [form for form in forms if form not in self._weighed]
        # Code that asks how many axes there are, and runs, means to be right there.
        self._general = any(map(asks_how_many_axes, things))

    def binding(self) -> Binding:
        """Of the form that fits best. Raises what `bind` raises."""
        cannot: CannotOpen | None = None
        # An array that the code keeps in the shape of another form tells more than values, which may be wrong.
        for form in (self._best(), OWN, *(form for form in self._weighed if form.use == "handed")):
            try:
                return self._in_form(form)
            except CannotOpen as error:
                if not error.misshapen:
                    raise
                cannot = cannot or error
        for form in self._where_it_fails:
            if form.sizes is None or form.orders:
                continue
            if self._is_right(form, usual_params(self._layer, form.sizes)):
                return self._declining(form, self._bound(form, form.sizes)[0])
        assert cannot is not None
        raise cannot

    def _best(self) -> Form:
        best = OWN
        for form in self._weighed:
            at = form.sizes or self._sizes
            # The shapes of a form are those at its own sizes.
            fit = self._fit(best, (best.sizes or self._sizes) if best.shapes else at)
            is_mostly_right = 2 * fit.right > 1 + len(self._layer.input_names) and fit.has_gradients
            if is_mostly_right or (self._general and form.shapes and fit.runs):
                continue
            if form.packed and self._fit(OWN, self._sizes).opens:
                # It has a name for each of the parts.
                continue
            if self._fit(form, at) > fit:
                best = form
        return best

    def _bound(self, form: Form, sizes: Sizes) -> tuple[Binding, Form]:
        """What makes pairs of the code that takes this form, and the form of the arrays that these still take."""
        if form.use != "handed" or not (form.orders or form.packed):
            return self._bind(self._layer, sizes_in_form(sizes, self._layer, form)), form
        layer = layer_in_form(self._layer, form)
        if layer is None:
            raise CannotOpen(f"it does not keep {' and '.join(form.packed)} of {self._layer.name} in one")
        return self._bind(layer, sizes_in_form(sizes, self._layer, form)), OWN

    def _fit(self, form: Form, sizes: Sizes) -> Fit:
        key = id(form), sizes
        if key not in self._fits:
            self._fits[key] = self._fit_anew(form, sizes)
        return self._fits[key]

    def _fit_anew(self, form: Form, sizes: Sizes) -> Fit:
        fit, form_of_code = Fit(), form
        inputs, params = _given(self._layer, sizes), usual_params(self._layer, sizes)
        right, gradients = _wanted(self._layer, sizes, params)
        with contextlib.suppress(CannotOpen), on_trial():
            binding, form = self._bound(form, sizes)
            pair = binding(params)
            fit = Fit(opens=True)
            handed = handed_in(form, self._layer, inputs)
            try:
                out, cache = pair.forward(*(array.copy() for array in handed))
            except (Refusal, Raised) as error:
                # It would run, and has no word for a setting.
                refusal = error if isinstance(error, Refusal) else error.error
                if not isinstance(refusal, Refusal):
                    return fit
                asked = _as_asked(sizes, refusal)
                return fit._replace(declines=True) if asked is None else self._fit(form_of_code, asked)
            if np.shape(out) != shape_in(form, "out", sizes.shapes()["out"]):
                return fit
            fit = Fit(opens=True, runs=True, right=int(_is(out, array_in(form, "out", right))))
            returned = pair.backward(array_in(form, "out", _dout(right)), cache)
            given, wanted = listed(returned, self._layer), handed_in(form, self._layer, gradients)
            fit = fit._replace(
                right=fit.right + sum(any(_is(one, each) for one in given) for each in wanted),
                comes_back=True,
                has_gradients=[np.shape(one) for one in given] == [each.shape for each in wanted],
            )
        return fit

    def _is_right(self, form: Form, params: Params | None) -> bool:
        """Whether its output is the layer's, to within rounding."""
        sizes = form.sizes or self._sizes
        right, _ = _wanted(self._layer, sizes, params)
        with contextlib.suppress(CannotOpen), on_trial():
            binding, form = self._bound(form, sizes)
            out, _ = binding(params).forward(*handed_in(form, self._layer, _given(self._layer, sizes)))
            return _is(out, array_in(form, "out", right))
        return False

    def _declining(self, form: Form, binding: Binding) -> Binding:
        def made(params: Params | None) -> Pair:
            pair = binding(params)

            def forward(*inputs: Array) -> tuple[Any, Any]:
                raise _refused(form, pair)

            return pair._replace(forward=forward)

        return made

    def _in_form(self, form: Form) -> Binding:
        binding, left = self._bound(form, self._sizes)
        if form.use == "declined":
            return self._declining(form, binding)
        layer, sizes = self._layer, self._sizes
        formed = binding if left is OWN else lambda params: pair_in_own_form(left, binding(params), layer, sizes)
        return (lambda params: self._watched(formed(params), params)) if self._where_it_fails else formed

    def _watched(self, pair: Pair, params: Params | None) -> Pair:
        """The pair, whose forward raises where it fails on the layer's arrays and is right on those of another form."""
        wanted = self._sizes.shapes()["out"]
        # Where the output has one shape in both orders of its axes that does not tell them apart.
        alike = any(
            not {"x", "out"}.isdisjoint(form.orders) and shape_in(form, "out", wanted) == wanted
            for form in self._where_it_fails
        )
        looked = False

        def look() -> None:
            nonlocal looked
            for form in () if looked else self._where_it_fails:
                if self._is_right(form, params if form.sizes is None else usual_params(self._layer, form.sizes)):
                    raise _refused(form, pair)
            looked = True

        def forward(*inputs: Array) -> tuple[Any, Any]:
            nonlocal looked
            try:
                returned = pair.forward(*inputs)
            except Raised as raised:
                if not isinstance(raised.error, Refusal):
                    look()
                raise
            if isinstance(returned, tuple) and np.shape(returned[0]) != wanted:
                look()
            elif alike and not looked:
                looked = self._is_right(OWN, params)
                look()
            return returned

        return pair._replace(forward=forward)


def _as_asked(sizes: Sizes, refusal: Refusal) -> Sizes | None:
    """The sizes with what the code would do instead; None where it does not say, or does it already."""
    known = {field.name for field in fields(sizes)}
    if not refusal.instead or not refusal.instead.keys() <= known:
        return None
    asked = replace(sizes, **refusal.instead)
    return None if asked == sizes or [*asked.problems()] else asked


def _refused(form: Form, pair: Pair) -> Exception:
    said = f"{pair.name.partition(',')[0]} {form.sentence}"
    if form.use == "declined":
        return Refusal(said)
    turned = in_words([_turned(name, order) for name, order in form.orders.items() if name != "out"])
    return CannotOpen(f"{said}: {ADVICE}; hand it {turned} there, and turn back what it returns")


def _turned(name: str, order: Order) -> str:
    """An array with its axes in that order, as NumPy writes it."""
    if None in order:
        return f"{name}[{', '.join('None' if axis is None else ':' for axis in order)}]"
    if order == tuple(range(len(order))):
        return name
    return f"{name}.T" if order == tuple(reversed(range(len(order)))) else f"{name}.transpose{order}"


def _given(layer: Layer, sizes: Sizes) -> list[Array]:
    """The inputs that the layer has here, of these sizes."""
    whole = LAYERS[layer.name]
    return [
        a for name, a in zip(whole.input_names, trial_inputs(whole, sizes), strict=True) if name in layer.input_names
    ]


def _wanted(layer: Layer, sizes: Sizes, params: Params | None) -> tuple[Array, list[Array]]:
    """The output and the gradients of them; without an input that the layer lacks here, as if it were at its value."""
    whole = LAYERS[layer.name]
    inputs = completed(whole, layer, sizes, _given(layer, sizes))
    reference = built_in_pair(whole.reference, whole.variants[whole.reference], params)
    out, cache = reference.forward(*inputs)
    gradients = zip(whole.input_names, listed(reference.backward(_dout(out), cache), whole), strict=True)
    return out, [gradient for name, gradient in gradients if name in layer.input_names]


def _dout(out: Array) -> Array:
    return np.asarray(np.cos(np.arange(float(np.size(out)))).reshape(np.shape(out)))


def _is(got: Any, wanted: Array) -> bool:
    try:
        return np.shape(got) == wanted.shape and bool(np.allclose(np.asarray(got, np.float64), wanted))
    except LEAVING:  # whatever that is, it is not the array
        return False
