"""What the suites would not notice in somebody's own code: mistakes are planted in it, and each is run as `run` would.

Which lines a check runs is seen first, on the code as it is: a mistake is tried by the checks that come by it alone,
until one does not pass. What all of them let pass is likely to be no mistake where everything that the passes return is
the same numbers as before, at every check; else it is what the suite has no check for.
"""

import dataclasses
import hashlib
import linecache
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from queue import SimpleQueue
from types import FrameType
from typing import Any, Literal, NamedTuple

import numpy as np

from convcheck.audit.mutants import Mutant, mutants_of
from convcheck.checking.result import Result
from convcheck.checking.run_source import run_loaded
from convcheck.checking.settings import Settings
from convcheck.implementations.asked_for import is_for
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.loading.load import Loaded, file_of, load_source
from convcheck.implementations.loading.read import text_of
from convcheck.implementations.open import survey
from convcheck.implementations.received import received
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import FORMS, LAYERS, SUITES_OF_NO_LAYER, suite_file, suite_text
from convcheck.reports.report import Tally
from convcheck.running.job import TIMEOUT, JobResult
from convcheck.running.message import Reply
from convcheck.running.no_isolation import call_here
from convcheck.running.results import outcome_of, survey_of
from convcheck.spec.check import Check
from convcheck.spec.reader import read_text

# A mutant may take so many seconds for a check, or so many times as long as the code itself has taken for the slowest.
LEAST_SECONDS = 5.0
TIMES_AS_LONG = 10.0

# "killed": a check did not pass. "not run": no check comes by the line. Of those that all checks let pass, "warned": a
# warning is given that is not given of the code as it is, of what it declines too; "equal": everything that the passes
# returned is the same; "survived": something else is. "fault": it has brought about a fault of convcheck itself.
Fate = Literal["killed", "not run", "warned", "equal", "survived", "fault"]


class Tried(NamedTuple):
    """What has become of a mutant: its `fate`; after how many `checks`; of those killed, `by` which check, and `how`:
    the status, or the code of what was found. Of those of which there is a warning `how` has its code. `layers` are
    those whose checks come by it.
    """

    mutant: Mutant
    fate: Fate
    checks: int = 0
    by: str = ""
    how: str = ""
    layers: tuple[str, ...] = ()


class OwnCodeAudit(NamedTuple):
    """What the suites of the layers in a source notice. `found` is what was checked, with so many `checks`; `planted`
    counts the mutants that there are, of which so many as `tried` has were tried. `problem` says why none was.
    """

    source: Source
    found: tuple[Found, ...] = ()
    checks: int = 0
    planted: int = 0
    tried: tuple[Tried, ...] = ()
    problem: str | None = None

    def of(self, *fates: Fate) -> list[Tried]:
        """Those of these fates, in the order of their lines."""
        return [one for one in self.tried if one.fate in fates]

    @property
    def score(self) -> float | None:
        """The share that was noticed of those that are likely to be mistakes; None where there are none."""
        noticed, others = len(self.of("killed", "warned")), len(self.of("survived", "not run"))
        return noticed / (noticed + others) if noticed + others else None


class OwnCheck(NamedTuple):
    """A check of what was found, and what the code as it is makes of it: its `digest` is of all that is returned."""

    check: Check
    found: Found
    result: Result
    digest: str
    lines: frozenset[int]

    def comes_by(self, mutant: Mutant) -> bool:
        """Whether it runs the line."""
        return not self.lines.isdisjoint(range(mutant.line, mutant.end_line + 1))


def audit_own_code(
    source: Source,
    layers: tuple[str, ...] = (),
    *,
    workers: int = 1,
    most: int | None = None,
    timeout: float | None = None,
    isolated: bool = True,
    chosen: Callable[[Mutant], bool] = lambda mutant: True,
    announce: Callable[[int, int, Tried], None] = lambda done, all_of_them, tried: None,
) -> OwnCodeAudit:
    """Plant mistakes in the code of a source, and run the suites of the layers in it (of `layers`, unless empty).

    At most so many as `most` are tried, evenly over the file. `timeout`: seconds for one check; without one, by how
    long the code itself takes. `isolated`: in processes of their own, as many as `workers`; else in this process, and
    without a time limit. `announce` is told how many were tried so far, of how many, and the last one. Raises
    WorkerFault where convcheck is at fault.
    """
    with _Runners(source, workers, timeout or TIMEOUT, isolated) as first:
        try:
            if not source.is_file:
                raise CannotOpen(f"expected a file of code to plant mistakes in, FILE.py, received {source.place}")
            text = text_of(file_of(source))
        except CannotOpen as error:
            return OwnCodeAudit(source, problem=str(error))
        seen = survey_of(first.call(survey, source, layers))
        planned = [(check, found) for found in seen.found for check in _checks_for(found)]
        if not planned:
            return OwnCodeAudit(
                source, seen.found, problem=seen.problem or f"no suite is for what is in {source.text()}"
            )
        trials = [first.trial(check, found) for check, found in planned]
        if failed := [one.result for one in trials if one.result.status not in ("pass", "skipped")]:
            said = (
                f"{failed[0].id} of {source.text()} is {failed[0].status}: what is planted in code is seen only where"
            )
            return OwnCodeAudit(source, seen.found, len(trials), problem=f"{said} the code is right: mend that first")
        slowest = max(one.result.seconds for one in trials)
        lines = frozenset().union(*(one.lines for one in trials))
        mutants = [one for one in mutants_of(text, lines.__contains__) if chosen(one)]
    planted = len(mutants)
    if most is not None and most < planted:
        mutants = [mutants[number * planted // most] for number in range(most)]
    limit = timeout or max(LEAST_SECONDS, TIMES_AS_LONG * slowest)
    tried = []
    with _Runners(source, workers, limit, isolated) as runners:
        for one in runners.each(lambda runner, mutant: _tried(mutant, trials, runner), mutants):
            tried.append(one)
            announce(len(tried), len(mutants), one)
    return OwnCodeAudit(source, seen.found, len(trials), planted, tuple(tried))


def _checks_for(found: Found) -> Iterator[Check]:
    if found.layer in LAYERS or found.layer in SUITES_OF_NO_LAYER:
        reading = read_text(suite_text(found.layer), suite_file(found.layer), FORMS)
        yield from (check for check in reading.checks if is_for(check, found))


def _tried(mutant: Mutant, trials: Sequence[OwnCheck], runner: "_Runners") -> Tried:
    those = [trial for trial in trials if trial.comes_by(mutant)]
    layers = tuple(dict.fromkeys(trial.found.layer for trial in those))
    equal, said = True, dict[str, None]()
    tallies: dict[Found, Tally] = {}
    for trial in trials:
        if trial not in those:
            tallies.setdefault(trial.found, Tally()).add(trial.result)
    for number, trial in enumerate(those, start=1):
        outcome, digest = runner.run(trial.check, trial.found, mutant.text)
        result = outcome.result
        if outcome.fault is not None:
            return Tried(mutant, "fault", number, trial.check.id, outcome.fault.text, layers)
        if result.status not in ("pass", "skipped"):
            how = next((finding.code for finding in result.findings if finding.severity == "error"), "")
            return Tried(mutant, "killed", number, trial.check.id, how or result.status, layers)
        tallies.setdefault(trial.found, Tally()).add(result)
        equal &= digest == trial.digest
        before = {(finding.code, finding.tensor) for finding in trial.result.findings}
        for finding in result.findings:
            if finding.severity == "warning" and (finding.code, finding.tensor) not in before:
                said[finding.code] = None
    if any(tally.declined for tally in tallies.values()):
        return Tried(mutant, "killed", len(those), "", "declined every check", layers)
    fate: Fate = "not run" if not those else "warned" if said else "equal" if equal else "survived"
    return Tried(mutant, fate, len(those), "", ", ".join(said), layers)


class _Runners:
    """What runs the code of a source, one for each worker, to be entered; on leaving, no process is left."""

    def __init__(self, source: Source, workers: int, timeout: float, isolated: bool) -> None:
        self._source = source
        self._settings = Settings(suite=True)
        self._handles: list[Any] = []
        self._free: SimpleQueue[Any] = SimpleQueue()
        if isolated:
            from convcheck.running.worker.handle import WorkerHandle
            from convcheck.running.worker.isolation import MEMORY

            # As the run does: half of the time for the probes leaves the other half for all else that a check does.
            self._settings = Settings(min(self._settings.budget, timeout / 2), suite=True)
            self._handles = [WorkerHandle(timeout, MEMORY) for _ in range(workers)]
        for handle in self._handles:
            self._free.put(handle)

    def __enter__(self) -> "_Runners":
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.stop()

    def each(self, function: Callable[["_Runners", Mutant], Tried], mutants: Sequence[Mutant]) -> Iterator[Tried]:
        """What comes of each, in their order, with all workers. Raises KeyboardInterrupt."""
        if len(self._handles) < 2:
            yield from (function(self, mutant) for mutant in mutants)
            return
        with ThreadPoolExecutor(len(self._handles)) as pool:
            try:
                yield from pool.map(lambda mutant: function(self, mutant), mutants)
            except BaseException:
                # Those under way end with their processes.
                pool.shutdown(wait=False, cancel_futures=True)
                for handle in self._handles:
                    handle.abort()
                raise

    def call(self, function: Callable[..., Any], *arguments: Any) -> Reply:
        """The reply of `function(*arguments)`, by a worker that is free."""
        if not self._handles:
            # What it prints is of no use, a thousand times over.
            with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
                return call_here(self._source, function, *arguments)
        handle = self._free.get()
        try:
            reply: Reply = handle.call(function, arguments, self._source.place).reply
            return reply
        finally:
            self._free.put(handle)

    def run(self, check: Check, found: Found, text: str | None) -> tuple[JobResult, str]:
        """What comes of a check of the file with this text, its own for None, and the digest of what is returned."""
        outcome, digest, _ = self._ran(check, found, text, trace=False)
        return outcome, digest

    def trial(self, check: Check, found: Found) -> OwnCheck:
        """What the code as it is makes of a check."""
        outcome, digest, lines = self._ran(check, found, None, trace=True)
        return OwnCheck(check, found, outcome.result, digest, lines)

    def _ran(
        self, check: Check, found: Found, text: str | None, *, trace: bool
    ) -> tuple[JobResult, str, frozenset[int]]:
        reply = self.call(run_heard, check, self._source, found, self._settings, text, trace)
        digest, lines = "", ()
        if reply.error is None and isinstance(reply.value, tuple) and len(reply.value) == 3:
            value, digest, lines = reply.value
            reply = reply._replace(value=value)
        return outcome_of(reply, check, self._source, found, 0.0), str(digest), frozenset(lines)


def run_heard(
    check: Check, source: Source, found: Found, settings: Settings, text: str | None, trace: bool
) -> tuple[Result, str, tuple[int, ...]]:
    """The Result of a check of the source with this text, a digest of all that its passes returned, and, where it is
    to `trace` them, the lines of its file that were run. Raises what `run_source` does."""
    digest = hashlib.blake2b(digest_size=16)
    path, lines, before = str(file_of(source)), set[int](), sys.gettrace()

    def load() -> Loaded:
        loaded = load_source(source, text)
        return dataclasses.replace(loaded, told=lambda returned: _add(digest, returned), afresh=load)

    def line(frame: FrameType, event: str, argument: object) -> Any:
        lines.add(frame.f_lineno)
        return line

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        return line(frame, event, argument) if frame.f_code.co_filename == path else None

    try:
        if trace:
            sys.settrace(entered)
        result = run_loaded(check, load, found, settings)
    finally:
        if trace:
            sys.settrace(before)
        if text is not None:
            # The file has the text that it has.
            linecache.cache.pop(path, None)
    return result, digest.hexdigest(), tuple(sorted(lines))


def _add(digest: Any, returned: object) -> None:
    """Add to a digest what a pass has returned, whatever that is."""
    if isinstance(returned, Mapping):
        returned = [part for key in sorted(returned, key=str) for part in (str(key), returned[key])]
    if isinstance(returned, (tuple, list)):
        digest.update(f"{type(returned).__name__} {len(returned)}".encode())
        for part in returned:
            _add(digest, part)
        return
    values = None if isinstance(returned, (str, type(None))) else received(returned).values
    if values is None:
        digest.update(f"{type(returned).__name__} {returned if isinstance(returned, (str, int)) else ''}".encode())
        return
    # Minus zero is zero.
    digest.update(f"{values.dtype} {values.shape}".encode() + np.ascontiguousarray(values + 0.0).tobytes())
