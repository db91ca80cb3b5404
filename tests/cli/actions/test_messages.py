"""What is said of code of somebody's own: its text is shown, never sent to the terminal."""

import pytest

from convcheck.cli.actions.messages import say_printed, say_stubs
from convcheck.running.job import JobResult
from tests.reports.samples import result


def test_what_was_printed_stands_under_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    one = result(id="a.yaml::conv", implementation="layers.py:f,g")
    say_printed(JobResult(one, "x\ty\n\x1b[31mred\r50%\x07\n\n"))
    assert capsys.readouterr().err.splitlines() == [
        "convcheck: printed by layers.py:f,g in a.yaml::conv:",
        "  x       y",
        r"  \x1b[31mred",
        r"  50%\x07",
    ]


def test_what_was_printed_is_no_command_to_a_ci(capsys: pytest.CaptureFixture[str]) -> None:
    printed = "::set-output name=x::y\n  ::stop-commands::t\n##[set-env name=PATH]x\na ##vso[task.complete]\n"
    say_printed(JobResult(result(id="::error::x", implementation="##[group]"), printed))
    assert capsys.readouterr().err.splitlines() == [
        r"convcheck: printed by #\x23[group] in \x3a:error::x:",
        r"  \x3a:set-output name=x::y",
        r"    \x3a:stop-commands::t",
        r"  #\x23[set-env name=PATH]x",
        r"  a #\x23vso[task.complete]",
    ]


@pytest.mark.parametrize("printed", ["", "\n", "  \n"])
def test_nothing_printed_is_nothing_said(capsys: pytest.CaptureFixture[str], printed: str) -> None:
    say_printed(JobResult(result(), printed))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("cs231n", "cs231n.fast_layers"), "cs231n.fast_layers is not installed: an empty module stands in for it"),
        (("a", "ab"), "a and ab are not installed: empty modules stand in for them"),
        ((), None),
    ],
)
def test_a_module_says_more_than_its_package(
    capsys: pytest.CaptureFixture[str], missing: tuple[str, ...], said: str | None
) -> None:
    say_stubs(missing)
    expected = f"convcheck: {said} (--no-stubs forbids that)\n" if said else ""
    assert capsys.readouterr().err == expected
