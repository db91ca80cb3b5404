"""Every entry of conv's three gradients, checked by convcheck and by others, side by side in one run, one thread each.

    python benchmarks/other_checkers.py [--sizes 16 32] [--repeats 5]

1. PyTorch's conv2d on x (2, 3, n, n), w (8, 3, 3, 3): convcheck.gradcheck against torch.autograd.gradcheck, its
   defaults. At n = 32 the latter keeps about 11 GB of Jacobians; give --sizes 16 where there is less.
2. The naive loops on x (2, 3, 16, 16): a convcheck check against two-sided differences entry by entry, as
   eval_numerical_gradient_array of CS231n takes them.

The figure of convcheck is the median of the repeats; the other side runs once. Needs torch.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck import All, Same, Window, check, gradcheck
from convcheck.layers.conv.naive import conv_forward_naive

LOCALITY = {
    "x": (Same(0), All(), Window(2, 3, 1, 1), Window(3, 3, 1, 1)),
    "w": (Same(1), All(), All(), All()),
    "b": (Same(1),),
}
REQUIRED = {16: 100, 32: 1000}
REQUIRED_NAIVE = 120


def seconds(call: Callable[[], Any], repeats: int = 1) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def tensors(n: int) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in ((2, 3, n, n), (8, 3, 3, 3), (8,))]


def against_torch(n: int, repeats: int) -> tuple[float, float]:
    import torch
    from torch.nn.functional import conv2d

    torch.set_num_threads(1)
    inputs = tensors(n)

    def forward(x: Any, w: Any, b: Any) -> Any:
        leaves = [torch.from_numpy(a).requires_grad_() for a in (x, w, b)]
        out = conv2d(*leaves, padding=1)
        return out.detach().numpy(), (leaves, out)

    def backward(dout: Any, cache: Any) -> Any:
        leaves, out = cache
        gradients = torch.autograd.grad(out, leaves, torch.from_numpy(dout), retain_graph=True)
        return tuple(g.numpy() for g in gradients)

    def ours() -> None:
        result = gradcheck(forward, backward, inputs, locality=LOCALITY, kinds=dict.fromkeys(LOCALITY, "linear"))
        assert result.status == "pass", result
        assert all(t.checked == t.entries for t in result.tensors)
        assert result.forward_evaluations <= 62

    def theirs() -> None:
        leaves = [torch.from_numpy(a).requires_grad_() for a in inputs]
        assert torch.autograd.gradcheck(lambda x, w, b: conv2d(x, w, b, padding=1), leaves)

    ours()
    return seconds(ours, repeats), seconds(theirs)


def against_central_differences(n: int, repeats: int) -> tuple[float, float]:
    spec = {"N": 2, "C": 3, "H": n, "W": n, "F": 8, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
    inputs = tensors(n)
    params = {"stride": 1, "pad": 1}
    dout = np.random.default_rng(1).standard_normal((2, 8, n, n))

    def ours() -> None:
        result = check(spec, implementation="naive")
        assert result.status == "pass", result
        assert all(t.checked == t.entries for t in result.tensors)

    def theirs(h: float = 1e-5) -> None:
        for x in inputs:
            gradient = np.zeros_like(x)
            for index in np.ndindex(*x.shape):
                kept = x[index]
                x[index] = kept + h
                right, _ = conv_forward_naive(*inputs, params)
                x[index] = kept - h
                left, _ = conv_forward_naive(*inputs, params)
                x[index] = kept
                gradient[index] = ((right - left) * dout).sum() / (2 * h)

    return seconds(ours, repeats), seconds(theirs)


def report(name: str, ours: float, theirs: float, required: int | None) -> bool:
    ratio = theirs / ours
    asked = "" if required is None else f"  (asked: at least {required})"
    print(f"{name:<62} {ours:>9.4f} s {theirs:>9.2f} s {ratio:>8.0f} x{asked}", flush=True)
    return required is None or ratio >= required


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[16, 32])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"{'':<62} {'convcheck':>11} {'other':>11} {'ratio':>10}")
    met = []
    for n in options.sizes:
        figures = against_torch(n, options.repeats)
        met.append(report(f"conv2d of PyTorch, {n}x{n}: torch.autograd.gradcheck", *figures, REQUIRED.get(n)))
    figures = against_central_differences(16, min(options.repeats, 3))
    met.append(report("naive loops, 16x16: central differences entry by entry", *figures, REQUIRED_NAIVE))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
