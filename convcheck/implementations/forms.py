"""Code that takes its arrays in another form than the layer, found out by running it.

A gamma of (C,) or of (1, C, 1, 1), a w as (M, D) or as (D, M): right code takes the one or the other, and is handed
what it takes. Rows alone, images with their channels last: then the check cannot be asked of it, or an adapter is
needed. Which forms there are, and what is done with each, the layer's words say (`Form`). What is wrong in every form
is left in the layer's own.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.axes import asks_how_many_axes
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.gradient_names import flattened
from convcheck.implementations.pair import Bind, Binding, Pair, built_in_pair
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.trial import on_trial, trial_inputs, usual_params
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.without import completed
from convcheck.layers.words import Form, Order
from convcheck.spec.sizes import Shape, Sizes

OWN = Form()


class Fit(NamedTuple):
    """How well code fits a form, in the order of what weighs more. `right`: how many of the output and the gradients
    are those of the layer: of code with a mistake in one of them the others still tell.
    """

    runs: bool = False
    declines: bool = False
    right: int = 0
    comes_back: bool = False
    has_gradients: bool = False


def opened(bind: Bind, layer: Layer, sizes: Sizes, things: Sequence[Any]) -> Binding:
    """What `bind` makes of the sizes: its pairs take and give arrays in the layer's own form, whatever the code takes.

    `things` are the functions or the class under test. Raises what `bind` raises. The forward of a pair raises Refusal
    where the code takes a form that is another check's, and CannotOpen where it needs an adapter.
    """
    forms = layer.words.forms(sizes)
    return _Forms(bind, layer, sizes, forms, things).binding() if forms else bind(sizes)


class _Forms:
    """How well the code fits each form of its arrays.

    Those in which it might be handed them are weighed before it runs, the others where it fails.
    """

    def __init__(self, bind: Bind, layer: Layer, sizes: Sizes, forms: tuple[Form, ...], things: Sequence[Any]) -> None:
        self._bind, self._layer, self._sizes = bind, layer, sizes
        self._weighed = [form for form in forms if form.shapes or form.use == "handed"]
        self._where_it_fails = [form for form in forms if form not in self._weighed]
        # Code that asks how many axes there are, and runs, means to be right there.
        self._general = any(map(asks_how_many_axes, things))
        self._fits: dict[tuple[int, int], Fit] = {}

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
                return self._declining(form, self._bind(form.sizes))
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
            if self._fit(form, at) > fit:
                best = form
        return best

    def _fit(self, form: Form, sizes: Sizes) -> Fit:
        seen = id(form), id(sizes)
        if seen not in self._fits:
            self._fits[seen] = self._tried(form, sizes)
        return self._fits[seen]

    def _tried(self, form: Form, sizes: Sizes) -> Fit:
        fit = Fit()
        inputs, params = _given(self._layer, sizes), usual_params(self._layer, sizes)
        right, gradients = _wanted(self._layer, sizes, params)
        handed = _handed(form, self._layer, inputs)
        with contextlib.suppress(CannotOpen), on_trial():
            pair = self._bind(_reformed(sizes, self._layer, form))(params)
            try:
                out, cache = pair.forward(*(array.copy() for array in handed))
            except (Refusal, Raised) as error:
                # It would run, and has no word for a setting.
                return Fit(declines=isinstance(error, Refusal) or isinstance(error.error, Refusal))
            if np.shape(out) != _shape(form, "out", sizes.shapes()["out"]):
                return fit
            fit = Fit(runs=True, right=int(_is(out, _formed(form, "out", right))))
            returned = pair.backward(_formed(form, "out", _dout(right)), cache)
            given, wanted = _listed(returned, self._layer), _handed(form, self._layer, gradients)
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
            pair = self._bind(_reformed(sizes, self._layer, form))(params)
            out, _ = pair.forward(*_handed(form, self._layer, _given(self._layer, sizes)))
            return _is(out, _formed(form, "out", right))
        return False

    def _declining(self, form: Form, binding: Binding) -> Binding:
        def made(params: Params | None) -> Pair:
            pair = binding(params)

            def forward(*inputs: Array) -> tuple[Any, Any]:
                raise _refused(form, pair)

            return pair._replace(forward=forward)

        return made

    def _in_form(self, form: Form) -> Binding:
        binding = self._bind(_reformed(self._sizes, self._layer, form))
        if form.use == "declined":
            return self._declining(form, binding)
        formed = binding if form is OWN else lambda params: _in_form(form, binding(params), self._layer, self._sizes)
        return (lambda params: self._watched(formed(params), params)) if self._where_it_fails else formed

    def _watched(self, pair: Pair, params: Params | None) -> Pair:
        """The pair, whose forward raises where it fails on the layer's arrays and is right on those of another form."""
        wanted = self._sizes.shapes()["out"]
        # Where the output has one shape in both orders of its axes that does not tell them apart.
        alike = any(form.orders and _shape(form, "out", wanted) == wanted for form in self._where_it_fails)
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


def _refused(form: Form, pair: Pair) -> Exception:
    said = f"{pair.name.partition(',')[0]} {form.sentence}"
    return Refusal(said) if form.use == "declined" else CannotOpen(f"{said}: {ADVICE}")


def _in_form(form: Form, pair: Pair, layer: Layer, sizes: Sizes) -> Pair:
    """The pair of code that takes this form, on arrays in that of the layer."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        handed = _handed(form, layer, inputs)
        out, cache = pair.forward(*handed)
        _write_back(handed, inputs, form, layer)
        return _back(form, "out", out, sizes), (cache, handed, inputs)

    def again(cache: Any, x: Array) -> tuple[Any, Any]:
        assert pair.again is not None
        out, theirs = pair.again(cache[0], _handed(form, layer, [x])[0])
        return _back(form, "out", out, sizes), (theirs, *cache[1:])

    def backward(dout: Array, cache: Any) -> Any:
        theirs, handed, inputs = cache
        returned = pair.backward(_formed(form, "out", dout), theirs)
        _write_back(handed, inputs, form, layer)
        return _gradients_back(form, returned, layer, sizes)

    notes = (*pair.notes, form.sentence) if form.sentence else pair.notes
    return pair._replace(forward=forward, backward=backward, again=pair.again and again, notes=notes)


def _gradients_back(form: Form, returned: Any, layer: Layer, sizes: Sizes) -> Any:
    """What backward returned, each gradient in the layer's own form, wherever it stands."""
    given, names = _listed(returned, layer), layer.input_names
    if len(given) != len(names):
        return returned
    parts = [*given]
    for own, name in enumerate(names):
        shape = _shape(form, name, sizes.shapes()[name])
        place = next((i for i in (own, *range(len(parts))) if np.shape(parts[i]) == shape), own)
        parts[place] = _back(form, name, parts[place], sizes)
    return tuple(parts)


def _write_back(handed: Sequence[Array], inputs: Sequence[Array], form: Form, layer: Layer) -> None:
    """What code wrote into an array of its own form is the caller's to see."""
    for name, theirs, given in zip(layer.input_names, handed, inputs, strict=False):
        seen = np.transpose(theirs, _inverse(form.orders[name])) if name in form.orders else theirs.reshape(given.shape)
        if theirs is not given and not np.array_equal(seen, given, equal_nan=True):
            given[...] = seen


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
    gradients = zip(whole.input_names, _listed(reference.backward(_dout(out), cache), whole), strict=True)
    return out, [gradient for name, gradient in gradients if name in layer.input_names]


def _dout(out: Array) -> Array:
    return np.asarray(np.cos(np.arange(float(np.size(out)))).reshape(np.shape(out)))


def _is(got: Any, wanted: Array) -> bool:
    try:
        return np.shape(got) == wanted.shape and bool(np.allclose(np.asarray(got, np.float64), wanted))
    except LEAVING:  # whatever that is, it is not the array
        return False


def _reformed(sizes: Sizes, layer: Layer, form: Form) -> Sizes:
    """The same sizes, but for the shapes of what is kept with its axes in another order."""
    kept = [name for name in layer.held if name in form.orders]
    if not kept:
        return sizes
    known = type(sizes)

    def shapes(self: Any) -> Mapping[str, Shape]:
        own = known.shapes(self)
        return {**own, **{name: _shape(form, name, own[name]) for name in kept}}

    kind = type(known.__name__, (known,), {"shapes": shapes})
    reformed: Sizes = kind(**{field.name: getattr(sizes, field.name) for field in fields(known)})
    return reformed


def _handed(form: Form, layer: Layer, inputs: Sequence[Array]) -> list[Array]:
    return [_formed(form, name, array) for name, array in zip(layer.input_names, inputs, strict=False)]


def _formed(form: Form, name: str, array: Array) -> Array:
    """The array in this form; its entries are its own where its axes are in another order, as a C kernel needs it."""
    if name in form.shapes:
        return array.reshape(form.shapes[name])
    order = form.orders.get(name)
    if order is None:
        return array
    turned = np.transpose(array, [axis for axis in order if axis is not None])
    return np.ascontiguousarray(np.expand_dims(turned, tuple(i for i, axis in enumerate(order) if axis is None)))


def _shape(form: Form, name: str, shape: Shape) -> Shape:
    if name in form.shapes:
        return form.shapes[name]
    order: Order = form.orders.get(name, tuple(range(len(shape))))
    return tuple(1 if axis is None else shape[axis] for axis in order)


def _back(form: Form, name: str, array: Any, sizes: Sizes) -> Any:
    """In the layer's own form, where it is in this one."""
    shape = sizes.shapes()[name]
    if np.shape(array) != _shape(form, name, shape) or not hasattr(array, "reshape"):
        return array
    if name in form.orders:
        return np.transpose(array, _inverse(form.orders[name])) if isinstance(array, np.ndarray) else array
    return array.reshape(shape) if name in form.shapes else array


def _inverse(order: Order) -> list[int]:
    return [int(axis) for axis in np.argsort([axis for axis in order if axis is not None])]


def _listed(gradients: Any, layer: Layer) -> Sequence[Any]:
    given = flattened(gradients, layer)
    return given if isinstance(given, (tuple, list)) else (given,)
