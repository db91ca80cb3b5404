"""What functions and methods are called that give a derivative, and which of their arguments it is of."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from convcheck.implementations.arguments import EMPTY, IN_ORDER
from convcheck.implementations.classes.instance import method
from convcheck.implementations.functions.backward_call import DOUT
from convcheck.implementations.functions.forward_call import signature_of
from convcheck.implementations.unwritten import is_unwritten
from convcheck.implementations.vocabulary import BACKWARDS, FORWARDS, OUTPUTS
from convcheck.layers.words import normal, words

_BEFORE = ("derivativeof", "gradientof", "gradof", "derivative", "gradient", "deriv", "grad", "der", "d")
_AFTER = ("derivative", "derivate", "gradient", "prime", "deriv", "grad", "diff", "der", "dx")
# Flags that make a function its own derivative.
_FLAGS = words("derivative deriv derivate derv der prime grad gradient diff d backward")
# Methods, beside those that any layer may have.
_VALUES = (
    *FORWARDS[:-1],
    *("fn", "function", "func", "activate", "activation", "f", "evaluate", "compute", "apply", "call", "output"),
    FORWARDS[-1],
)
_DERIVATIVES = (
    *("derivative", "gradient", "grad", "prime", "deriv", "derive", "derivate", "differentiate", "diff", "der"),
    *("fn_grad", "dfn", "df", "f_prime", "dfunc", "dfunction", "function_derivative", "func_derivative", "d"),
    *("activation_derivative", "activation_prime", "activation_gradient", "d_activation", "activate_derivative"),
    *("get_derivative", "get_gradient", "get_grad", "compute_derivative", "compute_gradient", "local_gradient"),
)
# What an output is called where a derivative is of it.
_OUT = OUTPUTS | words("s act activated activation activations state fx")


def functions_derived(name: str) -> Iterator[str]:
    """Of what function this one may be the derivative, by its name, in normal form: `f_prime`, `df`."""
    plain = normal(name)
    for before in _BEFORE:
        if plain.startswith(before):
            yield plain.removeprefix(before)
    for after in _AFTER:
        if plain.endswith(after):
            yield plain.removesuffix(after)
    if name.endswith("_d"):
        yield plain.removesuffix("d")


def needed(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """The parameters that must be given; None where they cannot be known."""
    every = signature_of(function)
    return None if every is None else [p for p in every if p.default is EMPTY and p.kind in IN_ORDER]


def is_upstream(parameter: inspect.Parameter) -> bool:
    """Whether it is called as an upstream gradient is."""
    return normal(parameter.name) in DOUT


def is_of_output(name: str) -> bool:
    """Whether a derivative whose argument has this name is probably one of the output."""
    return normal(name) in _OUT


def flag_of(function: Callable[..., Any]) -> str | None:
    """The parameter that makes the function its own derivative where it is True; None if none."""
    for parameter in (signature_of(function) or [])[1:]:
        if normal(parameter.name) in _FLAGS and parameter.default in (False, None, EMPTY):
            return parameter.name
    return None


def methods_of(kind: type[Any]) -> tuple[str, str] | None:
    """The names of its value and of its derivative, where it has no backward that is given dout; None if it has none.

    A backward to which nothing must be given, and nothing that is called as dout can be, returns a derivative.
    """
    value, back = method(kind, _VALUES), method(kind, BACKWARDS)
    own = method(kind, _DERIVATIVES)
    if value is None:
        return None
    if back is not None and not is_unwritten(getattr(kind, back)):
        given = arguments_of(kind, back)
        takes_dout = given is None or any(p.default is EMPTY or is_upstream(p) for p in given)
        # Where there is another parameter it must be plain that it is no dout: the state, None for the last one.
        state = given is not None and all(is_of_output(p.name) for p in given)
        return None if takes_dout or not state else (value, back)
    given = None if own is None else arguments_of(kind, own)
    if own is None or given is None or is_unwritten(getattr(kind, own)):
        return None
    wanted = [p for p in given if p.default is EMPTY]
    return (value, own) if len(wanted) <= 1 and not any(map(is_upstream, wanted)) else None


def arguments_of(kind: type[Any], name: str) -> list[inspect.Parameter] | None:
    """What a method takes beside the instance; None where that cannot be known."""
    every = signature_of(getattr(kind, name))
    if every is None:
        return None
    positional = [p for p in every if p.kind in IN_ORDER]
    static = isinstance(inspect.getattr_static(kind, name), (staticmethod, classmethod))
    return positional if static else positional[1:]
