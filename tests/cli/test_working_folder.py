"""Nothing runs that merely lies in the folder one is in: there may be a threading.py, as in any repository.

Covers what running/worker/process.py says of the path.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from convcheck.running.cluster.dask_task import COMMAND
from convcheck.running.worker import process as worker_process
from tests.cli.calling import Caller, clean_environment, many, process
from tests.cli.conftest import OWN
from tests.cli.eager import RUNS, start

# Modules that Python and convcheck import as they start, and some that workers import late.
NAMES = ("threading", "signal", "pickle", "types", "re", "queue", "ctypes", "logging", "numpy", "pebble")


@pytest.fixture
def littered(tmp_path: Path) -> Path:
    """A folder of modules that say so when they are imported, and that have nothing of what is expected of them."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w').close()\n")
    (tmp_path / "s.yaml").write_text(many(8))
    (tmp_path / "pyproject.toml").write_text("[tool.convcheck]\njobs = 2\n")
    # Their code lies elsewhere: what is beside it is its own, and may be imported by it.
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "layers.py").write_text(OWN)
    return tmp_path


def ran(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("ran-*"))


@pytest.mark.parametrize("options", [[], ["--impl", "code/layers.py"]], ids=["built in", "own"])
def test_a_run_with_workers_runs_none_of_them(options: list[str], littered: Path, runs: RUNS) -> None:
    running = start(runs, littered, "s.yaml", *options)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    assert "8 checks: 8 pass" in out
    assert ran(littered) == []


def test_nor_does_python_m(littered: Path) -> None:
    called = process("run", "s.yaml", "--impl", "code/layers.py", cwd=littered)
    assert (called.returncode, called.stderr) == (0, "")
    assert ran(littered) == []


def test_nor_does_pytest(littered: Path) -> None:
    (littered / "own.yaml").write_text("layer: relu\nshape: [2]\nimplementation: {file: code/layers.py}\n")
    # Its `python -m` would be the person's own wish.
    command = [sys.executable, "-P", "-m", "pytest", "--convcheck", "--convcheck-trust", "-q", "-p", "no:cacheprovider"]
    called = subprocess.run(
        [*command, "s.yaml", "own.yaml"],
        cwd=littered, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert called.returncode == 0, called.stdout
    assert ran(littered) == []


def test_what_is_named_is_found_there_and_runs_with_what_lies_beside_it(littered: Path) -> None:
    (littered / "mine.py").write_text("import beside\n" + OWN)
    (littered / "beside.py").write_text("")
    for name in NAMES:
        (littered / f"{name}.py").unlink()
    for named in ("mine:relu_forward,relu_backward", "mine.py"):
        called = process("run", "s.yaml", "--impl", named, cwd=littered)
        assert (called.returncode, called.stderr) == (0, ""), named


@pytest.mark.parametrize("arguments", [["run", "{}/s.yaml"], ["run", "--impl", "{}/code/layers.py"], ["init", "relu"]])
def test_one_that_was_deleted_is_said(arguments: list[str], littered: Path, call: Caller) -> None:
    (gone := littered / "gone").mkdir()
    os.chdir(gone)
    gone.rmdir()
    called = call(*(argument.format(littered) for argument in arguments))
    assert called.code == 2
    assert called.err == "Error: the working folder is not there any more: change to one that is\n"


def test_a_worker_starts_with_the_folders_of_its_own_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = worker_process._start_path()
    monkeypatch.setattr(sys, "path", ["", str(tmp_path), str(tmp_path / "tests"), *sys.path])
    assert worker_process._start_path() == before
    assert before


def test_where_convcheck_itself_lies_there_everything_else_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(worker_process.__file__).parents[3]
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "path", [str(root), *(entry for entry in sys.path if Path(entry) != root)])
    assert worker_process._start_path()[-1] == str(root)


def test_a_task_on_a_cluster_starts_without_it() -> None:
    assert "-P" in COMMAND
