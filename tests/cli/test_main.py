"""The command without a subcommand, the help of each, and the exit codes. Covers main.py and exits.py."""

from pathlib import Path

import pytest

from convcheck import __version__
from convcheck.cli.exits import MEANINGS, Exit, exit_code
from convcheck.cli.main import COMMANDS
from tests.cli.calling import Caller, process


def test_version(call: Caller) -> None:
    assert call("--version").out == f"convcheck {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(call: Caller, command: str) -> None:
    called = call(command, "--help")
    assert called.code == 0
    assert f"\n    convcheck {command}" in called.out
    assert f"  {command} " in call("--help").out


def test_run_help_tells_the_exit_codes(call: Caller) -> None:
    words = " ".join(call("run", "--help").out.split())
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in words


def test_without_a_command(call: Caller) -> None:
    called = call()
    assert called.code == 2
    assert "Usage: convcheck" in called.err
    assert call("chekc").code == 2


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        ({}, Exit.PASSED),
        ({"all_passed": False}, Exit.FAILED),
        ({"all_passed": False, "invalid": True}, Exit.USAGE),
        ({"checks": 0}, Exit.NOTHING),
        ({"declined": True}, Exit.FAILED),
        ({"checks": 0, "declined": True}, Exit.FAILED),
        ({"declined": True, "invalid": True}, Exit.USAGE),
        ({"checks": 0, "invalid": True}, Exit.USAGE),
        ({"interrupted": True, "all_passed": False, "invalid": True}, Exit.INTERRUPTED),
        ({"fault": True, "interrupted": True}, Exit.FAULT),
    ],
)
def test_the_gravest_decides_the_exit_code(happened: dict[str, bool | int], code: Exit) -> None:
    usual = {"all_passed": True, "checks": 1, "invalid": False, "interrupted": False, "fault": False}
    assert exit_code(**{**usual, **happened}) is code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("runn", "did you mean run?"),
        ("conv.yaml", "did you mean convcheck run conv.yaml?"),
        ("a b.yml", "did you mean convcheck run 'a b.yml'?"),
        ("zzz", "there are run, list, layers, suite, explain, audit, init, schema"),
    ],
)
def test_a_word_that_is_no_command(call: Caller, word: str, hint: str) -> None:
    called = call(word)
    assert called.code == 2
    assert f"no command is called {word!r}; {hint}" in called.err


@pytest.mark.parametrize("name", ["--impl=pkg.yaml", "-kx.yaml", "-o=a.yaml", "--trust", "-x", "--seed=1/a.yaml"])
@pytest.mark.parametrize("command", ["run", "list", "merge", "init"])
def test_a_file_called_like_an_option_is_none(
    call: Caller, tmp_path: Path, good: Path, command: str, name: str
) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "yaml.py").write_text("raise SystemExit('it was run')\n")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(good.read_text())
    called = call(command, name, good.name)
    assert (called.code, called.out) == (2, "")
    assert f"{name!r} is the name of a file here, and would be taken for an option: write -- before" in called.err
    assert "it was run" not in called.err


def test_behind_two_dashes_a_file_may_have_any_name(call: Caller, tmp_path: Path, good: Path) -> None:
    (tmp_path / "--impl=pkg.yaml").write_text(good.read_text())
    assert call("run", "--seed", "1", "--", "--impl=pkg.yaml", good.name).code == 0
    # What no file is called is an option, and so is one whose value is a file.
    (tmp_path / "--impl=pkg.yaml").unlink()
    assert call("run", "--seed=1", "-k", "relu", good.name).code == 0


def test_the_module_is_the_command() -> None:
    assert process("--version").stdout == f"convcheck {__version__}\n"


def test_shells_are_told_how_to_complete() -> None:
    ran = process(env={"_CONVCHECK_COMPLETE": "bash_source"})
    assert ran.returncode == 0
    assert "_CONVCHECK_COMPLETE=bash_complete" in ran.stdout


def test_the_group_has_an_example(call: Caller) -> None:
    assert "\n    convcheck run " in call("--help").out
