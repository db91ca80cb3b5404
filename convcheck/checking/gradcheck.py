"""`gradcheck`: any forward and backward on NumPy arrays, with no layer behind them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.contract.findings import wrong_shape
from convcheck.checking.contract.replaced import with_replaced
from convcheck.checking.examine import Examination, Options, examine
from convcheck.checking.gradcheck_arguments import (
    Inputs,
    common_dtype,
    given_data,
    named_inputs,
    reject_unknown,
    require_mapping,
    require_numbers,
    validate_locality,
)
from convcheck.checking.result import Finding, Result, Status
from convcheck.checking.subject import Subject, stream
from convcheck.checking.termination import status_of, termination_of
from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised, called
from convcheck.implementations.module_snapshot import modules_kept
from convcheck.implementations.pair import Pair
from convcheck.implementations.received import Received
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Input, Kind
from convcheck.layers.locality import Tie
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.groups import no_locality
from convcheck.numeric.linearity import Line, line_through, noise_beside
from convcheck.numeric.noise import POINTS, Noise, measured_noise, unmeasured_noise
from convcheck.numeric.plan import NOT_OF_KIND

# Seconds that noise may take to measure, whatever the budget: what forward rounds decides what is held against it.
LEAST_FOR_NOISE = 1.0


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
    """The `Result` of any forward and backward, with "function" for a layer. Its arguments: see `convcheck.gradcheck`.

    An exception in forward or backward becomes a finding. Raises TypeError and ValueError as is said there.
    """
    start = time.perf_counter()
    for name, given in (("forward", forward), ("backward", backward)):
        if not callable(given):
            raise TypeError(f"{name}: expected a function, received {type(given).__name__}")
    require_numbers(tolerance=tolerance, budget=budget, seed=seed)
    locality = require_mapping("locality", locality, "ties, axis by axis")
    kinds = require_mapping("kinds", kinds, "linear, kinked or smooth")
    arrays = named_inputs(forward, inputs)
    reject_unknown("locality", locality, arrays)
    reject_unknown("kinds", kinds, arrays)
    dtype = common_dtype(arrays)
    calls = _with_cache(forward, backward)
    pair = Pair(getattr(forward, "__name__", "function"), calls[0], calls[1])
    rng = stream(seed, "gradcheck")
    with modules_kept() as replaced, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        function = Function(pair.forward)
        try:
            received, cache = function.received([a.copy() for a in arrays.values()])
            out = received.real
            # A tuple of any other length than two is neither an output nor one with its cache.
            if out is None or not out.size or received.container == "tuple":
                raise _NoNumbers(received)
            claims, noise, given_up = _claims(arrays, out, locality, kinds, function, budget, rng)
            subject = Subject(
                pair=pair,
                claims=claims,
                data=given_data(arrays, claims, dout, out, rng),
                dtype=dtype,
                rng=rng,
                noise=noise,
            )
            examination = examine(subject, Options(scheme, tolerance, budget), function)
            taken = _taken_for_cache(out, cache, arrays.values(), passed=_status_of(examination) == "pass")
            examination = examination._replace(findings=(*given_up, *examination.findings, *taken))
        except _NoNumbers as error:
            finding = wrong_shape("forward", "forward", error.out, None)
            if error.out.container == "tuple":
                finding = finding._replace(hint="return out, or (out, cache), where the cache may be a tuple itself")
            out = np.empty(0)
            examination = Examination((), (finding,), scheme, function.evaluations, 0)
        except (Raised, NotWritten) as error:
            out = np.empty(0)
            ended, said = termination_of(error, tiles=True)
            examination = Examination((), tuple(said), scheme, function.evaluations, 0, ended)
    result = Result(
        id="gradcheck",
        layer="function",
        spec={name: list(array.shape) for name, array in arrays.items()},
        output_shape=tuple(out.shape),
        implementation=pair.name,
        dtype=str(dtype),
        data="given",
        seed=seed,
        scheme=examination.scheme,
        expect="pass",
        status=_status_of(examination),
        tensors=examination.tensors,
        findings=examination.findings,
        forward_evaluations=examination.forward_evaluations,
        backward_evaluations=examination.backward_evaluations,
        seconds=time.perf_counter() - start,
    )
    return with_replaced(result, replaced())


def _status_of(examination: Examination) -> Status:
    return status_of(examination.ended, examination.tensors, examination.findings, "pass")


class _NoNumbers(Exception):
    """Forward gave `out`, of which nothing can be differentiated: no numbers, or none at all."""

    def __init__(self, out: Received) -> None:
        super().__init__()
        self.out = out


class _Returned(tuple[Any, ...]):
    """What forward returned beside the output, as backward is called with it."""

    __slots__ = ()


def _taken_for_cache(out: Array, cache: Any, inputs: Iterable[Array], *, passed: bool) -> list[Finding]:
    """What was taken for what, where forward returned two arrays: it may have meant two outputs.

    Of a check that `passed`, only where the second is as an output would be: of the same shape, and none of the inputs.
    """
    if not isinstance(cache, _Returned) or not hasattr(cache[0], "shape"):
        return []
    if passed and (tuple(cache[0].shape) != out.shape or any(np.array_equal(cache[0], a) for a in inputs)):
        return []
    message = (
        f"forward returned two arrays: the first, {out.shape}, was taken for the output, and backward is called with "
        f"the second, {tuple(cache[0].shape)}, as its cache"
    )
    hint = "where both are outputs, check each by itself, or return one array: np.stack, np.concatenate"
    return [Finding("taken-for-cache", "note", message, None, hint)]


def _with_cache(forward: Callable[..., Any], backward: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """Both in the convention of `Pair`: the cache holds what `backward` is called with after dout."""

    def caching(*inputs: Array) -> tuple[Any, Any]:
        returned = called("forward", forward, inputs, {})
        if issubclass(type(returned), tuple) and len(returned) == 2:
            return returned[0], _Returned((returned[1],))
        return returned, inputs

    return caching, lambda dout, cache: called("backward", backward, (dout, *cache), {})


def _claims(
    arrays: Mapping[str, Array],
    out: Array,
    locality: Mapping[str, Sequence[Tie]],
    kinds: Mapping[str, Kind],
    function: Function,
    budget: float,
    rng: Draws,
) -> tuple[tuple[Input, ...], Noise, list[Finding]]:
    """What holds of each input, the noise of forward, and a finding for each declared kind that does not hold."""
    ties = {name: locality[name] if name in locality else no_locality(a.shape) for name, a in arrays.items()}
    for name, array in arrays.items():
        validate_locality(name, array.shape, ties[name], out.shape)
        if kinds.get(name, "linear") not in get_args(Kind):
            raise ValueError(f"kinds: expected linear, kinked or smooth for {name}, received {kinds[name]!r}")
    linear, noise = _linear_inputs(arrays, out.astype(np.float64, copy=False), kinds, function, budget, rng)
    claims: list[Input] = []
    given_up = []
    for name, array in arrays.items():
        kind = kinds.get(name, "linear")
        if kind == "linear" and name not in linear:
            kind = "smooth"
            if name in kinds:
                given_up.append(Finding("claim-lost", "note", NOT_OF_KIND.format("linear", name), "d" + name))
        claims.append(Input(name, array.shape, kind, tuple(ties[name])))
    return tuple(claims), noise, given_up


def _linear_inputs(
    arrays: Mapping[str, Array],
    base: Array,
    kinds: Mapping[str, Kind],
    function: Function,
    budget: float,
    rng: Draws,
) -> tuple[set[str], Noise]:
    """The names of the inputs in which forward is linear, as far as nobody said anything else, and its noise.

    Where it is linear in all of them, what is left of the lines that show it is the noise. `base` is forward's output.
    """
    inputs, epsilon = list(arrays.values()), float(np.finfo(next(iter(arrays.values())).dtype).eps)
    lines: dict[str, Line] = {}
    # Where forward raises, it does so once more when the input's turn has come: what was declared holds until then.
    untold: set[str] = set()

    def told_linear(noise: Noise) -> set[str]:
        linear = set(untold)
        for name, line in lines.items():
            try:
                if line.is_linear(noise.bound):
                    linear.add(name)
            except Raised:
                if name in kinds:
                    linear.add(name)
        return linear

    for position, (name, array) in enumerate(arrays.items()):
        if kinds.get(name, "linear") != "linear":
            continue
        roundoff = rounding_factor(array.size) * epsilon
        try:
            line = line_through(InputProbe(function, inputs, position), base, roundoff, len(arrays), rng)
        except Raised:
            if name in kinds:
                untold.add(name)
            continue
        if line:
            lines[name] = line
    if len(lines) == len(arrays) and (beside := noise_beside([*lines.values()], epsilon)):
        linear = told_linear(beside)
        if len(linear) == len(arrays):
            return linear, beside
    if POINTS * function.seconds / function.evaluations <= max(LEAST_FOR_NOISE, budget / 4):
        noise = measured_noise(function, inputs, base, rng)
    else:
        noise = unmeasured_noise(base)
    return told_linear(noise), noise
