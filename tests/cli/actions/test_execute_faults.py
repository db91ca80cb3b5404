"""Many checks, and what goes wrong in a night of CI: the others are reported, and no process is left behind.

Covers cli/actions/execute.py as well.
"""

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from convcheck.running.worker import leftovers
from tests.cli.eager import RUNS, busy, gone, start, workers

LAYERS = """\
import ctypes, os, time
import numpy as np

def relu_forward(x):
    if x.shape == (7, 7):
        time.sleep(1000)
    if x.shape == (8, 8):
        ctypes.string_at(0)
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
OWN = "layer: relu\nimplementation: {file: layers.py}\n"
# Minutes, with loops.
SLOW = "{layer: conv, N: 8, C: 16, H: 64, W: 64, F: 32, H1: 5, W1: 5, stride: 1, pad: 2}"


def slow_ones(folder: Path, number: int = 2) -> None:
    small = "\n".join(f"  - {{layer: relu, shape: [{n}]}}" for n in range(2, 10))
    slow = "\n".join(f"  - {SLOW[:-1]}, name: slow{n}}}" for n in range(number))
    (folder / "some.yaml").write_text(f"checks:\n{small}\n{slow}\n")


def test_a_worker_that_is_killed_costs_its_check(runs: RUNS, tmp_path: Path) -> None:
    slow_ones(tmp_path)
    running = start(runs, tmp_path, "some.yaml", "-j", 2, "--format", "json")
    for worker in workers(running, 2):
        os.kill(worker, signal.SIGKILL)
    # One that was sent together with others is done again by itself, and is killed there once more.
    while running.poll() is None:
        time.sleep(0.1)
        with contextlib.suppress(OSError):
            for each in leftovers.marked(f"{running.pid}-"):
                if os.getsid(each) == each and busy(each):
                    os.kill(each, signal.SIGKILL)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1, err
    document = json.loads(out)
    assert document["summary"]["pass"] == 8
    assert [check["status"] for check in document["checks"]] == ["pass"] * 8 + ["error"] * 2
    (finding,) = document["checks"][-1]["findings"]
    assert finding["code"] == "crashed"
    assert "SIGKILL" in finding["message"]
    assert document["checks"][-1]["implementation"] == "naive"
    assert gone(running)


def test_a_run_that_is_ended_reports_and_leaves_nothing(runs: RUNS, tmp_path: Path) -> None:
    slow_ones(tmp_path)
    running = start(runs, tmp_path, "some.yaml", "-j", 2, "--format", "json", "-o", "out.json")
    workers(running, 2)
    running.send_signal(signal.SIGTERM)
    err = running.communicate(timeout=30)[1]
    assert running.returncode == 130
    assert err.startswith("convcheck: interrupted after 8 of 10 checks\n")
    assert json.loads((tmp_path / "out.json").read_text())["summary"]["not_run"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "some.yaml"]
    assert gone(running)


def test_a_parent_that_is_killed_takes_its_workers_along(runs: RUNS, tmp_path: Path) -> None:
    slow_ones(tmp_path)
    running = start(runs, tmp_path, "some.yaml", "-j", 2)
    workers(running, 2)
    running.kill()
    assert gone(running)


def test_nobody_reads_the_report_any_more(runs: RUNS, tmp_path: Path) -> None:
    shapes = ", ".join(f"[{n}]" for n in range(2, 400))
    (tmp_path / "many.yaml").write_text(f"layer: relu\nmatrix: {{shape: [{shapes}]}}\n")
    running = start(runs, tmp_path, "many.yaml", "-j", 2, "--format", "jsonl")
    assert running.stdout is not None
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=30) == 141
    assert running.stderr is not None
    assert running.stderr.read() == ""
    assert gone(running)


def test_seventy_specs_of_which_some_are_bad(runs: RUNS, tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "layers.py").write_text(LAYERS)
    texts: dict[str, str] = {f"good{n:03}": f"layer: relu\nshape: [{n + 2}]\n" for n in range(50)}
    texts |= {f"invalid{n}": f"layer: relu\nshape: [{n + 2}]\nsede: 3\n" for n in range(10)}
    wrong = "layer: spatial_batchnorm\nN: 2\nC: 3\nH: 2\nimplementation: reshape_without_swap\nW: "
    texts |= {f"wrong{n}": f"{wrong}{n + 2}\n" for n in range(5)}
    texts |= {"hangs": f"{OWN}shape: [7, 7]\n", "crashes": f"{OWN}shape: [8, 8]\n"}
    texts |= {f"own{n}": f"{OWN}shape: [{n + 2}, 3]\n" for n in range(3)}
    assert len(texts) == 70
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    running = start(
        runs, tmp_path, "specs", "--trust", "--timeout", 1, "-j", 2, "-o", "out.json", "-o", "out.xml", "-q"
    )
    running.communicate(timeout=100)
    assert running.returncode == 2
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["summary"] == {
        "checks": 60, "pass": 53, "fail": 5, "undecided": 0, "error": 2, "skipped": 0, "not_run": 0, "warnings": 0,
    }  # fmt: skip
    assert len(document["errors"]) == 10
    files = [check["file"] for check in document["checks"]]
    assert files == sorted(f"specs/{name}.yaml" for name in texts if not name.startswith("invalid"))
    codes: dict[str, Any] = {check["file"]: [one["code"] for one in check["findings"]] for check in document["checks"]}
    assert codes["specs/hangs.yaml"] == ["timed-out"]
    assert codes["specs/crashes.yaml"] == ["crashed"]
    assert gone(running)
