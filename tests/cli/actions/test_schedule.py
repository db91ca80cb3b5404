"""`-j`: several workers, and the report of one; a pool where it saves time, and nowhere else.

Covers actions/schedule.py and options/run.py; the cluster is in test_schedule_on_cluster.py.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from convcheck.cli.actions import run as action
from convcheck.cli.actions import schedule
from convcheck.cli.options.run import failure_limit
from convcheck.running import pool
from tests.cli.calling import Caller, many, timeless
from tests.cli.conftest import OWN
from tests.running.code import left_behind

MIXED = """\
defaults: {layer: relu}
checks:
  - {shape: [2, 3]}
  - {layer: spatial_batchnorm, N: 2, C: 3, H: 4, W: 5, implementation: reshape_without_swap}
  - {shape: [4], implementation: {file: layers.py}}
  - {layer: conv, N: 2, C: 3, H: 6, W: 5, F: 2, H1: 3, W1: 2, stride: 1, pad: 1, dtype: float32}
  - {layer: batchnorm, N: 7, D: 3, data: normal}
  - {shape: [5], implementation: {file: layers.py}}
  - {layer: max_pool, N: 1, C: 2, H: 6, W: 6, H1: 2, W1: 2, stride: 2, data: normal}
"""


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started after the first checks, however short the run."""
    monkeypatch.setattr(action, "start_cost", lambda: 0.0)


@pytest.mark.usefixtures("eager")
def test_the_report_is_the_same_to_the_last_bit(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(OWN)
    (tmp_path / "mixed.yaml").write_text(MIXED)
    (tmp_path / "small.yaml").write_text(many(20))
    arguments = ("run", "mixed.yaml", "small.yaml", "--trust", "--format", "json")
    one, two = call(*arguments), call(*arguments, "-j", 2)
    assert (one.code, one.err) == (two.code, two.err) == (1, "")
    assert timeless(one.out) == timeless(two.out)
    assert json.loads(two.out)["summary"]["checks"] == 27
    assert left_behind() == []


def test_a_short_run_starts_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Caller) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(pool.Pool, "run", never)
    (tmp_path / "few.yaml").write_text(many(6))
    assert call("run", "few.yaml", "-j", "auto").code == 0


@pytest.mark.usefixtures("eager")
def test_one_that_is_longer_than_starting_workers_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Caller
) -> None:
    started, run = [], pool.Pool.run
    monkeypatch.setattr(pool.Pool, "run", lambda self, *jobs: started.append(1) or run(self, *jobs))
    (tmp_path / "few.yaml").write_text(many(6))
    assert call("run", "few.yaml", "-j", 2).code == 0
    assert started


@pytest.mark.usefixtures("eager")
def test_without_isolation_there_is_one_process(call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool.Pool, "run", None)
    (tmp_path / "few.yaml").write_text(many(6))
    assert call("run", "few.yaml", "-j", 2, "--no-isolation").code == 0


@pytest.mark.usefixtures("eager")
def test_a_fault_costs_the_same_check_in_workers(call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from convcheck.running.worker import local

    monkeypatch.setattr(local, "run_batch", broken)
    (tmp_path / "few.yaml").write_text(many(12))
    called = call("run", "few.yaml", "-j", 2, "--format", "json")
    assert called.code == 3
    assert "a fault in convcheck itself, in few.yaml::relu[shape=9]" in called.err
    assert [check["status"] for check in json.loads(called.out)["checks"]] == ["pass"] * 7 + ["error"] + ["pass"] * 4
    assert left_behind() == []


def broken(checks: Any, settings: Any) -> Any:
    from convcheck.running.message import Fault
    from convcheck.running.worker.local import run_batch

    done = run_batch(checks, settings)
    bad = next((n for n, check in enumerate(checks) if check.id.endswith("=9]")), None)
    return done if bad is None else (*done[:bad], Fault("KeyError: 9", ""), *done[bad + 1 :])


@pytest.mark.parametrize("given", ["0", "1.5", "some", "1000"])
def test_what_is_no_number_of_workers(call: Caller, good: Path, given: str) -> None:
    called = call("run", good, "-j", given)
    assert called.code == 2
    assert "expected a whole number of at least 1 and at most 256" in called.err
    assert "or `auto`" in called.err


def test_auto_is_what_this_process_may_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(schedule, "CPU_SHARE", tmp_path / "cpu.max")
    assert schedule.processors() == 64
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert schedule.processors() == 64
    (tmp_path / "cpu.max").write_text("250000 100000\n")
    assert schedule.local_concurrency("auto", 1.0) == schedule.Concurrency(2, 1.0)
    assert schedule.local_concurrency(None, 1.0) == schedule.Concurrency(1, 1.0)


WRONG_ONES = """\
{layer: spatial_batchnorm, N: 2, C: 3, H: 2, implementation: reshape_without_swap, matrix: {W: [2, 3, 4, 5, 6]}}
"""


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("jobs", [1, 2])
def test_maxfail(call: Caller, tmp_path: Path, jobs: int) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG_ONES)
    called = call("run", "wrong.yaml", "--maxfail", 4, "-j", jobs, "--format", "json")
    assert called.code == 1
    summary = json.loads(called.out)["summary"]
    assert (summary["fail"], summary["not_run"]) == (4, 1)


def test_the_smaller_limit_holds() -> None:
    assert failure_limit({"fail_fast": False, "maxfail": None}) is None
    assert failure_limit({"fail_fast": False, "maxfail": 3.0}) == 3
    assert failure_limit({"fail_fast": True, "maxfail": 3.0}) == 1
