"""A function of HIPS' autograd with derivatives of its own, by `defvjp`: its backward is what was registered.

autograd is never imported here: where the code under test has not imported it, nothing of that code is autograd's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcheck.implementations.errors.raised import called
from convcheck.layers.layer import Array


def _registered() -> Mapping[Any, Any]:
    """What makes the vjp of each function that has one."""
    core = sys.modules.get("autograd.core")
    found = getattr(core, "primitive_vjps", None)
    return found if isinstance(found, dict) else {}


def is_hips(thing: Any) -> bool:
    """Whether it is a function that a `defvjp` of autograd is about."""
    return callable(thing) and not isinstance(thing, type) and any(thing is known for known in _registered())


class OfHips:
    """`function(*arrays, **settings)`, and the vjp that was registered for it."""

    def __init__(
        self,
        function: Callable[..., Any],
        differentiated: Sequence[bool],
        settings: Mapping[str, Any],
        text: Callable[[], str],
    ) -> None:
        self._function, self._settings, self._text = function, settings, text
        self._places = tuple(place for place, is_one in enumerate(differentiated) if is_one)
        self._number = len(differentiated)

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises Raised."""
        kept = tuple(a.copy() for a in inputs)
        out = called("forward", self._function, inputs, self._settings, self._text)
        return [out], (kept, out)

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """The gradients of all inputs, None for those that are not differentiated. Raises Raised."""
        inputs, out = cache
        make = _registered()[self._function]

        def gradients(dout: Array) -> tuple[Any, ...]:
            return tuple(make(self._places, out, inputs, dict(self._settings))(dout))

        found = dict(zip(self._places, called("backward", gradients, douts, {}, self._text), strict=True))
        return tuple(found.get(place) for place in range(self._number))
