"""Classes whose forward(ctx, x, …) and backward(ctx, dout) are static, called as two functions."""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

from convcheck.implementations.plain_exception import LEAVING
from convcheck.layers.words import normal

_CONTEXTS = frozenset({"ctx", "context"})


class Context:
    """What PyTorch hands to forward and backward, as far as code of its manner relies on it."""

    saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep them under the names that there are for it."""
        self.saved_tensors = self.saved_values = self.saved = values


def is_contextual(kind: type[Any], forward: str, backward: str) -> bool:
    """Whether both are static, or of the class, and take the context first."""
    return all(
        isinstance(inspect.getattr_static(kind, name), (staticmethod, classmethod)) and _takes_context(kind, name)
        for name in (forward, backward)
    )


def as_functions(kind: type[Any], forward: str, backward: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The two in the convention of functions: forward returns the context as its cache."""
    written, back = getattr(kind, forward), getattr(kind, backward)

    @functools.wraps(written)
    def forwards(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        context = _context_of(kind)
        return written(context, *arguments, **keywords), context

    def backwards(dout: Any, ctx: Any) -> Any:
        gradients = back(ctx, dout)
        # None stands for a setting, which comes after the arrays.
        while isinstance(gradients, (tuple, list)) and len(gradients) > 1 and gradients[-1] is None:
            gradients = gradients[:-1]
        return gradients

    signature = inspect.signature(written)
    forwards.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]
    forwards.__name__ = f"{kind.__name__}.{forward}"
    backwards.__name__ = f"{kind.__name__}.{backward}"
    return forwards, backwards


def _takes_context(kind: type[Any], name: str) -> bool:
    first = next(iter(inspect.signature(getattr(kind, name)).parameters), "")
    return normal(first) in _CONTEXTS


def _context_of(kind: type[Any]) -> Any:
    """The module's own context, where it has one that wants nothing to be made; else one like PyTorch's."""
    for name, value in vars(sys.modules.get(kind.__module__, object)).items():
        if inspect.isclass(value) and re.fullmatch(r"_*(\w*context|ctx)", name, re.I):
            try:
                return value()
            except LEAVING:  # it is for something else
                continue
    return Context()
