"""`gradcheck`: any forward and backward on NumPy arrays, with no layer behind them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from convcheck.checking.contract.replaced import with_replaced
from convcheck.checking.examine import Options
from convcheck.checking.examine_pair import Examined, examine_pair
from convcheck.checking.gradcheck_arguments import (
    Inputs,
    common_dtype,
    named_inputs,
    reject_unknown,
    require_mapping,
    require_numbers,
)
from convcheck.checking.result import Finding, Result
from convcheck.checking.subject import stream
from convcheck.implementations.errors.raised import called
from convcheck.implementations.module_snapshot import modules_kept
from convcheck.implementations.pair import Pair
from convcheck.layers.layer import Array, Kind
from convcheck.layers.locality import Tie
from convcheck.numeric.function import Function


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
    with modules_kept() as replaced, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        function = Function(pair.forward)
        options = Options(scheme, tolerance, budget)
        rng = stream(seed, "gradcheck")
        examined = examine_pair(pair, arrays, options, rng, function, dout=dout, locality=locality, kinds=kinds)
        taken = _taken_for_cache(examined, arrays.values())
    examination = examined.examination._replace(findings=(*examined.examination.findings, *taken))
    result = Result(
        id="gradcheck",
        layer="function",
        spec={name: list(array.shape) for name, array in arrays.items()},
        output_shape=tuple(examined.out.shape),
        implementation=pair.name,
        dtype=str(dtype),
        data="given",
        seed=seed,
        scheme=examination.scheme,
        expect="pass",
        status=examined.status,
        tensors=examination.tensors,
        findings=examination.findings,
        forward_evaluations=examination.forward_evaluations,
        backward_evaluations=examination.backward_evaluations,
        seconds=time.perf_counter() - start,
    )
    return with_replaced(result, replaced())


class _Returned(tuple[Any, ...]):
    """What forward returned beside the output, as backward is called with it."""

    __slots__ = ()


def _taken_for_cache(examined: Examined, inputs: Iterable[Array]) -> list[Finding]:
    """What was taken for what, where forward returned two arrays: it may have meant two outputs.

    Of a check that passed, only where the second is as an output would be: of the same shape, and none of the inputs.
    """
    out, cache = examined.out, examined.cache
    if not isinstance(cache, _Returned) or not hasattr(cache[0], "shape"):
        return []
    is_an_input = any(np.array_equal(cache[0], a) for a in inputs)
    if examined.status == "pass" and (tuple(cache[0].shape) != out.shape or is_an_input):
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
