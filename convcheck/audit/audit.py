"""From checks to what an audit found: the mistakes of each layer, put through the checks of that layer."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from convcheck.audit.adequacy import adequacy_of
from convcheck.audit.candidates import Candidates, candidates
from convcheck.audit.mistaken import Slip, slips_of
from convcheck.audit.score import Share, SlipOutcome, outcomes_of
from convcheck.audit.trial import AuditCheck, Trial, sizes_of_check
from convcheck.audit.why import Reasons, sizes_text
from convcheck.diagnosis.audited import NOT_NOTICED, AuditedLayer, AuditedMistake
from convcheck.diagnosis.shrink import work
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.check import Check

# The product of the letters up to which mistakes are tried at a check: they are made in plain loops.
MOST_WORK = 500_000
TOO_LARGE = "too large to try mistakes at, which are made in plain loops"
NOT_PASSED = "the layer itself does not pass it, so that it tells nothing"
# So many slips are handed to a process at a time.
AT_ONCE = 12

Run = Callable[[Iterable[Share]], Iterator[Sequence[SlipOutcome]]]


class LayerFound(NamedTuple):
    """What was found of one layer, with what it was found with."""

    told: AuditedLayer
    checks: tuple[AuditCheck, ...]
    others: Candidates
    slips: Sequence[Slip]
    outcomes: Sequence[SlipOutcome]


def in_this_process(shares: Iterable[Share]) -> Iterator[Sequence[SlipOutcome]]:
    """One share after the other."""
    return map(outcomes_of, shares)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal: the first of them ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def in_processes(workers: int) -> Iterator[Run]:
    """So many processes, each of which does one share after the other; all of it is built in."""
    if workers <= 1:
        yield in_this_process
        return
    # Most audits that are waited for are small, and most commands are none.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _leave_interrupts)
    try:
        yield lambda shares: pool.map(outcomes_of, shares)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def audit_layer(layer: str, checks: Sequence[AuditCheck], run: Run = in_this_process) -> LayerFound:
    """The mistakes of a layer, put through these checks of it, the cheapest first."""
    left_out: dict[str, str] = {}
    usable = []
    for one in sorted(checks, key=lambda each: work(each.check.sizes.given())):
        if work(one.check.sizes.given()) > MOST_WORK:
            left_out[one.check.id] = TOO_LARGE
        elif not Trial(one).passes():
            left_out[one.check.id] = NOT_PASSED
        else:
            usable.append(one)
    slips = [*slips_of(layer)]
    others = candidates(layer, usable)
    shares = [
        Share(layer, tuple(usable), others, start, min(start + AT_ONCE, len(slips)))
        for start in range(0, len(slips), AT_ONCE)
    ]
    outcomes = [outcome for found in run(shares) for outcome in found]
    sizes = [sizes_of_check(one.check) for one in usable]
    tried = [sizes_of_check(one.check) for one in (*others.near, *others.pairs)]
    reasons = Reasons(LAYERS[layer].sizes, sizes, tried)
    by_id = {one.check.id: one.check for one in usable}
    mistakes = []
    for slip, outcome in zip(slips, outcomes, strict=True):
        why = slip.equivalent if outcome.fate == "equivalent" else ""
        if outcome.fate == "unseen":
            why = _of_unseen(by_id[outcome.differs_in[0]])
        elif outcome.fate == "hidden":
            near = len(others.near)
            why = reasons.why(outcome.shows, near if min(outcome.shows, default=near) < near else len(tried))
        at = "" if outcome.noticed_at is None else sizes_text(tried[outcome.noticed_at])
        made = slip.made
        mistakes.append(
            AuditedMistake(
                made.id, made.mistake.tensor, made.sentence, made.mend, outcome.fate, outcome.check, outcome.status,
                why, at if outcome.fate in NOT_NOTICED else "",
            )
        )  # fmt: skip
    told = AuditedLayer(
        layer,
        tuple(one.check.id for one in usable),
        tuple(mistakes),
        tuple(adequacy_of([one.check for one in usable])) if usable else (),
        left_out,
    )
    return LayerFound(told, tuple(usable), others, slips, outcomes)


def _of_unseen(check: Check) -> str:
    """Why a check passes although the mistake changes what it looks at."""
    if check.manner.tolerance is not None:
        return f"it makes a difference in {check.id}, within the tolerance {check.manner.tolerance:g} of that"
    may = "which right code may make there as well: by rounding, or by another convention"
    return f"it makes a difference in {check.id}, {may}"
