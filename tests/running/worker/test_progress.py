"""How far a check was when its process was ended: what it had found until then is in its Result.

Covers running/worker/progress.py and checking/watch.py.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convcheck.checking.check import run_check
from convcheck.checking.result import Result
from convcheck.checking.watch import watched_by, watchers
from convcheck.implementations.source import Source
from convcheck.running.worker import progress
from convcheck.running.worker.isolation import Isolation
from convcheck.running.worker.progress import Progress, ProgressReader, ProgressWriter
from tests.reports.samples import FAILED, PASSED
from tests.running.code import FOUND, GOOD, SETTINGS


@pytest.fixture
def reader() -> Iterator[ProgressReader]:
    made = ProgressReader()
    yield made
    made.close()


def test_what_was_noted_last_is_read(reader: ProgressReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    writer = ProgressWriter(reader.file)
    assert reader.read() == Progress(0, None)
    writer.evaluated(3)
    assert reader.read() == Progress(3, None)
    writer.found(lambda: PASSED._replace(forward_evaluations=2))
    writer.found(lambda: FAILED._replace(forward_evaluations=4))
    writer.evaluated(9)
    assert reader.read() == Progress(9, FAILED._replace(forward_evaluations=4))
    assert reader.read() == reader.read()
    reader.begin()
    assert reader.read() == Progress(0, None)


def test_evaluations_are_noted_now_and_then(reader: ProgressReader) -> None:
    writer = ProgressWriter(reader.file)
    for number in range(10_000):
        writer.evaluated(number)
    assert reader.file.size() < 1000
    # With what was found all of them are.
    writer.found(lambda: PASSED)
    assert reader.read() == Progress(9_999, PASSED)


def test_nothing_is_made_for_those_who_do_not_ask(reader: ProgressReader) -> None:
    def so_far() -> Result:
        raise AssertionError("nobody asked")

    ProgressWriter(reader.file, results=False).found(so_far)
    assert reader.read() == Progress(0, None)


@pytest.mark.parametrize("rest", [b"", b"\1", struct.pack("<Q", 100), struct.pack("<Q", 100) + b"half of it"])
def test_what_was_cut_off_or_is_no_plain_data_is_passed_over(reader: ProgressReader, rest: bytes) -> None:
    ProgressWriter(reader.file).found(lambda: PASSED)
    for strange in (b"no pickle", b"cposix\nsystem\n(S'true'\ntR."):
        os.write(reader.file.descriptor, struct.pack("<Q", len(strange)) + strange)
    os.write(reader.file.descriptor, rest)
    assert reader.read() == Progress(PASSED.forward_evaluations, PASSED)


class Seen:
    def __init__(self) -> None:
        self.evaluations: list[int] = []
        self.results: list[Result] = []

    def evaluated(self, evaluations: int) -> None:
        self.evaluations.append(evaluations)

    def found(self, so_far: Callable[[], Result]) -> None:
        self.results.append(so_far())


def test_a_check_tells_what_it_finds_as_it_finds_it() -> None:
    seen = Seen()
    with watched_by(seen):
        whole = run_check(GOOD)
    assert watchers() == ()
    assert seen.evaluations == list(range(1, whole.forward_evaluations + 1))
    assert [len(one.tensors) for one in seen.results] == [1, 1, 1, 2]
    assert {one.status for one in seen.results} == {"error"}
    last = seen.results[-1]
    assert last.tensors == whole.tensors
    assert (last.id, last.spec, last.implementation, last.scheme) == (
        whole.id, whole.spec, whole.implementation, whole.scheme,
    )  # fmt: skip


LAYERS = """\
import ctypes, time
import numpy as np
CALLS = []
def spin():
    while True: pass
def relu_forward(x):
    CALLS.append(1)
    if len(CALLS) > {calls}: {end}
    return np.maximum({least}, x), x
def relu_backward(dout, cache):
    {backward}
    return dout * (cache > 0)
"""
ENDLESS = "spin()"


@pytest.fixture(scope="module")
def isolation() -> Any:
    with Isolation(timeout=0.5) as made:
        yield made


@pytest.mark.parametrize(
    ("code", "status", "tensors", "finding"),
    [
        ({"backward": "time.sleep(100)"}, "error", {"forward": "exact"}, "timed-out"),
        ({"backward": ENDLESS, "least": 0.5}, "fail", {"forward": "wrong"}, "timed-out"),
        ({"backward": "ctypes.string_at(0)"}, "error", {"forward": "exact"}, "crashed"),
        ({"calls": 0, "end": ENDLESS}, "error", {}, "timed-out"),
        ({"calls": 4, "end": ENDLESS}, "error", {"forward": "exact"}, "timed-out"),
    ],
)
def test_a_time_out_and_a_crash_still_report_what_was_found(
    tmp_path: Path, isolation: Isolation, code: dict[str, Any], status: str, tensors: dict[str, str], finding: str
) -> None:
    path = tmp_path / "layers.py"
    path.write_text(LAYERS.format(**{"calls": 10**9, "end": "pass", "least": 0, "backward": "pass", **code}))
    result = isolation.run(GOOD, Source(str(path)), FOUND, SETTINGS).result
    assert result.status == status
    assert {one.name: one.verdict for one in result.tensors} == tensors
    assert [one.code for one in result.findings] == [finding]
    assert (result.forward_evaluations > 0) == bool(tensors)
    # Nothing of it is left for the next.
    path.write_text(LAYERS.format(calls=0, end="raise KeyError", least=0, backward="pass"))
    assert isolation.run(GOOD, Source(str(path)), FOUND, SETTINGS).result.tensors == ()


def test_an_expected_failure_that_was_cut_off_is_no_pass(tmp_path: Path, isolation: Isolation) -> None:
    path = tmp_path / "layers.py"
    path.write_text(LAYERS.format(calls=10**9, end="pass", least=0.5, backward=ENDLESS))
    expected = GOOD._replace(manner=replace(GOOD.manner, expect="fail"))
    assert isolation.run(expected, Source(str(path)), FOUND, SETTINGS).result.status == "error"
