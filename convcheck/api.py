"""The Python API: `check`, `load` and `gradcheck`, and the `Outcome` that they give."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from convcheck.checking import gradcheck as checking
from convcheck.checking.check import run_check
from convcheck.checking.gradcheck_arguments import Inputs, require_numbers
from convcheck.checking.result import Result
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.layers.catalogue import FORMS
from convcheck.layers.layer import Kind
from convcheck.layers.locality import Tie
from convcheck.spec.check import Check, NamedCode
from convcheck.spec.errors import SpecError
from convcheck.spec.layer_keys import MANNER
from convcheck.spec.memory import DEFAULT_LIMIT
from convcheck.spec.nearest import nearest
from convcheck.spec.overrides import OVERRIDES, override
from convcheck.spec.reader import Reading, read_file, read_mapping
from convcheck.spec.values import expected

__all__ = ["CheckFailed", "InvalidSpec", "Outcome", "check", "gradcheck", "gradgradcheck", "load"]

SCHEME = MANNER["scheme"]


class CheckFailed(AssertionError):
    """A check that did not pass. `outcome` is what it came to; the text is its table."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Outcome(Result):
    """A `Result` that is true where the check passed, and whose text is the table that `convcheck run` prints.

    Undecided is not passed. `assert convcheck.gradcheck(...)` and `print(outcome)` mean what they say; a notebook shows
    the table.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return self.status == "pass"

    def __str__(self) -> str:
        # The tables bring rich along, which a program that looks at figures alone does without.
        from convcheck.reports.tables.block import table_text

        return table_text(self, encoding=getattr(sys.stdout, "encoding", None) or "utf-8")

    def _repr_html_(self) -> str:
        from convcheck.reports.html.fragment import html_text

        return html_text(self)

    def raise_for_status(self) -> None:
        """Raise CheckFailed unless the check passed."""
        if not self:
            raise CheckFailed(self)


class InvalidSpec(ValueError):
    """A spec that is not valid. `errors` holds every mistake; the text shows each with its line."""

    def __init__(self, errors: tuple[SpecError, ...]) -> None:
        super().__init__("\n".join(error.text() for error in errors))
        self.errors = errors


def load(path: str | os.PathLike[str], *, max_memory: int = DEFAULT_LIMIT) -> list[Check]:
    """The checks of a spec file, in its order. `max_memory` is in bytes.

    Raises `InvalidSpec`, with every mistake, for a file that is not valid or cannot be read; TypeError for what is no
    path.
    """
    _require_memory(max_memory)
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: expected the path of a spec file, received {type(path).__name__}")
    return _valid(read_file(path, FORMS, max_memory=max_memory, pipes=True))


def check(
    spec: Check | Mapping[str, Any],
    *,
    budget: float = DEFAULT_SETTINGS.budget,
    max_memory: int = DEFAULT_LIMIT,
    **settings: Any,
) -> Outcome:
    """Run one check: one that `load` returned, or a mapping with the keys of a spec file.

    `settings` replace those of the spec: implementation, seed, dtype, data, scheme, tolerance. `budget` is in seconds,
    `max_memory` in bytes. Raises `InvalidSpec` for a mapping that is not valid; ValueError for one that holds several
    checks, for a setting out of range and for code of one's own as the implementation; TypeError for what is neither a
    mapping nor a check, and for a setting that does not exist.

    >>> check({"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}).status
    'pass'
    """
    require_numbers(budget=budget)
    _require_memory(max_memory)
    for name in settings:
        if name not in OVERRIDES:
            near = nearest(name, OVERRIDES)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(OVERRIDES)}; others stand in the spec"
            raise TypeError(f"check() has no argument {name!r}; {hint}")
    if not isinstance(given := settings.get("implementation"), (str, NamedCode, type(None))):
        raise TypeError(
            f"implementation: expected the name of one that is built in, received {type(given).__name__}: code of your "
            "own is checked by gradcheck(), or by `convcheck run --impl FILE.py`"
        )
    if isinstance(spec, Mapping):
        checks = _valid(read_mapping(spec, FORMS, max_memory=max_memory))
        if len(checks) > 1:
            raise ValueError(f"expected one check, received {len(checks)}: write them to a file and use load()")
        spec = checks[0]
    elif not isinstance(spec, Check):
        raise TypeError(f"expected a mapping or a Check, received {type(spec).__name__}: for a file, use load(path)")
    _warn_of_scheme(settings.get("scheme"))
    chosen = override(spec, FORMS, max_memory=max_memory, **settings)
    if isinstance(chosen.manner.implementation, NamedCode):
        raise ValueError(
            f"implementation: expected one that is built in, received {chosen.manner.implementation}: code of your own "
            f"is checked by `convcheck run FILE --trust`, or by gradcheck()"
        )
    return Outcome(*run_check(chosen, Settings(budget=budget)))


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any] | Inputs | None = None,
    inputs: Inputs | None = None,
    dout: Any = None,
    locality: Mapping[str, Sequence[Tie]] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = DEFAULT_SETTINGS.budget,
    seed: int = 0,
    skip: Iterable[str | int] = (),
    surrogate: Callable[..., Any] | None = None,
    outputs: int = 1,
    jvp: Callable[..., Any] | bool | None = None,
    raise_exception: bool = False,
) -> Outcome:
    """Check every entry of every gradient that `backward` returns against differences of `forward`.

    `forward(*inputs)` returns out, or (out, cache). `backward` is called as `backward(dout, cache)` where there is a
    cache, as `backward(dout, *inputs)` where there is none; it returns a gradient for each input, in their order, or a
    bare array where there is one input. `inputs` are arrays of one dtype, in a sequence (their
    names are then those of forward's parameters) or by name: NumPy's, PyTorch's tensors or JAX's arrays, and both
    functions are called with what they are. Beside float16 and bfloat16 there may be others: where the same code runs
    in float64 or float32 it is differentiated there, and what backward gives in half precision is held to the rounding
    of that; a note says so. `dout` has the shape of out; without it, it is drawn. With `outputs` of
    more than one, forward returns so many, and its cache after them if there is one; backward takes a dout for each.

    `gradcheck(function, inputs)` is for a function that has a backward of its own: a torch.autograd.Function, an
    nn.Module (its parameters are looked at as its inputs are) or any other function of tensors by autograd, a function
    of JAX by jax.vjp. What it returns, nested or by name, are its outputs.

    Inputs of whole numbers, those that are no arrays and those in `skip`, by name or number, are not differentiated:
    their gradients may be None, or left out. Complex numbers are pairs of real ones in a last axis of two; their
    gradient is ∂L/∂Re z + i·∂L/∂Im z, as PyTorch has it, but for JAX's functions, which give its conjugate.

    `jvp(primals, tangents)` takes the inputs and a tangent for each, None for what is not differentiated, in tuples, as
    JAX names them, and returns the tangents of the outputs, or (outputs, tangents) as `jax.jvp` does; it is held
    against the backward that was found right, or, where there is none, gradcheck(forward, None, inputs, jvp=…), against
    the differences. `jvp=True` is for what a torch.autograd.Function or a function of JAX has itself.

    `surrogate` is another forward whose gradient backward is meant to be, as a straight-through estimator's.

    `locality` says for an input, axis by axis, which outputs its entries reach (`Same`, `All`, `Window`); an input
    that is not in it is probed entry by entry. `kinds` says how out depends on an input: "linear", "kinked"
    (piecewise linear) or "smooth"; unsaid, it is found out. Neither is trusted: both are tested on `forward` itself,
    and given up, with a finding that says so, where they do not hold.

    `scheme` ("auto", "entries", "full"), `tolerance`, `budget` (seconds) and `seed` are as in a spec. Returns
    an `Outcome` whose layer is "function", and which is true where all is right. An exception in forward or backward
    becomes a finding, and the status "error".

    Raises TypeError for a forward or backward that is no function, for inputs that are not a sequence or mapping of
    arrays of one dtype, of 64, 32 or 16 bits, and for any other argument of another type; ValueError for inputs that
    are empty or NaN, and for any other argument that does not fit; `CheckFailed`, with `raise_exception`, for a check
    that does not pass.

    >>> gradcheck(lambda x: x**2, lambda dout, x: dout * 2 * x, [np.array([1.0, 3.0])]).status
    'pass'
    """
    if not isinstance(raise_exception, bool):
        raise TypeError(f"raise_exception: expected True or False, received {raise_exception!r}")
    _warn_of_scheme(scheme)
    function, given = _function_and_inputs(backward, inputs, callable(jvp))
    result = checking.gradcheck(
        forward,
        function,
        given,
        dout,
        locality,
        kinds=kinds,
        scheme=_current_scheme(scheme),
        tolerance=tolerance,
        budget=budget,
        seed=seed,
        skip=skip,
        surrogate=surrogate,
        outputs=outputs,
        jvp=jvp,
    )
    return _told(result, raise_exception)


def gradgradcheck(
    function: Callable[..., Any],
    inputs: Inputs,
    dout: Any = None,
    *,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = DEFAULT_SETTINGS.budget,
    seed: int = 0,
    skip: Iterable[str | int] = (),
    raise_exception: bool = False,
) -> Outcome:
    """Check second derivatives: the backward of `function` as a function of its inputs and of dout.

    `function` is one that has a backward of its own, as `gradcheck(function, inputs)` takes it; the derivatives of
    that backward, by the same library, are held against differences of it. `dout` is as in `gradcheck`, one for each
    output where there are several, and drawn where it is not given. The rest, and what is raised, is as there.
    """
    if not isinstance(raise_exception, bool):
        raise TypeError(f"raise_exception: expected True or False, received {raise_exception!r}")
    _warn_of_scheme(scheme)
    result = checking.gradgradcheck(
        function,
        inputs,
        dout,
        scheme=_current_scheme(scheme),
        tolerance=tolerance,
        budget=budget,
        seed=seed,
        skip=skip,
    )
    return _told(result, raise_exception)


def _function_and_inputs(backward: Any, inputs: Any, has_jvp: bool = False) -> tuple[Any, Any]:
    """Backward, None where there is none, and the inputs, which take its place then. Raises TypeError."""
    if inputs is not None:
        if backward is None and has_jvp:
            return None, inputs
        if backward is None or not callable(backward):
            raise TypeError(f"backward: expected a function, received {type(backward).__name__}")
        return backward, inputs
    if backward is None or callable(backward):
        raise TypeError("inputs: expected a list of arrays or a mapping of names to arrays, received NoneType")
    return None, backward


def _told(result: Result, raise_exception: bool) -> Outcome:
    outcome = Outcome(*result)
    if raise_exception:
        outcome.raise_for_status()
    return outcome


def _require_memory(max_memory: Any) -> None:
    """Raise TypeError for what is no number of bytes, ValueError for less than one."""
    if isinstance(max_memory, bool) or not isinstance(max_memory, int):
        raise TypeError(f"max_memory: expected a whole number of bytes, such as 2 * 2**30, received {max_memory!r}")
    if max_memory < 1:
        raise ValueError(f"max_memory: expected at least 1 byte, received {max_memory}")


def _current_scheme(scheme: Any) -> str:
    """What the scheme is called now. Raises ValueError for one that there is not."""
    if not isinstance(scheme, str) or scheme not in (*SCHEME.choices, *SCHEME.renamed):
        raise ValueError(f"scheme: expected {expected(SCHEME)}, received {scheme!r}")
    return SCHEME.renamed.get(scheme, scheme)


def _warn_of_scheme(scheme: Any) -> None:
    """Warn whoever called the function that calls this of a scheme that is called otherwise now."""
    if isinstance(scheme, str) and scheme in SCHEME.renamed:
        warnings.warn(SCHEME.called_now("scheme", scheme), DeprecationWarning, stacklevel=3)


def _valid(reading: Reading) -> list[Check]:
    if reading.errors:
        raise InvalidSpec(reading.errors)
    for remark in reading.remarks:
        warnings.warn(remark.headline(), DeprecationWarning, stacklevel=3)
    return list(reading.checks)
