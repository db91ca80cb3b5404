"""Two signals at random times of a run: it ends at once, with a report that is whole, and leaves nothing behind.

`python -m tests.fuzz.signals --pairs 200 --seed 1` prints each pair after which something else was seen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from convcheck.running.worker import leftovers
from tests.cli.calling import clean_environment
from tests.cli.eager import EAGER

SPEC = f"layer: relu\nmatrix: {{shape: [{', '.join(f'[{n}, 30, 31]' for n in range(2, 80))}]}}\n"
OWN = """\
import time
import numpy as np

def relu_forward(x):
    time.sleep(0.01)
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
# What is built in in one process and in workers, and code of somebody's own likewise: each takes some seconds.
RUNS = (
    ("--impl", "naive"),
    ("--impl", "naive", "-j", "2"),
    ("--impl", "layers.py"),
    ("--impl", "layers.py", "-j", "2"),
)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds that a run may take to end, and that what it has started may take to go.
END_SECONDS = 3.0
GO_SECONDS = 2.0


class Pair(NamedTuple):
    """Two signals to a run with these arguments: seconds from its beginning to the first, and from that to the next."""

    arguments: tuple[str, ...]
    first: signal.Signals
    second: signal.Signals
    after: float
    gap: float


def pairs(number: int, seed: int) -> Iterator[Pair]:
    """So many of them, half of them back to back."""
    draw = random.Random(seed)
    for _ in range(number):
        first, second = draw.sample(SIGNALS, 2)
        gap = draw.choice((0.0, draw.uniform(0.0, 1.0)))
        yield Pair(draw.choice(RUNS), first, second, draw.uniform(0.0, 3.0), gap)


def problems(pair: Pair) -> list[str]:
    """What is wrong with how a run ended that was sent the pair."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "s.yaml").write_text(SPEC)
        (place / "layers.py").write_text(OWN)
        running = subprocess.Popen(
            [sys.executable, "-P", "-c", EAGER, "run", "s.yaml", *pair.arguments, "-q", "-o", "json=out.json"],
            cwd=place, env=clean_environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await_beginning(place)
            time.sleep(pair.after)
            running.send_signal(pair.first)
            if pair.gap:
                time.sleep(pair.gap)
            running.send_signal(pair.second)
            return _seen(running, place)
        finally:
            running.kill()
            running.communicate()


def _await_beginning(place: Path) -> None:
    """A report that is begun is a file beside its place."""
    for _ in range(3000):
        if list(place.glob(".convcheck-*.part")):
            return
        time.sleep(0.01)


def _seen(running: subprocess.Popen[bytes], place: Path) -> list[str]:
    try:
        running.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        return [f"it had not ended after {END_SECONDS:g} s"]
    seen = []
    try:
        interrupted = json.loads((place / "out.json").read_text())["interrupted"]
        if (running.returncode == 130) is not interrupted or running.returncode not in (0, 1, 130):
            seen.append(f"exit code {running.returncode}, and the report says interrupted: {interrupted}")
    except (OSError, ValueError) as error:
        seen.append(f"exit code {running.returncode}, and no report: {error}")
    if parts := list(place.glob(".*.part")):
        seen.append(f"{len(parts)} part of a report is left")
    if left := _left(running.pid):
        seen.append(f"processes are left: {left}")
    return seen


def _left(run: int) -> list[int]:
    """The processes of a run that has ended; after a moment to go, if there are any."""
    deadline = time.monotonic() + GO_SECONDS
    while left := [*leftovers.marked(f"{run}-"), *_in_session(run)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def _in_session(session: int) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and int(name) != session and os.getsid(int(name)) == session:
                found.append(int(name))
        except ProcessLookupError:
            continue
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 where something was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    # A background job of a shell ignores it, and so would what is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bad = 0
    for number, pair in enumerate(pairs(options.pairs, options.seed)):
        if seen := problems(pair):
            bad += 1
            print(f"{number}: {pair}: {'; '.join(seen)}", flush=True)
    print(f"{options.pairs} pairs of signals, seed {options.seed}: {options.pairs - bad} held")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
