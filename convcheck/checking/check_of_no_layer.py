"""A check of code that is of no layer: its gradients against differences of its own forward, and no more."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping

import numpy as np

from convcheck.checking.advice_of_no_layer import IN_SPEC, advised, of_its_library
from convcheck.checking.examine import Examination, Options
from convcheck.checking.examine_pair import examine_pair
from convcheck.checking.result import Finding, Result, Status
from convcheck.checking.settings import Settings
from convcheck.checking.subject import stream
from convcheck.checking.termination import status_of
from convcheck.checking.watch import WatchedFunction, watchers
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.of_no_layer.discover import open_found
from convcheck.implementations.pair import Pair
from convcheck.implementations.source import Found
from convcheck.layers.layer import Array
from convcheck.spec.check import Check
from convcheck.spec.inputs import OpenSizes

NO_REFERENCE = Finding(
    "no-reference",
    "note",
    "forward was compared with nothing: what it should compute is not known, only whether backward is its gradient",
)


def run_of_no_layer(check: Check, loaded: Loaded, found: Found, settings: Settings) -> Result:
    """Check what was `found` in code that is `loaded`. Raises CannotOpen where it cannot be called as the spec says."""
    start = time.perf_counter()
    assert isinstance(check.sizes, OpenSizes)
    dtype = np.dtype(check.manner.dtype)
    rng = stream(check.manner.seed, check.id)
    options = Options(check.manner.scheme, check.manner.tolerance, settings.budget, settings.suite)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        with loaded.running():
            opened = open_found(loaded.module, found, check.sizes, dtype, rng)

            def result_of(examination: Examination, status: Status) -> Result:
                return _result(check, opened.pair.name, opened.inputs, examination, status, time.perf_counter() - start)

            def tell(found: Callable[[], Examination]) -> None:
                for watcher in watchers():
                    watcher.found(lambda: result_of(found(), "error"))

            pair: Pair = opened.pair
            function = WatchedFunction(pair.forward)
            dout = np.ones((), dtype) if opened.is_last else None
            examined = examine_pair(
                pair, opened.inputs, options, rng, function, dout=dout, letters=opened.letters, checkpoint=tell
            )
    examination, expect = examined.examination, check.manner.expect
    may_be_constant = [each.name for each in check.sizes.inputs if each.is_differentiated]
    said_so = advised(examination.findings, examination.tensors, opened.inputs, examined.out, may_be_constant, IN_SPEC)
    findings = (NO_REFERENCE, *map(of_its_library, said_so)) if opened.by_its_library else (NO_REFERENCE, *said_so)
    status = status_of(examination.ended, examination.tensors, findings, expect, settings.suite)
    if expect == "fail" and status == "fail":
        said = "this check was expected to fail, and all of it is right"
        findings = (*findings, Finding("unexpected-pass", "error", said))
    result = result_of(examination._replace(findings=findings), status)
    return result._replace(output_shape=tuple(examined.out.shape))


def _result(
    check: Check, name: str, inputs: Mapping[str, Array], examination: Examination, status: Status, seconds: float
) -> Result:
    return Result(
        id=check.id,
        layer=check.layer,
        spec=check.sizes.given(),
        output_shape=(),
        implementation=name,
        dtype=check.manner.dtype,
        data="given",
        seed=check.manner.seed,
        scheme=examination.scheme,
        expect=check.manner.expect,
        status=status,
        tensors=examination.tensors,
        findings=examination.findings,
        forward_evaluations=examination.forward_evaluations,
        backward_evaluations=examination.backward_evaluations,
        seconds=seconds,
        file=check.file,
        line=check.line,
    )
