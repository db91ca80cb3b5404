"""A function of JAX, such as a jax.custom_vjp: its backward is what jax.vjp runs.

JAX is never imported here: where the code under test has not imported it, nothing of that code is JAX's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from convcheck.implementations.errors.raised import Raised, WrongReturn, called
from convcheck.implementations.plain_exception import type_name
from convcheck.layers.layer import Array


def loaded_jax() -> Any:
    """JAX where something has imported it, else None."""
    jax = sys.modules.get("jax")
    return jax if isinstance(getattr(jax, "Array", None), type) else None


def is_jax(thing: Any) -> bool:
    """Whether it is a custom_vjp, a jitted function, or a function whose body names something of JAX's."""
    jax = loaded_jax()
    if jax is None or isinstance(thing, type):
        return False
    if any(isinstance(thing, kind) for kind in (jax.custom_vjp, jax.custom_jvp)) or hasattr(thing, "lower"):
        return True
    names = getattr(getattr(thing, "__code__", None), "co_names", ())
    space = getattr(thing, "__globals__", {})
    return any(_home(space.get(name)) == "jax" for name in names)


def _home(value: Any) -> str:
    name = value.__name__ if hasattr(value, "__path__") or type(value).__name__ == "module" else type(value).__module__
    own = getattr(value, "__module__", None)
    return next(
        (text.partition(".")[0] for text in (own, name) if isinstance(text, str) and text.startswith("jax")), ""
    )


def jax_arrays(returned: Any) -> list[Any]:
    """The arrays of real or complex numbers in what was returned, nested or by name."""
    jax = loaded_jax()
    leaves = jax.tree_util.tree_leaves(returned)
    return [leaf for leaf in leaves if jax.numpy.issubdtype(getattr(leaf, "dtype", type(leaf)), np.inexact)]


class OfJax:
    """`function(*arrays)` by jax.vjp, in the dtypes that the arrays have."""

    def __init__(self, function: Callable[..., Any], differentiated: Sequence[bool], text: Callable[[], str]) -> None:
        self.function, self._differentiated, self._text = function, differentiated, text

    def run(self, inputs: Sequence[Array]) -> tuple[Sequence[Any], Any]:
        """As `OpenPasses`. Raises Raised."""
        jax = loaded_jax()
        with wide(jax):
            given = [jax.numpy.asarray(a) for a in inputs]
            # Most runs are for their output alone, and a vjp is traced anew each time.
            out = called("forward", self.function, given, {}, self._text)
            leaves, tree = jax.tree_util.tree_flatten(out)
        real = [i for i, leaf in enumerate(leaves) if np.issubdtype(np.result_type(leaf), np.inexact)]
        if not real:
            raise Raised("forward", WrongReturn(f"returned {type_name(out)}, expected arrays of real numbers"))
        return [np.asarray(leaves[i]) for i in real], (tuple(a.copy() for a in inputs), leaves, tree, real)

    def back(self, douts: Sequence[Array], cache: Any) -> Any:
        """The gradients of all inputs, None for those that have none.

        Raises Raised, also where what is differentiated computes something else than the function.
        """
        jax = loaded_jax()
        inputs, leaves, tree, real = cache
        with wide(jax):
            given = [jax.numpy.asarray(a) for a in inputs]
            places = [i for i, wanted in enumerate(self._differentiated) if wanted]

            def of_those(*chosen: Any) -> Any:
                arguments = list(given)
                for place, value in zip(places, chosen, strict=True):
                    arguments[place] = value
                return self.function(*arguments)

            out, back = called("forward", jax.vjp, (of_those, *(given[i] for i in places)), {}, self._text)
            differentiated = jax.tree_util.tree_leaves(out)
            if not all(_agree(np.asarray(leaves[i]), np.asarray(differentiated[i])) for i in real):
                said = "the forward rule of its vjp computes something else than the function"
                raise Raised("backward", WrongReturn(said))
            upstream = [np.zeros(np.shape(leaf), jax.dtypes.float0) for leaf in leaves]
            for place, dout in zip(real, douts, strict=True):
                upstream[place] = jax.numpy.asarray(dout, differentiated[place].dtype)
            found = called("backward", back, (jax.tree_util.tree_unflatten(tree, upstream),), {}, self._text)
        gradients = iter(found)
        return tuple(np.asarray(next(gradients)) if wanted else None for wanted in self._differentiated)


def _agree(out: Array, other: Array) -> bool:
    """Whether two ways of computing an output give the same, but for far more than either rounds."""
    if out.shape != other.shape:
        return False
    slack = float(np.finfo(other.dtype).eps) ** 0.5 * float(np.abs(out[np.isfinite(out)]).max(initial=0))
    return bool((~np.isfinite(out) | (np.abs(out - other) <= slack)).all())


@contextmanager
def wide(jax: Any) -> Iterator[None]:
    """While float64 is not made float32."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", before)
