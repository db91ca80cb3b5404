"""A spec that names code is data: nothing of that code runs without --trust. Each file here would leave a trace."""

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.actions.test_run import report
from tests.cli.calling import Caller, process

TRACE = "open({trace!r}, 'a').write('here')\n"
SPEC = "layer: relu\nshape: [2, 3]\nimplementation: {file: layers.py, forward: relu_forward, backward: relu_backward}\n"


@pytest.fixture
def elsewhere(own: Path, tmp_path: Path) -> Path:
    """A folder with a spec, and the code that it names, which leaves a trace when it is imported."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "layers.py").write_text(TRACE.format(trace=str(tmp_path / "trace")) + own.read_text())
    (folder / "spec.yaml").write_text(SPEC)
    return folder


@pytest.mark.parametrize("options", [[], ["--no-isolation"], ["-q"], ["--no-stubs", "-v"]])
def test_nothing_of_it_runs(call: Caller, elsewhere: Path, good: Path, tmp_path: Path, options: list[str]) -> None:
    called = call("run", "elsewhere/spec.yaml", good.name, *options)
    assert not (tmp_path / "trace").exists()
    assert called.code == 2
    assert called.err == (
        "convcheck: elsewhere/spec.yaml::relu names code to run, elsewhere/layers.py, and that runs only with --trust\n"
        "    hint: look at elsewhere/layers.py first; where it may run, add --trust\n"
    )
    # The others are checked all the same.
    if "-q" not in options:
        assert "pass  good.yaml::relu" in called.out
    assert "1 error in specs or options" in called.out


def test_nothing_of_it_runs_in_a_real_process_either(elsewhere: Path, tmp_path: Path) -> None:
    for arguments in (["run", "elsewhere"], ["run", "elsewhere/spec.yaml", "--format", "json"], ["list", "elsewhere"]):
        process(*arguments, cwd=tmp_path)
    assert not (tmp_path / "trace").exists()
    # The trace can be seen.
    assert process("run", "elsewhere", "--trust", cwd=tmp_path).returncode == 0
    assert (tmp_path / "trace").exists()


def test_with_trust_it_runs_from_the_folder_of_the_spec(call: Caller, elsewhere: Path, tmp_path: Path) -> None:
    called = call("run", "elsewhere/spec.yaml", "--trust", "--no-isolation", "--format", "json")
    assert (tmp_path / "trace").exists()
    assert called.code == 0
    (check,) = report(called.out)["checks"]
    assert check["implementation"] == "elsewhere/layers.py:relu_forward,relu_backward"
    assert "--trust" in shlex.split(check["repeat"])
    assert "--impl" not in shlex.split(check["repeat"])
    assert call(*shlex.split(check["repeat"])[1:]).code == 0


def test_list_shows_it_and_runs_nothing(call: Caller, elsewhere: Path, tmp_path: Path) -> None:
    called = call("list", "elsewhere/spec.yaml", "--format", "json")
    assert called.code == 0
    (row,) = json.loads(called.out)["checks"]
    assert row["implementation"] == "layers.py:relu_forward,relu_backward"
    assert "elsewhere/spec.yaml::relu" in call("list", "elsewhere").out
    assert not (tmp_path / "trace").exists()


def test_other_code_named_by_the_person_runs_instead(call: Caller, elsewhere: Path, tmp_path: Path) -> None:
    assert call("run", "elsewhere", "--impl", "layers.py", "--no-isolation").code == 0
    assert call("run", "elsewhere", "--impl", "naive").code == 0
    assert not (tmp_path / "trace").exists()


def test_a_hundred_checks_of_it_are_said_once_and_each_is_in_the_report(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(
        "layer: relu\nimplementation: {module: somewhere}\nmatrix: {shape: [[2], [3], [4]]}\n"
    )
    called = call("run", "many.yaml", "--format", "json")
    assert called.code == 2
    assert called.err.count("names code to run") == 1
    assert "many.yaml::relu[shape=2] (and 2 more checks) names code to run, somewhere, and" in called.err
    assert [error["line"] for error in report(called.out)["errors"]] == [1, 1, 1]


def test_code_that_cannot_be_imported_does_not_keep_the_others(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("layer: relu\nshape: [2]\nimplementation: {file: nowhere.py}\n")
    called = call("run", "bad.yaml", good.name, "--trust", "--no-isolation")
    assert called.code == 2
    assert "nowhere.py" in called.err
    assert "pass  good.yaml::relu" in called.out
