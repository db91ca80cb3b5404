"""A value and its derivative as a forward and a backward: dx is dout times the derivative.

Of what the derivative is taken is found out on the code: of x, or of the output, as `s * (1 - s)` is. It is of the
output only where that is its derivative and where that of x is not, or where nothing but its name tells.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.implementations.derivatives.names import arguments_of, is_of_output
from convcheck.implementations.functions.forward_call import signature_of
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.trial import on_trial
from convcheck.layers.layer import Array, Params
from convcheck.layers.words import normal

# Where it is found out: on both sides of every kink that an activation has, and on none of them.
_PLACES = np.array([[-3.7, -1.9, -0.8, -0.3], [0.2, 0.6, 1.3, 3.4]])
_STEP = 1e-5
_NEAR = 1e-4


@dataclass
class Argument:
    """What the derivative is handed: the output or x; `name` is what it calls it, "" where it is handed nothing."""

    name: str
    of_output: bool = False


def as_functions(
    value: Callable[..., Any], derivative: Callable[..., Any], flag: str | None = None
) -> tuple[Callable[..., Any], Callable[..., Any], Argument]:
    """The two in the convention of functions; `flag` is what makes of one function the other."""
    told: dict[str, Any] = {} if flag is None else {flag: True}
    untold = dict.fromkeys(told, False)
    of, *rest = [p for p in signature_of(derivative) or [] if p.name != flag]
    argument = Argument(of.name)

    def forward(x: Any, *settings: Any, **keywords: Any) -> Any:
        out = _value_alone(value(x, *settings, **keywords, **untold))
        return out, (x, out)

    def backward(dout: Any, cache: Any, *settings: Any, **keywords: Any) -> Any:
        return _product(dout, derivative(cache[argument.of_output], *settings, **keywords, **told))

    _looks_like(forward, value, [p for p in signature_of(value) or [] if p.name != flag])
    _looks_like(backward, derivative, [_parameter("dout"), _parameter("cache"), *rest])
    return forward, backward, argument


def as_class(kind: type[Any], value: str, derivative: str) -> tuple[type[Any], Argument]:
    """A class that extends `kind`, with a forward and a backward in its convention."""
    given = arguments_of(kind, derivative) or []
    argument = Argument("" if not given or given[0].default is not inspect.Parameter.empty else given[0].name)
    # Their own methods may call each other, and mean their own.
    inside: list[str] = []

    def of_theirs(self: Any, name: str, *arguments: Any, **keywords: Any) -> Any:
        inside.append(name)
        try:
            return getattr(super(extended, self), name)(*arguments, **keywords)
        finally:
            inside.pop()

    def forward(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if inside:
            return of_theirs(self, "forward", *arguments, **keywords)
        out = _value_alone(of_theirs(self, value, *arguments, **keywords))
        return out, (arguments[0], out)

    def backward(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if inside:
            return of_theirs(self, "backward", *arguments, **keywords)
        dout, cache = arguments[0], keywords["cache"]
        handed = (cache[argument.of_output],) if argument.name else ()
        return _product(dout, of_theirs(self, derivative, *handed))

    own = _parameter("self")
    _looks_like(forward, getattr(kind, value), [own, *(arguments_of(kind, value) or [])])
    _looks_like(backward, getattr(kind, derivative), [own, _parameter("dout"), _parameter("cache")])
    space = {"forward": forward, "backward": backward, "__module__": kind.__module__, "__doc__": kind.__doc__}
    extended = type(kind.__name__, (kind,), space)
    return extended, argument


def with_argument_found(binding: Binding, argument: Argument, name: str) -> Binding:
    """The binding, in which it is found out once what the derivative `name` is handed, and said where it is no x."""

    def bound(params: Params | None) -> Pair:
        pair = binding(params)
        if not argument.name:
            return pair
        argument.of_output = is_of_output(argument.name)
        with on_trial():
            argument.of_output = _is_of_output(pair, argument)
        said = f"{name} is handed the output of forward: it is its derivative in terms of that"
        return pair._replace(notes=(*pair.notes, said)) if argument.of_output else pair

    return bound


def _is_of_output(pair: Pair, argument: Argument) -> bool:
    """Whether the derivative is one of the output, as differences of forward tell; by its name where they do not."""
    by_name = argument.of_output
    above, below = (np.asarray(pair.forward(_PLACES + step)[0]) for step in (_STEP, -_STEP))
    slope = (above - below) / (2 * _STEP)

    def fits(of_output: bool) -> bool:
        argument.of_output = of_output
        dx = pair.backward(np.ones_like(_PLACES), pair.forward(_PLACES.copy())[1])
        found = np.asarray(dx[0] if isinstance(dx, tuple) else dx)
        return found.shape == slope.shape and bool(np.allclose(found, slope, rtol=_NEAR, atol=_NEAR))

    of_x = fits(False)
    of_out = fits(True)
    argument.of_output = by_name if of_x == of_out else of_out
    return argument.of_output and not of_x


def _value_alone(returned: Any) -> Any:
    """The output of a function that returns a cache with it."""
    return returned[0] if isinstance(returned, tuple) and len(returned) == 2 else returned


def _product(dout: Any, slope: Any) -> Any:
    """dx in the dtype of dout; where that cannot be, what was returned, for the check to find out."""
    if slope is None:
        return None
    try:
        product: Array = np.multiply(dout, slope)
    except (TypeError, ValueError):
        return slope
    fits = product.shape == np.shape(dout) and product.dtype.kind in "iuf"
    return product.astype(np.asarray(dout).dtype) if fits else slope


def _looks_like(made: Any, theirs: Any, parameters: list[inspect.Parameter]) -> None:
    """Give what was made the name of theirs, and their text, but parameters of its own."""
    made.__name__, made.__wrapped__ = getattr(theirs, "__name__", "derivative"), theirs
    free = [p for p in parameters if p.kind is not p.KEYWORD_ONLY] + [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    made.__signature__ = inspect.Signature([p.replace(annotation=p.empty) for p in free])


def _parameter(name: str) -> inspect.Parameter:
    assert normal(name) == name
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
