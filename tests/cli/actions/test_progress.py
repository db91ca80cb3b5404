"""The progress bar: on a terminal, after a while, and gone when the report is written."""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from convcheck.checking.settings import Settings
from convcheck.checking.watch import watchers
from convcheck.cli.actions.progress import ProgressBar, _duration
from convcheck.cli.actions.workers import Workers
from convcheck.implementations.source import Source
from tests.running.code import relu


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


LONG = "a/long/way/to/specs.yaml::conv[N=2,C=3,H=224,W=224,F=64,H1=7,W1=7,stride=2,pad=3]"


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_no_count_is_cut_at_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is left is worked out twice, and must be the same.
    monkeypatch.setattr("convcheck.cli.actions.progress.time", SimpleNamespace(monotonic=lambda: 5.0))
    bar = ProgressBar(100_000)
    for name in ("short", LONG):
        bar.start(name)
        for _ in range(40):
            bar.finish(passed=False)
        bar.evaluated(1_234_567)
        line = bar.line(width)
        counts = bar.in_words()
        assert re.fullmatch(
            r"[\d,]+ of 100,000, \d+ did not pass, 1,234,567 forward evaluations, [\d.]+ \w+ left", counts
        )
        assert line.startswith(counts)
        # What does not fit is left out; the counts alone may take a second line.
        assert len(line) <= max(width, len(counts))
        if width >= 120:
            assert line.endswith(name[-12:])
            assert "[----" in line


def test_a_long_name_shows_its_end() -> None:
    bar = ProgressBar(3)
    bar.start(LONG)
    line = bar.line(80)
    assert line.startswith("0 of 3  [------------]  ...")
    assert line.endswith("stride=2,pad=3]")
    assert len(line) == 80


def test_a_single_long_check_shows_its_probes(terminal: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    screen = terminal()
    with ProgressBar(1, delay=0.0) as bar:
        bar.start(LONG)
        for watcher in watchers():
            watcher.evaluated(4_321)
        shown = awaited(screen, "4,321")
    assert "0 of 1, 4,321 forward evaluations" in shown
    assert "…" not in shown
    assert not watchers()


def test_of_several_at_once_only_the_last_shows_its_probes() -> None:
    bar = ProgressBar(2, parallel=True)
    bar.evaluated(7)
    assert bar.in_words() == "0 of 2"
    bar.finish(passed=True)
    bar.evaluated(1)
    assert bar.in_words().startswith("1 of 2, 1 forward evaluation, ")


def test_code_in_a_worker_process_shows_its_probes_too(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(
        "import time\nimport numpy as np\n"
        "def relu_forward(x):\n    time.sleep(0.1)\n    return np.maximum(0, x), x\n"
        "def relu_backward(dout, cache):\n    return dout * (cache > 0)\n"
    )
    said = []
    with ProgressBar(1, quiet=True) as bar, Workers() as workers:
        monitor = threading.Timer(1.0, lambda: said.append(bar.in_words()))
        source = Source(str(tmp_path / "layers.py"))
        (found,) = workers.survey(source).found
        monitor.start()
        workers.run(relu(4, 5), source, found, Settings())
        monitor.join()
    assert re.match(r"0 of 1, \d+ forward evaluations?", said[0])
