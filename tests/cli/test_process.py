"""A fault in convcheck itself: one line, how to see more, and what was finished is reported."""

import json
from pathlib import Path

import pytest

from convcheck.running import in_process
from tests.cli.calling import Caller


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    run_check = in_process.run_check

    def breaking(check: in_process.Check, settings: in_process.Settings) -> in_process.Result:
        if "wide" in check.id:
            raise ZeroDivisionError("in the middle\nof a check")
        return run_check(check, settings)

    monkeypatch.setattr(in_process, "run_check", breaking)


@pytest.mark.usefixtures("broken")
def test_one_line_and_what_was_finished(call: Caller, several: Path) -> None:
    called = call("run", "several.yaml", "--format", "json")
    assert called.code == 3
    assert called.err == (
        "convcheck: a fault in convcheck itself, in several.yaml::small wide: "
        "ZeroDivisionError: in the middle of a check (--debug shows where)\n"
    )
    assert json.loads(called.out)["fault"] is True
    assert json.loads(called.out)["summary"] == {
        "checks": 3, "pass": 1, "fail": 0, "undecided": 0, "error": 0, "skipped": 0, "not_run": 2, "warnings": 0,
    }  # fmt: skip


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
