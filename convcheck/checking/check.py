"""One check, from its spec to its Result."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from convcheck.checking.examine import Examination, Options, examine, planned_evaluations_of
from convcheck.checking.result import Finding, Result, Sample, Status
from convcheck.checking.settings import DEFAULT_SETTINGS, Settings
from convcheck.checking.subject import layer_subject
from convcheck.checking.termination import status_of
from convcheck.checking.watch import WatchedFunction, watchers
from convcheck.implementations.pair import Binding, built_in_pair
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Variant
from convcheck.numeric.data import bits_taken, grid_bits, is_exact, room_beside
from convcheck.spec.check import Check
from convcheck.spec.showing import count

# glibc keeps as much free memory as the largest array that was ever freed allows, up to 32 MiB. One that is never
# written costs nothing, and saves a seventh of checks whose arrays would else be mapped and cleared anew each time.
np.empty(31 * 2**20, np.uint8)


def run_check(check: Check, settings: Settings = DEFAULT_SETTINGS) -> Result:
    """Check one built-in implementation. Raises KeyError for a layer or an implementation that is not built in."""
    layer = LAYERS[check.layer]
    return run_variant(check, layer, layer.variants[check.manner.variant], settings)


def run_variant(check: Check, layer: Layer, variant: Variant, settings: Settings = DEFAULT_SETTINGS) -> Result:
    """Check `variant` as an implementation of `layer`, at the sizes and in the manner that `check` gives."""
    return run_bound(check, layer, partial(built_in_pair, check.manner.variant, variant), settings)


def run_bound(check: Check, layer: Layer, binding: Binding, settings: Settings = DEFAULT_SETTINGS) -> Result:
    """Check whatever `binding` makes of the layer's parameters: a built-in variant or the user's own code.

    Raises what `binding` raises. What the code under test raises when it is called is a finding.
    """
    start = time.perf_counter()
    options = Options(check.manner.scheme, check.manner.tolerance, settings.budget, settings.suite)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        subject = layer_subject(check, layer, binding)

        def result_of(examination: Examination, status: Status, findings: Sequence[Finding]) -> Result:
            seconds = time.perf_counter() - start
            return _result(check, subject.pair.name, examination, status, findings, seconds, subject.observed)

        def tell(found: Callable[[], Examination]) -> None:
            def so_far() -> Result:
                examination = found()
                findings = [*_unread(check), *subject.findings, *examination.findings]
                return result_of(examination, "error", findings)

            for watcher in watchers():
                watcher.found(so_far)

        examination = examine(subject, options, WatchedFunction(subject.pair.forward), tell)
    findings = [*_unread(check), *subject.findings, *examination.findings]
    said = (*subject.findings, *examination.findings)
    status = status_of(examination.ended, examination.tensors, said, check.manner.expect, settings.suite)
    if check.manner.expect == "fail" and status == "fail":
        findings.append(Finding("unexpected-pass", "error", "this check was expected to fail, and all of it is right"))
    return result_of(examination, status, findings)


def _result(
    check: Check,
    implementation: str,
    examination: Examination,
    status: Status,
    findings: Sequence[Finding],
    seconds: float,
    observed: tuple[Sample, ...],
) -> Result:
    return Result(
        id=check.id,
        layer=check.layer,
        spec=check.sizes.given(),
        output_shape=tuple(check.sizes.shapes()["out"]),
        implementation=implementation,
        dtype=check.manner.dtype,
        data=check.manner.data,
        seed=check.manner.seed,
        scheme=examination.scheme,
        expect=check.manner.expect,
        status=status,
        tensors=examination.tensors,
        findings=tuple(findings),
        forward_evaluations=examination.forward_evaluations,
        backward_evaluations=examination.backward_evaluations,
        seconds=seconds,
        file=check.file,
        line=check.line,
        samples=examination.samples,
        observed=observed,
    )


def planned_evaluations(check: Check) -> int:
    """How many times `run_check` will call forward if every claim about the layer holds of the code.

    Raises KeyError for a layer that is not built in.
    """
    facts = LAYERS[check.layer].facts(check.sizes)
    manner = check.manner
    tied = manner.data == "ties"
    mantissa = np.finfo(manner.dtype).nmant + 1
    grid = grid_bits(facts, mantissa)
    taken = bits_taken(facts, mantissa, grid) if is_exact(facts, manner.data, grid) else None
    rooms = None if taken is None else [room_beside(bits, np.finfo(np.float64).eps) for bits in taken]
    return planned_evaluations_of(facts.inputs, facts.output, manner.scheme, manner.dtype, tied=tied, rooms=rooms)


def _unread(check: Check) -> list[Finding]:
    nouns = ("row", "column", "frame")
    parts = [count(n, noun) for n, noun in zip(check.sizes.unread(), nouns, strict=False) if n]
    if not parts:
        return []
    told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    message = f"no window reads {told} of the padded input: the gradient there must be zero"
    return [Finding("unread", "note", message, "dx")]
