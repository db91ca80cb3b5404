"""The progress bar: on a terminal, after a while, and gone when the report is written."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from convcheck.cli.actions.progress import ProgressBar, _duration


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Makes a terminal of standard error; what it shows is read from the descriptor that it returns."""
    screen, line = os.openpty()
    stream = os.fdopen(line, "w")

    # In the test's own call: pytest puts its capture in place again between a fixture and its test.
    def make() -> int:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        return screen

    yield make
    stream.close()
    os.close(screen)


def seen(screen: int) -> str:
    os.set_blocking(screen, False)
    try:
        return os.read(screen, 100_000).decode()
    except BlockingIOError:
        return ""


def awaited(screen: int, text: str) -> str:
    """What was shown until the text came; gives up after ten seconds."""
    shown = ""
    for _ in range(100):
        time.sleep(0.1)
        shown += seen(screen)
        if text in shown:
            break
    return shown


def test_shows_itself_when_a_run_is_long(terminal: Callable[[], int]) -> None:
    screen = terminal()
    with ProgressBar(3, delay=0.0) as bar:
        bar.start("conv.yaml::[bold]\x1bconv")
        first = awaited(screen, "conv")
        with bar.hidden():
            time.sleep(0.3)
            seen(screen)
            time.sleep(0.3)
            assert seen(screen) == ""
        bar.finish(passed=False)
        bar.start("another")
        second = awaited(screen, "another")
    assert "0 of 3" in first
    assert "[bold]\\x1bconv" in first
    assert "1 of 3, 1 did not pass, " in second
    assert " s left" in second
    assert "another" in second


def test_keeps_out_of_a_short_run(terminal: Callable[[], int]) -> None:
    screen = terminal()
    with ProgressBar(3) as bar:
        bar.start("quick")
        with bar.hidden():
            pass
    assert seen(screen) == ""


def test_keeps_out_of_what_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar(3, delay=0.0) as bar:
        bar.start("quick")
        time.sleep(0.1)
    assert capsys.readouterr() == ("", "")


def test_says_a_line_now_and_then_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar(2_000, interval=0.2) as bar:
        bar.start("a.yaml::slow\x1b")
        bar.finish(passed=True)
        bar.finish(passed=False)
        time.sleep(0.5)
    said = capsys.readouterr().err.splitlines()
    assert 1 <= len(said) <= 2
    assert re.fullmatch(r"convcheck: 2 of 2,000, 1 did not pass, \d+ (s|min) left; at a\.yaml::slow\\x1b", said[0]), (
        said
    )


def test_says_nothing_where_it_is_to_be_quiet(capsys: pytest.CaptureFixture[str], terminal: Callable[[], int]) -> None:
    with ProgressBar(3, interval=0.05, quiet=True) as bar:
        bar.start("slow")
        time.sleep(0.2)
    assert capsys.readouterr() == ("", "")
    screen = terminal()
    with ProgressBar(3, delay=0.0, quiet=True) as bar:
        bar.start("slow")
        time.sleep(0.2)
    assert seen(screen) == ""


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")])
def test_time_left_is_no_more_exact_than_a_guess(seconds: float, text: str) -> None:
    assert _duration(seconds) == text
