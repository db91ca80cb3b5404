"""`gradcheck`: any forward and backward on NumPy arrays, with no layer behind them."""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convcheck.checking.criterion import rounding_factor
from convcheck.checking.examine import Outcome, Way, examine, raised_finding, status_of
from convcheck.checking.result import Result
from convcheck.checking.subject import Subject, stream
from convcheck.implementations.pair import Pair
from convcheck.implementations.raised import Raised
from convcheck.layers.layer import Array, Input, Kind
from convcheck.layers.locality import All, Same, Tie, Window
from convcheck.numeric.data import Data, direction, far_steps
from convcheck.numeric.differences import OneSided
from convcheck.numeric.function import Function, Line
from convcheck.numeric.groups import every_entry
from convcheck.numeric.linearity import linear_along
from convcheck.spec.sizes import Shape

Inputs = Sequence[Array] | Mapping[str, Array]
KINDS: tuple[Kind, ...] = ("linear", "kinked", "smooth")


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Inputs,
    dout: Array | None = None,
    locality: Mapping[str, Sequence[Tie]] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    scheme: str = "auto",
    tolerance: float | None = None,
    budget: float = 60.0,
    seed: int = 0,
) -> Result:
    """Check every entry of every gradient that `backward` returns against differences of `forward`.

    `forward(*inputs)` returns out, or (out, cache). `backward` is called as `backward(dout, cache)` where there is a
    cache, as `backward(dout, *inputs)` where there is none; it returns a gradient for each input, in their order, or a
    bare array where there is one input. `inputs` are arrays of one dtype, float64 or float32, in a sequence (their names are
    then those of forward's parameters) or by name. `dout` has the shape of out; without it, it is drawn.

    `locality` says for an input, axis by axis, which outputs its entries reach (`Same`, `All`, `Window`); an input
    that is not in it is probed entry by entry. `kinds` says how out depends on an input: "linear", "kinked"
    (piecewise linear) or "smooth"; unsaid, it is found out. Neither is trusted: both are tested on `forward` itself, and
    given up, with a finding that says so, where they do not hold.

    `scheme` ("auto", "full", "probe"), `tolerance`, `budget` (seconds) and `seed` are as in a spec. Returns a `Result` whose
    layer is "function". An exception in forward or backward becomes a finding, and the status "error". Raises TypeError
    or ValueError for arguments that cannot be.

    >>> gradcheck(lambda x: x**2, lambda dout, x: dout * 2 * x, [np.array([1.0, 3.0])]).status
    'pass'
    """
    start = time.perf_counter()
    arrays = _named(forward, inputs)
    dtype = _common_dtype(arrays)
    if scheme not in ("auto", "full", "probe"):
        raise ValueError(f"scheme: expected auto, full or probe, received {scheme!r}")
    pair = Pair(getattr(forward, "__name__", "function"), *_with_cache(forward, backward))
    rng = stream(seed, "gradcheck")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        function = Function(pair.forward)
        try:
            out = function(list(arrays.values()))
            subject = Subject(
                pair=pair,
                claims=tuple(_claims(arrays, out, locality or {}, kinds or {}, function, rng)),
                data=_data(arrays, out.shape, dout, dtype, rng),
                dtype=dtype,
                rng=rng,
            )
            outcome = examine(subject, Way(scheme, tolerance, budget), function)
        except Raised as error:
            out = np.empty(0)
            outcome = Outcome((), (raised_finding(error),), scheme, function.evaluations, 0, raised=True)
    return Result(
        id="gradcheck",
        layer="function",
        spec={name: list(array.shape) for name, array in arrays.items()},
        output_shape=tuple(out.shape),
        implementation=pair.name,
        dtype=str(dtype),
        data="given",
        seed=seed,
        scheme=outcome.scheme,
        expect="pass",
        status=status_of(outcome, "pass"),
        tensors=outcome.tensors,
        findings=outcome.findings,
        forward_evaluations=outcome.forward_evaluations,
        backward_evaluations=outcome.backward_evaluations,
        seconds=time.perf_counter() - start,
    )


def _named(forward: Callable[..., Any], inputs: Inputs) -> dict[str, Array]:
    if isinstance(inputs, Mapping):
        return {str(name): np.asarray(array) for name, array in inputs.items()}
    if isinstance(inputs, np.ndarray):
        raise TypeError("inputs: expected a list of arrays or a mapping of names to arrays, received one array: [x]")
    arrays = [np.asarray(array) for array in inputs]
    try:
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        names = [p.name for p in inspect.signature(forward).parameters.values() if p.kind in positional]
    except (TypeError, ValueError):
        names = []
    if len(names) < len(arrays):
        names = [f"x{i}" for i in range(len(arrays))]
    return dict(zip(names, arrays, strict=False))


def _common_dtype(arrays: Mapping[str, Array]) -> np.dtype[Any]:
    if not arrays:
        raise ValueError("inputs: expected at least one array, received none")
    for name, array in arrays.items():
        if array.dtype not in (np.float64, np.float32):
            raise TypeError(
                f"inputs: expected float64 or float32, received {array.dtype} for {name}: use {name}.astype(np.float64)"
            )
        if not array.size:
            raise ValueError(f"inputs: {name} has shape {array.shape}, no entries to check")
        if not np.isfinite(array).all():
            raise ValueError(f"inputs: {name} has entries that are NaN or infinite")
    dtypes = {array.dtype for array in arrays.values()}
    if len(dtypes) > 1:
        said = ", ".join(f"{name} {array.dtype}" for name, array in arrays.items())
        raise TypeError(f"inputs: expected one dtype, received {said}")
    return dtypes.pop()


def _with_cache(forward: Callable[..., Any], backward: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Both in the convention of `Pair`: the cache carries what `backward` is to be called with."""

    def caching(*inputs: Array) -> tuple[Any, Any]:
        returned = forward(*inputs)
        if isinstance(returned, tuple) and len(returned) == 2:
            return _array(returned[0]), (returned[1],)
        return _array(returned), inputs

    return caching, lambda dout, cache: backward(dout, *cache)


def _array(out: Any) -> Any:
    """A number, such as the sum of an array, is an output of no axes."""
    return np.asarray(out) if isinstance(out, (float, np.generic)) else out


def _claims(
    arrays: Mapping[str, Array],
    out: Array,
    locality: Mapping[str, Sequence[Tie]],
    kinds: Mapping[str, Kind],
    function: Function,
    rng: np.random.Generator,
) -> list[Input]:
    _reject_unknown("locality", locality, arrays)
    _reject_unknown("kinds", kinds, arrays)
    claims = []
    for position, (name, array) in enumerate(arrays.items()):
        ties = tuple(locality[name]) if name in locality else every_entry(array.shape)
        _validate_ties(name, array.shape, ties, out.shape)
        kind = kinds.get(name)
        if kind is None:
            line = Line(function, list(arrays.values()), position)
            kind = "linear" if _looks_linear(line, out, rng) else "smooth"
        elif kind not in KINDS:
            raise ValueError(f"kinds: expected linear, kinked or smooth for {name}, received {kind!r}")
        claims.append(Input(name, array.shape, kind, ties))
    return claims


def _looks_linear(line: Line, out: Array, rng: np.random.Generator) -> bool:
    """Along one random direction that leads far beyond x."""
    roundoff = rounding_factor(line.x.size) * float(np.finfo(line.x.dtype).eps)
    noise = np.full(out.shape, roundoff * float(np.abs(out).max(initial=0)))
    steps = far_steps(line.x)
    base = out.astype(np.float64)
    return linear_along(
        OneSided(line, base, steps.step, noise, roundoff), direction(line.x, steps, False, rng), roundoff
    )


def _reject_unknown(argument: str, given: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    for name in given:
        if name not in arrays:
            raise ValueError(f"{argument}: no input is named {name!r}; there is {', '.join(arrays)}")


def _validate_ties(name: str, shape: Shape, ties: Sequence[Tie], output: Shape) -> None:
    if len(ties) != len(shape):
        raise ValueError(f"locality: {name} has {len(shape)} axes {shape}, received {len(ties)} ties")
    for axis, (length, tie) in enumerate(zip(shape, ties, strict=True)):
        if isinstance(tie, All):
            continue
        if not isinstance(tie, (Same, Window)):
            raise TypeError(f"locality: expected Same, All or Window for axis {axis} of {name}, received {tie!r}")
        if not 0 <= tie.axis < len(output):
            raise ValueError(f"locality: axis {axis} of {name}: {tie} names an axis that the output {output} lacks")
        if isinstance(tie, Same) and output[tie.axis] != length:
            raise ValueError(
                f"locality: axis {axis} of {name} has length {length}, axis {tie.axis} of the output {output[tie.axis]}: "
                "Same needs equal lengths"
            )


def _data(
    arrays: Mapping[str, Array], shape: Shape, dout: Array | None, dtype: np.dtype[Any], rng: np.random.Generator
) -> Data:
    if dout is None:
        dout = rng.standard_normal(shape).astype(dtype)
    elif np.shape(dout) != shape:
        raise ValueError(f"dout: expected the shape of forward's output, {shape}, received {np.shape(dout)}")
    other = rng.standard_normal(shape).astype(dtype)
    steps = [far_steps(array) for array in arrays.values()]
    return Data(list(arrays.values()), np.asarray(dout).astype(dtype), other, steps, exact=False)
