"""`--cluster`: the report of one process, from a real scheduler and real workers, whatever becomes of these."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import Caller, clean_environment, many, process, timeless
from tests.cli.dask_cluster import DaskCluster, remote_processes

pytest.importorskip("distributed", reason="Dask is an extra")

OWN = """\
import ctypes, time
import numpy as np

def relu_forward(x):
    print("one forward pass")
    if x.shape == (7, 7):
        time.sleep(1000)
    if x.shape == (8, 8):
        ctypes.string_at(0)
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
MIXED = """\
defaults: {layer: relu}
checks:
  - {layer: spatial_batchnorm, N: 2, C: 3, H: 4, W: 5, implementation: reshape_without_swap}
  - {shape: [4], implementation: {file: layers.py}}
  - {layer: conv, N: 2, C: 3, H: 6, W: 5, F: 2, H1: 3, W1: 2, stride: 1, pad: 1, dtype: float32}
  - {shape: [7, 7], implementation: {file: layers.py}}
  - {shape: [8, 8], implementation: {file: layers.py}}
  - {layer: max_pool, N: 1, C: 2, H: 6, W: 6, H1: 2, W1: 2, stride: 2, data: normal}
"""
# Half a second each, with loops.
SLOW = "layer: conv\nN: 2\nC: 2\nH: 14\nW: 14\nF: 4\nH1: 3\nW1: 3\nstride: 1\npad: 1\nmatrix: {seed: [0, 1, 2, 3]}\n"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as started:
        started.add_worker("--nanny")
        started.add_worker()
        yield started


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    """For a test that breaks it."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with DaskCluster(folder) as started:
        yield started


def start(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "convcheck", "run", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=clean_environment(), text=True, stdout=pipe, stderr=pipe)


def at_work(cluster: DaskCluster, worker: int) -> list[int]:
    """The processes for checks of one of the workers, once there are some."""
    for _ in range(300):
        if found := remote_processes(cluster.workers[worker].pid):
            return found
        time.sleep(0.05)
    raise AssertionError("nothing is run")


def gone(processes: list[int]) -> bool:
    for _ in range(100):
        if not any(Path(f"/proc/{each}").exists() for each in processes):
            return True
        time.sleep(0.1)
    return False


def test_the_report_is_the_same_to_the_last_bit(cluster: DaskCluster, tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(OWN)
    (tmp_path / "mixed.yaml").write_text(MIXED)
    (tmp_path / "small.yaml").write_text(many(4))
    arguments = ("run", "mixed.yaml", "small.yaml", "--trust", "--timeout", 1, "--format", "json")
    one = process(*arguments, cwd=tmp_path)
    other = process(*arguments, "--cluster", cluster.address, cwd=tmp_path)
    assert (one.returncode, one.stderr) == (other.returncode, other.stderr) == (1, "")
    assert timeless(one.stdout) == timeless(other.stdout)
    summary = json.loads(other.stdout)["summary"]
    assert (summary["pass"], summary["fail"], summary["error"]) == (7, 1, 2)


def test_what_the_code_prints_comes_back(cluster: DaskCluster, tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(OWN)
    (tmp_path / "relu.yaml").write_text("layer: relu\nshape: [2, 3]\n")
    called = process("run", "relu.yaml", "--impl", "layers.py", "-v", "--cluster", cluster.address, cwd=tmp_path)
    assert called.returncode == 0, called.stderr
    assert "one forward pass" in called.stderr


def test_a_cluster_may_lose_a_worker_a_run_and_its_scheduler(own_cluster: DaskCluster, tmp_path: Path) -> None:
    own_cluster.add_worker()
    own_cluster.add_worker()
    (tmp_path / "slow.yaml").write_text(SLOW)
    _loses_a_worker(own_cluster, tmp_path)
    _is_interrupted(own_cluster, tmp_path)
    _is_killed(own_cluster, tmp_path)
    _loses_its_scheduler(own_cluster, tmp_path)


def _loses_a_worker(own_cluster: DaskCluster, tmp_path: Path) -> None:
    """It costs nothing."""
    one = process("run", "slow.yaml", "--format", "json", cwd=tmp_path)
    running = start(tmp_path, "slow.yaml", "--format", "json", "--cluster", own_cluster.address)
    processes = at_work(own_cluster, 1)
    own_cluster.workers[1].kill()
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    assert timeless(out) == timeless(one.stdout)
    assert gone(processes)


def _is_interrupted(own_cluster: DaskCluster, tmp_path: Path) -> None:
    running = start(tmp_path, "slow.yaml", "--format", "json", "--cluster", own_cluster.address)
    processes = at_work(own_cluster, 0)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err.startswith("convcheck: interrupted after ")
    assert json.loads(out)["interrupted"] is True
    assert gone(processes)


def _is_killed(own_cluster: DaskCluster, tmp_path: Path) -> None:
    running = start(tmp_path, "slow.yaml", "--cluster", own_cluster.address)
    processes = at_work(own_cluster, 0)
    running.kill()
    running.communicate()
    assert gone(processes)


def _loses_its_scheduler(own_cluster: DaskCluster, tmp_path: Path) -> None:
    running = start(tmp_path, "slow.yaml", "--format", "json", "--cluster", own_cluster.address)
    at_work(own_cluster, 0)
    os.kill(own_cluster.scheduler.pid, signal.SIGKILL)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 2
    said = f"the cluster at {own_cluster.address} is gone: its scheduler answers no more"
    assert err == f"convcheck: {said}\n"
    document = json.loads(out)
    assert [error["message"] for error in document["errors"]] == [said]
    assert document["summary"]["not_run"] > 0


def test_a_worker_of_another_version_is_refused(own_cluster: DaskCluster, tmp_path: Path, good: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "sitecustomize.py").write_text("import numpy\nnumpy.__version__ = '1.0'\n")
    path = os.pathsep.join((str(other), clean_environment()["PYTHONPATH"]))
    own_cluster.add_worker(env={"PYTHONPATH": path})
    called = process("run", good, "--cluster", own_cluster.address)
    assert called.returncode == 2
    assert re.search(r"the worker on \S+ has numpy 1\.0, and numpy \S+ is expected: install the same", called.stderr)


def test_without_dask_it_says_what_to_install(tmp_path: Path, good: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('not here')\n")
    path = os.pathsep.join((str(tmp_path), clean_environment()["PYTHONPATH"]))
    called = process("run", good, "--cluster", "tcp://127.0.0.1:8786", env={"PYTHONPATH": path})
    assert called.returncode == 2
    assert "--cluster needs Dask, which cannot be imported (not here): python -m pip install" in called.stderr
    assert "convcheck[dask]" in called.stderr


@pytest.mark.parametrize("given", ["127.0.0.1:8786", "tcp://here", "tcp://:8786", "8786", "tcp://here:port", ""])
def test_what_is_no_address(call: Caller, good: Path, given: str) -> None:
    called = call("run", good, "--cluster", given)
    assert called.code == 2
    assert f"expected the address of a Dask scheduler, such as tcp://10.0.0.1:8786, received {given!r}" in called.err


def test_a_debugger_reaches_nothing_on_a_cluster(call: Caller, good: Path) -> None:
    called = call("run", good, "--cluster", "tcp://127.0.0.1:8786", "--no-isolation")
    assert called.code == 2
    assert "leave --cluster out" in called.err
