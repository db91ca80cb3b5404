"""What the fuzzer of the reader found, and specs that grow: nothing costs more than its size, and no error is long.

Covers spec/reader.py, spec/spec_text.py, spec/compose.py and spec/build.py as well.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec import reader as spec_reader
from convcheck.spec.reader import Reading, read_text
from tests.fuzz import reader as fuzzer
from tests.fuzz.large_specs import LARGE

FOUND = sorted(fuzzer.CORPUS.glob("*.yaml"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path) -> None:
    assert fuzzer.fault(path.read_bytes()) is None


def test_a_run_breaks_no_promise(capsys) -> None:
    assert fuzzer.main(["--inputs", "500", "--seed", "3"]) == 0
    assert capsys.readouterr().out.startswith("reader: 500 inputs, 0 faults, slowest ")


def test_the_same_seed_makes_the_same_inputs() -> None:
    one, other = fuzzer.Mutator(5), fuzzer.Mutator(5)
    assert [one() for _ in range(50)] == [other() for _ in range(50)]


def with_first(reading: Reading, **changed: Any) -> Reading:
    return reading._replace(errors=(reading.errors[0]._replace(**changed),))


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda reading: reading._replace(checks=(), errors=()), "neither a check nor an error"),
        (lambda reading: with_first(reading, column=99), "a place that is not there"),
        (lambda reading: with_first(reading, message="x" * 20_000), "no text to print"),
        (lambda reading: reading._replace(errors=reading.errors * 200), "400 errors"),
        (lambda reading: 1 / 0, "ZeroDivisionError"),
        (lambda reading: sum(range(2_000_000)) and reading, "answered after"),
    ],
)  # fmt: skip
def test_a_broken_promise_is_seen(spoilt, said, monkeypatch) -> None:
    if said == "answered after":
        monkeypatch.setattr(fuzzer, "MOST_SECONDS", 0.001)
    monkeypatch.setattr(fuzzer, "read_bytes", lambda *given: spoilt(spec_reader.read_bytes(*given)))
    assert said in str(fuzzer.fault(b"N: 0\n"))


def work(text: str) -> int:
    """How many calls it takes to read the text, those of built-in functions included."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_text(text, "a.yaml", FORMS)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("what", LARGE)
def test_twice_the_size_is_no_more_than_twice_the_work(what: str) -> None:
    small, large = LARGE[what](2**10), LARGE[what](2**11)
    work(small)  # what is imported and compiled on demand
    assert work(large) < 2.3 * work(small) + 3000


@pytest.mark.parametrize("what", LARGE)
def test_large_specs_are_answered_briefly_and_at_once(what: str) -> None:
    text = LARGE[what](2**16)
    start = time.process_time()
    reading = read_text(text, "a.yaml", FORMS)
    # Far more than it takes, and far less than it took: what calls cannot count runs in one call, as a pattern does.
    assert time.process_time() - start < 4
    assert reading.errors or reading.checks
    assert len(reading.errors) <= 101
    assert sum(len(part or "") for error in reading.errors for part in error[3:6]) < 101 * 1500
