"""False alarms: random valid specs over every layer, under right code.

None may fail; on dyadic data none may be undecided.

    python benchmarks/false_alarms.py [--count 10000] [--seed 0] [--implementation vectorized]

Prints every check that is accused, the mapping that repeats it, and the counts. Exit code 1 if there was one.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time

from random_specs import random_checks

from convcheck.checking.check import run_check


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--implementation", default="vectorized")
    options = parser.parse_args()
    start = time.perf_counter()
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    closest: collections.Counter[str] = collections.Counter()
    alarms = 0
    for check in random_checks(options.seed, options.count, options.implementation):
        result = run_check(check)
        counts[check.manner.data, result.status] += 1
        for tensor in result.tensors:
            key = f"{check.layer} {check.manner.dtype} {tensor.name}"
            closest[key] = max(closest[key], tensor.max_error_over_bound or 0.0)
        if result.status != "pass" and (result.status, check.manner.data) != ("undecided", "normal"):
            alarms += 1
            print("FALSE ALARM", result.status, check)
            for tensor in result.tensors:
                print("   ", tensor.name, tensor.verdict, tensor.worst)
            for finding in result.findings:
                print("   ", finding.code, finding.message)
    for (data, status), count in sorted(counts.items()):
        print(f"{data:>8} {status:<10} {count:>7}")
    key, share = closest.most_common(1)[0]
    print(f"largest error/bound: {share:.3f} ({key})")
    print(f"{alarms} false alarms in {options.count} checks, {time.perf_counter() - start:.0f} s")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
