"""The ways in which code of no layer has a forward and a backward; each as `OpenPasses` on plain arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from convcheck.implementations.arrays import is_array
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.functions.backward_call import DOUT
from convcheck.implementations.plain_exception import type_name
from convcheck.implementations.received import received
from convcheck.implementations.unwritten import returned_none
from convcheck.layers.layer import Array
from convcheck.layers.words import normal
from convcheck.spec.nearest import nearest

Settings = Mapping[str, Any]


class OpenPasses(Protocol):
    """Both passes on the arrays of all inputs, in their order."""

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """The outputs, and what backward needs of this run."""

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """The gradients, as they were returned, for a dout of each output."""


class OfFunctions:
    """Two functions, as `convcheck.gradcheck` takes them: forward(*inputs) and backward(dout, cache or *inputs)."""

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        settings: Settings,
        outputs: int,
        text: Callable[[], str],
    ) -> None:
        self._forward, self._backward = forward, backward
        require_keywords(forward, settings)
        self._settings = settings
        self._of_backward = {key: value for key, value in settings.items() if key in keywords_of(backward)}
        self._outputs = outputs
        self._text = text

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        returned = called("forward", self._forward, inputs, self._settings, self._text)
        if returned is None:
            raise returned_none(self._forward, self._forward.__name__, "forward")
        outputs, cache = outputs_of(returned, self._outputs)
        return outputs, inputs if cache is None else cache

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`. Raises NotWritten and Raised."""
        is_left_out = _leaves_dout_out(self._backward, douts, len(cache))
        given = cache if is_left_out else (*douts, *cache)
        returned = called("backward", self._backward, given, self._of_backward, self._text)
        if returned is None:
            raise returned_none(self._backward, self._backward.__name__, "backward")
        return times(returned, douts[0]) if is_left_out else returned


class OfLoss:
    """One function that returns its gradients with its value: loss(x, …) -> (value, gradients)."""

    def __init__(self, function: Callable[..., Any], settings: Settings, text: Callable[[], str]) -> None:
        require_keywords(function, settings)
        self._function, self._settings, self._text = function, settings, text

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises NotWritten, and Raised where no gradient comes with the value."""
        returned = called("forward", self._function, inputs, self._settings, self._text)
        if returned is None:
            raise returned_none(self._function, self._function.__name__, "forward")
        if not isinstance(returned, (tuple, list)) or len(returned) < 2:
            said = f"returned {received(returned).described}, expected (value, gradients): name its backward as well"
            raise Raised("forward", WrongReturn(said))
        value, *gradients = returned
        return [value], gradients[0] if len(gradients) == 1 else tuple(gradients)

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`: what came with the value, times dout."""
        return times(cache, douts[0])


class OfClass:
    """A class with both methods: made with its settings, and run once. What is no argument of forward is its own."""

    def __init__(
        self,
        kind: type[Any],
        methods: tuple[str, str],
        names: Sequence[str],
        settings: Settings,
        text: Callable[[], str],
    ) -> None:
        self._kind, self._methods, self._names, self._text = kind, methods, names, text
        of_forward = positional(getattr(kind, methods[0]))[1:]
        told = [name for name in settings if name in keywords_of(kind.__init__)]
        self._made_with = {name: settings[name] for name in told}
        self._called_with = {name: value for name, value in settings.items() if name not in told}
        require_keywords(getattr(kind, methods[0]), self._called_with, kind.__name__)
        # A name that both have is forward's.
        self._in_constructor = [n for n in names if n in keywords_of(kind.__init__) and n not in of_forward]
        self._attributes: list[str] = []
        if len(names) - len(self._in_constructor) > len(of_forward) and not _takes_any(getattr(kind, methods[0])):
            self._attributes = [n for n in names if n not in (*self._in_constructor, *of_forward)]

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises NotWritten and Raised, and CannotOpen where there is no place for an input."""
        given = dict(zip(self._names, inputs, strict=True))
        held = {name: given.pop(name) for name in self._in_constructor}
        made = called("constructor", self._kind, (), {**self._made_with, **held}, self._text)
        for name in self._attributes:
            if not hasattr(made, name):
                raise CannotOpen(
                    f"class {self._kind.__name__}: no place for {name}: neither its constructor nor "
                    f"{self._methods[0]} takes it, and it has no attribute of this name"
                )
            setattr(made, name, given.pop(name))
        forward = getattr(made, self._methods[0])
        returned = called("forward", forward, [*given.values()], self._called_with, self._text)
        if returned is None:
            raise returned_none(forward, f"{self._kind.__name__}.{self._methods[0]}", "forward")
        return [returned], made

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """As `OpenPasses`: what backward returns, and the gradients that it leaves in attributes."""
        backward = getattr(cache, self._methods[1])
        is_left_out = _leaves_dout_out(backward, douts, 0)
        returned = called("backward", backward, () if is_left_out else douts, {}, self._text)
        if is_left_out:
            returned = times(returned, douts[0])
        held = {*self._in_constructor, *self._attributes}
        if not held or (isinstance(returned, (tuple, list)) and len(returned) == len(self._names)):
            return returned
        parts = iter(returned if isinstance(returned, (tuple, list)) else (returned,))
        return tuple(_left_in(cache, name) if name in held else next(parts, None) for name in self._names)


def _leaves_dout_out(backward: Callable[..., Any], douts: Sequence[Array], others: int) -> bool:
    """Whether the backward of a loss takes the `others` alone: it is the gradient for a dout of 1."""
    if len(douts) != 1 or douts[0].ndim or _takes_any(backward):
        return False
    parameters = inspect.signature(backward).parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.KEYWORD_ONLY]
    return len(needed) == others == len(parameters) and not (needed and normal(needed[0]) in DOUT)


def _left_in(made: Any, name: str) -> Any:
    """The gradient of `name` that an object has in an attribute: dw, grad_w, w_grad, dLdw."""
    wanted = {pattern.format(normal(name)) for pattern in ("d{}", "grad{}", "{}grad", "gradient{}", "dld{}", "g{}")}
    return next((value for key, value in vars(made).items() if normal(key) in wanted and is_array(value)), None)


def times(gradients: Any, dout: Array) -> Any:
    """Gradients, one or several, by name or not, times a number."""
    if isinstance(gradients, dict):
        return {key: times(value, dout) for key, value in gradients.items()}
    if isinstance(gradients, (tuple, list)) and any(map(is_array, gradients)):
        return tuple(times(value, dout) for value in gradients)
    got = None if gradients is None else received(gradients).values
    return gradients if got is None else dout * got


def outputs_of(returned: Any, count: int) -> tuple[list[Any], Any]:
    """The outputs among what forward returned, and the rest as a tuple, None where there is no more.

    Raises Raised where there are not as many as the spec says.
    """
    if count == 1:
        return (
            ([returned[0]], (returned[1],))
            if isinstance(returned, tuple) and len(returned) == 2
            else ([returned], None)
        )
    parts = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(parts) == 2 and isinstance(parts[0], (tuple, list)) and len(parts[0]) == count:
        return list(parts[0]), (parts[1],)
    if len(parts) not in (count, count + 1):
        what = (
            f"a {type_name(returned)} of {len(parts)}" if isinstance(returned, (tuple, list)) else type_name(returned)
        )
        raise Raised("forward", WrongReturn(f"returned {what}, and the spec says that it has {count} outputs"))
    return parts[:count], tuple(parts[count:]) or None


def keywords_of(function: Callable[..., Any]) -> list[str]:
    """The names of what it takes by name; none where that is not known."""
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    try:
        return [p.name for p in inspect.signature(function).parameters.values() if p.kind in by_name]
    except (TypeError, ValueError):
        return []


def positional(function: Callable[..., Any]) -> list[str]:
    """The names of what it takes by position; none where that is not known."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        return [p.name for p in inspect.signature(function).parameters.values() if p.kind in kinds]
    except (TypeError, ValueError):
        return []


def _takes_any(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD) for p in parameters)


def require_keywords(function: Callable[..., Any], settings: Settings, name: str = "") -> None:
    """Raise CannotOpen for a setting that the function takes under no such name."""
    known = keywords_of(function)
    if _takes_any(function):
        return
    for key in settings:
        if key not in known:
            near = nearest(key, known)
            hint = f"; did you mean {near[0]}?" if near else ""
            called_so = name or getattr(function, "__name__", "it")
            raise CannotOpen(f"settings: {called_so}({', '.join(known)}) takes no {key}{hint}")
