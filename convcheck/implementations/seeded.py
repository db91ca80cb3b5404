"""Code that draws random numbers, as a function: every forward begins with the same seed, every backward with another.

A mask that is drawn anew in every call leaves nothing to differentiate. The generators that NumPy, Python and PyTorch
have for all are seeded, and what asks NumPy for a generator of its own without a seed gets the same one. One that the
code has made for itself, when it was imported, begins where it then stood.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from convcheck.implementations.pair import Pair
from convcheck.implementations.tensors import loaded_torch
from convcheck.implementations.trial import on_trial
from convcheck.layers.layer import Array

SEED = 231
# Of a second forward of one object.
OTHER_SEED = 232


def seeded(pair: Pair, module: ModuleType) -> Pair:
    """The pair, which draws the same numbers in every forward; where an object runs again, others, the same each time.

    `module` is the code under test, with the generators that it has made.
    """
    own = OwnGenerators(module)
    is_known: list[bool] = []
    drew: list[bool] = [False]

    @contextmanager
    def numbers(seed: int) -> Iterator[None]:
        with same_numbers(own, seed) as have_moved:
            yield
            drew[0] = have_moved()

    def forward(*inputs: Array) -> tuple[Any, Any]:
        if not is_known:
            is_known.append(True)
            # How the code wants to be called is found out at the first call, and by calls that draw numbers as well.
            with on_trial(), numbers(SEED):
                pair.forward(*(given.copy() for given in inputs))
        with numbers(SEED):
            return pair.forward(*inputs)

    def backward(dout: Array, cache: Any) -> Any:
        with numbers(OTHER_SEED):
            return pair.backward(dout, cache)

    def again(cache: Any, x: Array) -> tuple[Any, Any]:
        assert pair.again is not None
        with numbers(OTHER_SEED):
            return pair.again(cache, x)

    return pair._replace(forward=forward, backward=backward, again=pair.again and again, drew=lambda: drew[0])


class OwnGenerators:
    """The generators that a module holds: in its globals, in its classes, as defaults of its functions.

    Those in the globals of functions that it has from elsewhere are among them.
    """

    def __init__(self, module: ModuleType) -> None:
        everywhere = _namespaces(module)
        values = (value for names in everywhere for value in _held_by(names, module.__name__))
        held = {id(value): value for value in values if _states(value)}
        self._before = [(put, get(), get) for get, put in map(_states, held.values())]
        # Names for what makes a generator: from numpy.random import default_rng.
        self.makers = [
            (names, name) for names in everywhere for name, value in names.items() if value is np.random.default_rng
        ]

    def rewind(self) -> None:
        """Have each of them begin where it stood when this was made."""
        for put, state, _ in self._before:
            put(state)

    def positions(self) -> list[str]:
        """Where each of them stands."""
        return [repr(get()) for _, _, get in self._before]


def _namespaces(module: ModuleType) -> list[dict[str, Any]]:
    """Its globals, and those of functions in it that come from elsewhere."""
    functions = filter(inspect.isfunction, vars(module).values())
    found = [vars(module), *(function.__globals__ for function in functions)]
    return list({id(names): names for names in found}.values())


def _held_by(names: Mapping[str, Any], module: str) -> Iterator[Any]:
    for value in [*names.values()]:
        yield value
        own = [*vars(value).values()] if inspect.isclass(value) and value.__module__ == module else []
        yield from own
        for function in filter(inspect.isfunction, (value, *own)):
            yield from function.__defaults__ or ()
            yield from (function.__kwdefaults__ or {}).values()


def _states(value: Any) -> Any:
    """How the state of a generator is read and put; nothing where the value is none."""
    if isinstance(value, np.random.Generator):
        return (lambda: value.bit_generator.state), (lambda state: setattr(value.bit_generator, "state", state))
    if isinstance(value, np.random.RandomState):
        return value.get_state, value.set_state
    if isinstance(value, random.Random):
        return value.getstate, value.setstate
    torch = loaded_torch()
    if torch is not None and isinstance(value, torch.Generator):
        return value.get_state, value.set_state
    return ()


@contextmanager
def same_numbers(own: OwnGenerators, seed: int) -> Iterator[Callable[[], bool]]:
    """Random numbers begin anew, whoever draws them. Gives whether any have been drawn since."""
    random.seed(seed)
    np.random.seed(seed)
    torch = loaded_torch()
    if torch:
        torch.manual_seed(seed)
    own.rewind()
    of_numpy = np.random.default_rng
    made: list[Any] = []

    def default_rng(given: Any = None) -> np.random.Generator:
        made.append(given)
        return of_numpy(seed if given is None else given)

    def positions() -> tuple[Any, ...]:
        state: Any = np.random.get_state()
        _, keys, place, *_ = state
        of_torch = torch.get_rng_state().numpy().tobytes() if torch else b""
        return random.getstate(), keys.tobytes(), place, of_torch, own.positions(), len(made)

    began = positions()
    names = [(vars(np.random), "default_rng"), *own.makers]
    _put(names, default_rng)
    try:
        yield lambda: positions() != began
    finally:
        _put(names, of_numpy)


def _put(names: list[tuple[dict[str, Any], str]], value: Callable[..., Any]) -> None:
    for namespace, name in names:
        namespace[name] = value
