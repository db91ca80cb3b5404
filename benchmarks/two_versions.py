"""What a change costs: this convcheck beside another one, an older version in an environment of its own.

    python benchmarks/two_versions.py /tmp/before/.venv/bin/convcheck [--rounds 15]

The two run in turns, so that what else the machine does meets both. Printed are the medians of the processor time,
workers included, and of the ratio of each pair. Exit code 1 if a ratio of the medians is above --most (1.05).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from startup_and_throughput import SMALL, command, environment, shapes

# A file of layers as courses have them, checked at every size of its layers' suites.
LAYERS = Path(__file__).parents[1] / "tests/corpus/files/right/cs231n_2019.py"
TINY = """\
import numpy as np

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def processor_seconds(arguments: Sequence[str], folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(arguments, cwd=folder, env=environment(folder), capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout.decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compared(name: str, arguments: Sequence[str], before: str, folder: str, rounds: int) -> float:
    """The median of the ratios of this version's processor time to the other's."""
    pairs = []
    for number in range(rounds + 1):
        # Each goes first every other time.
        sides = [[*command(), *arguments], [before, *arguments]]
        times = [processor_seconds(side, folder) for side in (sides if number % 2 else sides[::-1])]
        pairs.append(times if number % 2 else times[::-1])
    # The first round compiles the modules.
    now, then = zip(*pairs[1:], strict=True)
    ratio = statistics.median(a / b for a, b in pairs[1:])
    times = " ".join(f"{statistics.median(side) * 1e3:7.0f} ms" for side in (now, then))
    print(f"{name:<30} {times}  ratio {ratio:.3f}")
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", help="the convcheck command of the other version")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--most", type=float, default=1.05)
    options = parser.parse_args()
    before = os.path.abspath(options.before)
    print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f} before; this version first")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "small.yaml").write_text(SMALL)
        Path(folder, "many.yaml").write_text(shapes(300))
        Path(folder, "loops.yaml").write_text(shapes(60, "naive"))
        Path(folder, "tiny.py").write_text(TINY)
        ratios = [
            compared("convcheck --version", ["--version"], before, folder, options.rounds),
            compared("run small.yaml", ["run", "small.yaml"], before, folder, options.rounds),
            compared("300 checks, -j 2", ["run", "many.yaml", "-j", "2"], before, folder, options.rounds // 2),
            compared("60 checks, naive, -j 2", ["run", "loops.yaml", "-j", "2"], before, folder, options.rounds // 2),
            compared("run --impl: a relu", ["run", "--impl", "tiny.py"], before, folder, options.rounds),
            compared(
                "run --impl: a file of layers", ["run", "--impl", str(LAYERS), "-j", "2"], before, folder,
                options.rounds // 2,
            ),
        ]  # fmt: skip
    return 0 if max(ratios) <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
