"""What a check costs at the sizes of real networks.

    python benchmarks/real_sizes.py [--rounds 7] [--networks resnet50]

1. The whole check of the vectorised convolution x(2,64,56,56) w(64,64,3,3), against one forward and one backward of it:
   in turns, one thread, in processor time, so that what else the machine does meets both.
2. `convcheck run benchmarks/networks/NAME.yaml -j 2`: its time, and the memory of the largest worker.

Exit code 1 if a figure is missed that convcheck promises: ten times one forward and one backward; for ResNet-50 90 s
and 2 GB, and every entry of every tensor looked at.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from convcheck import check
from convcheck.layers.conv.vectorized import conv_backward_vectorized, conv_forward_vectorized

MOST_PASSES = 10
# By the name of the network: seconds, and the gigabytes of a worker.
PROMISED = {"resnet50": (90, 2)}
SPEC = {"N": 2, "C": 64, "H": 56, "W": 56, "F": 64, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
NETWORKS = Path(__file__).with_name("networks")


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def one_layer(rounds: int) -> bool:
    rng = np.random.default_rng(0)
    x, w, b = (rng.standard_normal(shape) for shape in ((2, 64, 56, 56), (64, 64, 3, 3), (64,)))
    dout = rng.standard_normal((2, 64, 56, 56))

    def passes() -> None:
        _, cache = conv_forward_vectorized(x, w, b, {"stride": 1, "pad": 1})
        conv_backward_vectorized(dout, cache)

    def whole() -> None:
        result = check(SPEC, implementation="vectorized")
        assert result.status == "pass", result
        assert all(t.checked == t.entries for t in result.tensors)

    pairs = [(seconds(whole), seconds(passes)) for _ in range(rounds + 1)][1:]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    times = " ".join(f"{statistics.median(side) * 1e3:5.0f} ms" for side in zip(*pairs, strict=True))
    print(f"x(2,64,56,56) w(64,64,3,3), check | forward + backward  {times}  ratio {ratio:.1f}  (asked: {MOST_PASSES})")
    return ratio <= MOST_PASSES


def network(name: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "results.jsonl")
        command = [sys.executable, "-m", "convcheck", "run", str(NETWORKS / f"{name}.yaml"), "-j", "2"]
        began = time.perf_counter()
        done = subprocess.run([*command, "--format", "jsonl", "-o", str(written)], check=False)
        took = time.perf_counter() - began
        results = [json.loads(line) for line in written.read_text().splitlines()]
    # Of the children that were waited for, and of theirs.
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    unseen = [r["id"] for r in results if any(t["checked"] < t["entries"] for t in r["tensors"])]
    most, limit = PROMISED.get(name, (float("inf"), float("inf")))
    for each in sorted(results, key=lambda r: -r["seconds"])[:5]:
        print(f"    {each['seconds']:6.1f} s  {each['forward_evaluations']:5} forwards  {each['id']}")
    print(f"{name}: {len(results)} checks, exit code {done.returncode}, not every entry of {unseen or 'none'}")
    print(f"{name}: {took:.0f} s  (asked: {most}), {gigabytes:.2f} GB the largest worker  (asked: {limit})")
    return done.returncode == 0 and not unseen and took <= most and gigabytes <= limit


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--networks", nargs="*", default=["resnet50"])
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f} before")
    met = [one_layer(options.rounds), *map(network, options.networks)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
