"""Ctrl-C in the middle: what was finished is reported, and nothing is written half.

Covers running/interrupts.py as well.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convcheck.running import interrupts as interrupts_module
from convcheck.running.interrupts import SIGNALS, Interrupts
from tests.cli.calling import clean_environment

# The first is done in no time, the second takes minutes with loops.
SPEC = """\
checks:
  - {layer: relu, shape: [2]}
  - {layer: conv, N: 8, C: 16, H: 64, W: 64, F: 32, H1: 5, W1: 5, stride: 1, pad: 2}
  - {layer: relu, shape: [3]}
"""

# A real signal, sent when the second check begins.
DRIVER = """\
import os, signal, sys
from convcheck.running import in_process
run_check, seen = in_process.run_check, []
def counting(*arguments):
    seen.append(1)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.{signal})
    return run_check(*arguments)
in_process.run_check = counting
from convcheck.__main__ import main
main()
"""


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    (tmp_path / "slow.yaml").write_text(SPEC)
    return tmp_path


def drive(folder: Path, *arguments: str, signal: str = "SIGINT") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", DRIVER.format(signal=signal), *arguments],
        cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_ctrl_c_from_outside(slow: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "convcheck", "run", "-v", "slow.yaml"],
        cwd=slow, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert select.select([running.stdout], [], [], 30)[0]
    first = running.stdout.readline()
    time.sleep(0.2)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert first == "pass  slow.yaml::relu[shape=2]\n"
    assert "3 checks: 1 pass, 2 not run, interrupted" in out
    assert err == "convcheck: interrupted after 1 of 3 checks\n"


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_json_document_is_whole(slow: Path, number: str) -> None:
    ran = drive(slow, "run", "slow.yaml", "--format", "json", signal=number)
    assert ran.returncode == 130
    document = json.loads(ran.stdout)
    assert document["interrupted"] is True
    assert [check["status"] for check in document["checks"]] == ["pass"]
    assert document["summary"]["not_run"] == 2


def test_so_is_the_file(slow: Path) -> None:
    (slow / "out.json").write_text("old")
    assert drive(slow, "run", "slow.yaml", "--format", "json", "-o", "out.json").returncode == 130
    assert json.loads((slow / "out.json").read_text())["interrupted"] is True
    assert sorted(path.name for path in slow.iterdir()) == ["out.json", "slow.yaml"]


ENDLESS = """\
import os
import numpy as np

def relu_forward(x):
    while x.shape == (3,):
        os.makedirs(f"pid/{os.getpid()}", exist_ok=True)
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def test_ctrl_c_ends_the_worker(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(ENDLESS)
    (tmp_path / "spec.yaml").write_text("layer: relu\nmatrix: {shape: [[2], [3], [4]]}\n")
    running = subprocess.Popen(
        [sys.executable, "-m", "convcheck", "run", "spec.yaml", "--impl", "layers.py"],
        cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(300):
        if list(tmp_path.glob("pid/*")):
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "3 checks: 1 pass, 2 not run, interrupted" in out
    assert err == "convcheck: interrupted after 1 of 3 checks\n"
    with pytest.raises(ProcessLookupError):
        os.kill(int(next(tmp_path.glob("pid/*")).name), 0)


def test_an_interruption_waits_until_it_is_allowed() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        reached = True
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            reached = False
        assert reached
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("second", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_second_one_soon_after_it_is_the_same(second: str) -> None:
    seen = []
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), getattr(signal, second))
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            seen.append("allowed")
    assert seen == []


def test_one_that_is_lost_where_exceptions_are_strikes_at_the_next_place() -> None:
    with Interrupts() as interrupts:
        with interrupts.allowed(), contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            pass


def test_whoever_insists_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts_module, "PATIENCE_SECONDS", 0.0)
    with Interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_one_around_it_knows_of_the_signal() -> None:
    with Interrupts() as outer:
        with contextlib.suppress(KeyboardInterrupt), Interrupts() as inner, inner.allowed():
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt), outer.allowed():
            pass


def test_at_the_end_no_signal_changes_the_exit_code() -> None:
    before = [(number, signal.getsignal(number)) for number in SIGNALS]
    try:
        with Interrupts() as interrupts:
            interrupts.end()
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
