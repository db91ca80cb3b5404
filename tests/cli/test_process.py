"""A fault in convcheck itself costs the check that it was met in: one line, how to see more, and the others are run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convcheck.checking.result import Result
from convcheck.running import in_process
from tests.cli.calling import Caller, clean_environment


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    run_check = in_process.run_check

    def breaking(check: in_process.Check, settings: in_process.Settings) -> Result:
        if "Other" not in check.id:
            raise ZeroDivisionError("in the middle\nof a check")
        return run_check(check, settings)

    monkeypatch.setattr(in_process, "run_check", breaking)


@pytest.mark.usefixtures("broken")
def test_one_line_and_the_other_checks_are_run(call: Caller, several: Path) -> None:
    called = call("run", "several.yaml", "--format", "json")
    assert called.code == 3
    assert called.err == (
        "convcheck: a fault in convcheck itself, in several.yaml::small and 1 other check: "
        "ZeroDivisionError: in the middle of a check (--debug shows where)\n"
    )
    document = json.loads(called.out)
    assert document["fault"] is True
    assert [check["status"] for check in document["checks"]] == ["error", "error", "pass"]
    assert [finding["code"] for finding in document["checks"][0]["findings"]] == ["fault"]
    assert document["summary"]["not_run"] == 0


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("order", [["--debug", "run"], ["run", "--debug"]])
def test_debug_shows_the_traceback(call: Caller, several: Path, order: list[str]) -> None:
    called = call(*order, "several.yaml")
    assert called.code == 3
    assert "Traceback (most recent call last)" in called.err
    assert "--debug" not in called.err


def test_an_implementation_cannot_leave_for_us(call: Caller, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaving(*_: object) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(in_process, "run_check", leaving)
    assert call("run", good).code == 3


def test_a_fault_outside_a_check(call: Caller, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> None:
        raise LookupError("nothing there")

    monkeypatch.setattr("convcheck.cli.actions.gather.find_spec_files", breaking)
    called = call("list", good)
    assert called.code == 3
    assert called.err == "convcheck: a fault in convcheck itself: LookupError: nothing there (--debug shows where)\n"
    assert "Traceback" in call("list", good, "--debug").err


@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-"])
def test_streams_that_are_closed_are_no_obstacle(closed: str, own: Path, good: Path) -> None:
    command = f"{sys.executable} -m convcheck run good.yaml --impl layers.py -q -o json=out.json {closed}"
    ran = subprocess.run(["/bin/sh", "-c", command], cwd=own.parent, env=clean_environment(), check=False, timeout=60)
    assert ran.returncode == 0
    assert json.loads((own.parent / "out.json").read_text())["summary"]["pass"] == 1
