"""What goes where, in which colour, how wide; and streams that are closed, full or poor in characters."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from convcheck.cli.streams import say, wants_colour, width_of
from tests.cli.calling import Caller, clean_environment, many, process


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "tty", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice: str, environment: dict[str, str], tty: bool, wanted: bool) -> None:
    assert wants_colour(choice, Terminal() if tty else io.StringIO(), environment) is wanted


@pytest.mark.parametrize(
    ("environment", "tty", "width"),
    [
        ({}, False, None),
        ({}, True, 80),
        ({"COLUMNS": "60"}, False, 60),
        ({"COLUMNS": "60"}, True, 60),
        ({"COLUMNS": "0"}, False, None),
        ({"COLUMNS": "wide"}, False, None),
        ({"COLUMNS": ""}, False, None),
    ],
)
def test_width(environment: dict[str, str], tty: bool, width: int | None) -> None:
    assert width_of(Terminal() if tty else io.StringIO(), environment) == width


def test_the_environment_decides_about_the_report(call: Caller, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in call("run", good).out
    assert "\x1b[" not in call("run", good, "--color", "never").out
    assert "\x1b[" not in call("run", good, "--format", "json", "--color", "always").out
    monkeypatch.setenv("COLUMNS", "60")
    assert "entries: 6, wrong: 0" in call("run", good, "--color", "never").out


def test_the_report_alone_is_on_standard_output(
    call: Caller, good: Path, invalid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from convcheck.running import in_process

    run_check = in_process.run_check

    def noisy(*arguments: object) -> object:
        print("noise from an implementation")
        return run_check(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("convcheck.running.in_process.run_check", noisy)
    (tmp_path / "empty").mkdir()
    called = call("run", good, invalid, "empty", "--format", "json")
    assert json.loads(called.out)["summary"]["checks"] == 1
    assert "noise from an implementation" in called.err
    assert "empty" in called.err
    assert "invalid.yaml:3:1" in called.err


def test_a_reader_that_leaves_ends_the_run_quietly(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(many(400))
    for more in ("-v", "--format json"):
        command = f"{sys.executable} -m convcheck run many.yaml {more} | head -1; echo ${{PIPESTATUS[0]}}"
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        # JSON is written at once and may fit into the pipe before its reader has gone.
        assert ran.stdout.splitlines()[-1] in (("141",) if more == "-v" else ("141", "0"))
        assert ran.stderr == ""


def test_a_reader_that_was_never_there() -> None:
    ends = os.pipe()
    os.close(ends[0])
    ran = process("--help", stdout=ends[1])
    os.close(ends[1])
    assert (ran.returncode, ran.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("arguments", [["run", "{good}"], ["run", "{good}", "--format", "json"], ["--help"], ["init"]])
def test_a_full_disk(good: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = process(*(argument.format(good=good) for argument in arguments), stdout=full)
    assert ran.returncode == 3
    assert len(ran.stderr.splitlines()) == 1
    assert "No space left on device" in ran.stderr


def test_standard_output_that_is_closed(good: Path) -> None:
    command = f"{sys.executable} -m convcheck run {good} >&-"
    ran = subprocess.run(
        ["bash", "-c", command], env=clean_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 3
    assert ran.stderr == "convcheck: cannot write to standard output: it is closed\n"


def test_what_is_said_holds_no_command_to_a_ci_and_no_control_characters(
    call: Caller, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say("convcheck: a\n  ::error::x\n##" + "[group]")
    assert capsys.readouterr().err == "convcheck: a\n  \\x3a:error::x\n#\\x23[group]\n"
    called = call("run", good, "--\x1b[31m\n::set-output name=a::b")
    assert called.code == 2
    assert "\x1b" not in called.err
    assert r"\x1b[31m" in called.err
    assert not re.search(r"^\s*::|##\[", called.err, re.MULTILINE)


def test_standard_error_that_is_closed_changes_nothing(invalid: Path, good: Path) -> None:
    command = f"{sys.executable} -m convcheck run {good} {invalid} 2>&-"
    ran = subprocess.run(
        ["bash", "-c", command], env=clean_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 2
    assert "1 check: 1 pass" in ran.stdout
    usage = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m convcheck run 2>&-"],
        env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (usage.returncode, usage.stdout) == (2, "")


def test_an_ascii_stream_does_not_stop_the_report(tmp_path: Path) -> None:
    (tmp_path / "é\udcff.yaml").write_text("layer: relu\nshape: [2, 3]\nname: \U0001f600\n", "utf-8")
    ran = process("run", tmp_path, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert ran.returncode == 0
    assert ran.stdout.isascii()
    assert "2x3" in ran.stdout
    assert re.search(r"max \|a - n\|", ran.stdout)
