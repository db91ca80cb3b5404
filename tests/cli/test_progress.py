"""The progress bar: on a terminal, after a while, and gone when the report is written."""

import os
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from convcheck.cli.progress import Bar


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
    with Bar(3, patience=0.0) as bar:
        bar.start("conv.yaml::[bold]\x1bconv")
        first = awaited(screen, "conv")
        with bar.aside():
            time.sleep(0.3)
            seen(screen)
            time.sleep(0.3)
            assert seen(screen) == ""
        bar.start("another")
        second = awaited(screen, "another")
    assert "0/3" in first
    assert "[bold]\\x1bconv" in first
    assert "1/3" in second
    assert "another" in second


def test_keeps_out_of_a_short_run(terminal: Callable[[], int]) -> None:
    screen = terminal()
    with Bar(3) as bar:
        bar.start("quick")
        with bar.aside():
            pass
    assert seen(screen) == ""


def test_keeps_out_of_what_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Bar(3, patience=0.0) as bar:
        bar.start("quick")
        time.sleep(0.1)
    assert capsys.readouterr() == ("", "")
