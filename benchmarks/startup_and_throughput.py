"""How fast convcheck starts, and how many small checks it does in a second.

    python benchmarks/startup_and_throughput.py [--rounds 15] [--checks 1000] [--jobs 2]

What is compared is run in turns, so that what else the machine does meets both; the medians are printed, and the ratio
of each pair's. Exit code 1 if a figure is missed that convcheck promises: start-up and the one small spec within 1.5
times importing the packages they need; and of small convolutions that are vectorized 350 checks a second on two
processors, start-up and the report for people included, in a parent of 150 MB. Those by naive loops are measured
beside: most of their time goes into the loops.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice, product
from pathlib import Path

RATIO = 1.5
A_SECOND = 350
MEGABYTES = 150
IMPORT = [sys.executable, "-c"]
SMALL = "N: 2\nC: 3\nH: 8\nW: 8\nF: 4\nH1: 3\nW1: 3\nstride: 1\npad: 1\nimplementation: vectorized\n"


def command() -> list[str]:
    """The one beside this Python, as people call it; there may be none where it is not installed."""
    beside = Path(sys.executable).with_name("convcheck")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "convcheck"]


def environment(folder: str) -> dict[str, str]:
    """Compiled modules are kept, as where something is installed; the first round, which does not count, makes them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}


def seconds(arguments: Sequence[str], folder: str) -> float:
    env = environment(folder)
    began = time.perf_counter()
    subprocess.run(arguments, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def compared(name: str, ours: Sequence[str], theirs: Sequence[str], folder: str, rounds: int) -> bool:
    """Whether ours takes less than RATIO times theirs."""
    times = [(seconds(ours, folder), seconds(theirs, folder)) for _ in range(rounds + 1)][1:]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(a / b for a, b in times)
    print(f"{name:<58} {mine * 1e3:5.0f} ms {other * 1e3:5.0f} ms  ratio {ratio:.2f}  (asked: under {RATIO})")
    return ratio < RATIO


def shapes(count: int, implementation: str = "vectorized") -> str:
    """A spec of so many convolutions, every one of another shape."""
    letters = product((1, 2), (1, 2, 3), range(4, 14), range(4, 14), (1, 2))
    lines = (
        f"  - {{N: {N}, C: {C}, H: {H}, W: {W}, F: {F}, H1: 3, W1: 3, stride: 1, pad: 1}}" for N, C, H, W, F in letters
    )
    head = f"defaults: {{layer: conv, implementation: {implementation}}}\nchecks:\n"
    return head + "\n".join(islice(lines, count)) + "\n"


# The parent alone: what its workers use is not in its own figure.
MEASURED = """\
import json, resource, sys
from convcheck.cli.process import run_process
code = run_process(sys.argv[2:])
usage = resource.getrusage(resource.RUSAGE_SELF)
with open(sys.argv[1], "w") as file:
    json.dump({"code": int(code), "kilobytes": usage.ru_maxrss}, file)
"""


def throughput(folder: str, implementation: str, checks: int, jobs: int, rounds: int) -> tuple[float, float]:
    """Checks a second, the median, and the largest memory of the parent in MB."""
    Path(folder, "many.yaml").write_text(shapes(checks, implementation))
    measured = [*IMPORT, MEASURED, "usage.json", "run", "many.yaml", "-j", str(jobs)]
    rates, sizes, work = [], [], []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        ran = subprocess.run(measured, cwd=folder, env=environment(folder), check=True, capture_output=True, text=True)
        rates.append(checks / (time.perf_counter() - began))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        work.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        usage = json.loads(Path(folder, "usage.json").read_text())
        if usage["code"] or f"{checks:,} checks: {checks:,} pass" not in ran.stdout:
            raise SystemExit(f"not every check passed: exit code {usage['code']}\n{ran.stdout}")
        sizes.append(usage["kilobytes"] / 1024)
    ahead = ", ".join(f"{each:.0f}" for each in rates)
    asked = f"  (asked: {A_SECOND})" if implementation == "vectorized" else ""
    name = f"{checks:,} small convolutions, {implementation}, -j {jobs}"
    print(f"{name:<58} {statistics.median(rates):5.0f} a second ({ahead}){asked}")
    # On processors that others use as well, this says more than the clock.
    print(f"{'processor time of a check, workers included':<58} {statistics.median(work) / checks * 1e3:5.1f} ms")
    print(f"{'memory of the parent at most':<58} {max(sizes):5.0f} MB  (asked: under {MEGABYTES})")
    return statistics.median(rates), max(sizes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--checks", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "small.yaml").write_text(SMALL)
        version = compared(
            "convcheck --version | import click", [*command(), "--version"], [*IMPORT, "import click"], folder,
            options.rounds,
        )  # fmt: skip
        small = compared(
            "run small.yaml | import numpy, click, rich, yaml", [*command(), "run", "small.yaml"],
            [*IMPORT, "import numpy, click, rich, yaml"], folder, options.rounds,
        )  # fmt: skip
        rate, size = throughput(folder, "vectorized", options.checks, options.jobs, max(1, options.rounds // 2))
        _, other_size = throughput(folder, "naive", options.checks, options.jobs, 1)
    return 0 if version and small and rate >= A_SECOND and max(size, other_size) < MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
