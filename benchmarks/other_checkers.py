"""Every entry of conv's three gradients, checked by convcheck and by others, side by side in one run, one thread each.

    python benchmarks/other_checkers.py [--sizes 16 32] [--entries 200 5000] [--repeats 5]

1. PyTorch's conv2d on x (2, 3, n, n), w (8, 3, 3, 3): convcheck.gradcheck against torch.autograd.gradcheck, its
   defaults and its fast mode. At n = 32 the defaults keep about 11 GB of Jacobians; give --sizes 16 where there is
   less.
2. Functions of PyTorch, of which nothing is declared, with some 200 and some 5,000 entries: against its defaults.
3. The naive loops on x (2, 3, 16, 16): a convcheck check against two-sided differences entry by entry, as
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
from functools import partial
from typing import Any

import numpy as np

from convcheck import All, Same, Window, check, gradcheck
from convcheck.layers.conv.naive import conv_forward_naive

LOCALITY = {
    "x": (Same(0), All(), Window(2, 3, 1, 1), Window(3, 3, 1, 1)),
    "w": (Same(1), All(), All(), All()),
    "b": (Same(1),),
}
REQUIRED = {16: 400, 32: 4000}
# At most so many times the time of the fast mode.
REQUIRED_FAST = 1 / 3
# By the number of entries: how many times faster than the defaults, in at most so many evaluations of forward.
REQUIRED_FUNCTIONS = {200: (1.0, None), 5000: (1 / 0.03, 400)}
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


def against_torch(n: int, repeats: int) -> tuple[float, float, float]:
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

    def theirs(*, fast: bool) -> None:
        leaves = [torch.from_numpy(a).requires_grad_() for a in inputs]
        assert torch.autograd.gradcheck(lambda x, w, b: conv2d(x, w, b, padding=1), leaves, fast_mode=fast)

    ours()
    theirs(fast=True)
    both = [(seconds(ours), seconds(partial(theirs, fast=True))) for _ in range(4 * repeats)]
    mine, fast = (statistics.median(times) for times in zip(*both, strict=True))
    return mine, fast, seconds(partial(theirs, fast=False))


def functions(entries: int) -> dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]]:
    """Functions of PyTorch, and the shapes of their inputs, with about so many entries."""
    import torch
    from torch.nn import functional

    rows, columns, side = (100, 50, 50) if entries > 1000 else (20, 10, 10)
    attended = (2, 26, 32) if entries > 1000 else (1, 8, 8)
    images, filters = ((2, 4, 24, 24), (8, 4, 3, 3)) if entries > 1000 else ((1, 2, 8, 8), (4, 2, 3, 3))
    labels = torch.arange(rows) % columns
    return {
        "softmax": (lambda x: functional.softmax(x, -1), [(rows, columns)]),
        "layernorm": (
            lambda x, g, b: functional.layer_norm(x, (columns,), g, b),
            [(rows - 2, columns), (columns,), (columns,)],
        ),
        "matmul": (torch.matmul, [(side, side), (side, side)]),
        "attention": (functional.scaled_dot_product_attention, [attended] * 3),
        "conv2d": (lambda x, w, b: functional.conv2d(x, w, b, padding=1), [images, filters, (filters[0],)]),
        "gelu": (functional.gelu, [(rows, columns)]),
        "cross-entropy": (lambda x: functional.cross_entropy(x, labels), [(rows, columns)]),
        "batchnorm": (
            lambda x, g, b: functional.batch_norm(x, None, None, g, b, training=True),
            [(rows - 2, columns), (columns,), (columns,)],
        ),
    }


def against_torch_undeclared(
    function: Callable[..., Any], shapes: list[tuple[int, ...]], repeats: int
) -> tuple[float, float, int]:
    import torch

    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal(shape) for shape in shapes]
    evaluations = 0

    def forward(*arrays: Any) -> Any:
        with torch.no_grad():
            return function(*map(torch.from_numpy, arrays)).numpy()

    def backward(dout: Any, *arrays: Any) -> Any:
        leaves = [torch.from_numpy(a).requires_grad_() for a in arrays]
        gradients = torch.autograd.grad(function(*leaves), leaves, torch.from_numpy(np.asarray(dout)))
        return tuple(g.numpy() for g in gradients) if len(gradients) > 1 else gradients[0].numpy()

    def ours() -> None:
        nonlocal evaluations
        result = gradcheck(forward, backward, inputs)
        assert result.status == "pass", result
        assert all(t.checked == t.entries for t in result.tensors)
        evaluations = result.forward_evaluations

    def theirs() -> None:
        assert torch.autograd.gradcheck(function, [torch.from_numpy(a).requires_grad_() for a in inputs])

    ours()
    return seconds(ours, repeats), seconds(theirs), evaluations


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


def report(name: str, ours: float, theirs: float, required: float | None, said: str = "") -> bool:
    ratio = theirs / ours
    asked = "" if required is None else f"  (asked: at least {required:.3g})"
    print(f"{name:<62} {ours:>9.4f} s {theirs:>9.3f} s {ratio:>8.3g} x{asked}{said}", flush=True)
    return required is None or ratio >= required


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[16, 32])
    parser.add_argument("--entries", type=int, nargs="*", default=[200, 5000])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"{'':<62} {'convcheck':>11} {'other':>11} {'ratio':>10}")
    met = []
    for n in options.sizes:
        ours, fast, slow = against_torch(n, options.repeats)
        met.append(report(f"conv2d of PyTorch, {n}x{n}: torch.autograd.gradcheck", ours, slow, REQUIRED.get(n)))
        met.append(report(f"conv2d of PyTorch, {n}x{n}: its fast mode", ours, fast, REQUIRED_FAST))
    for entries in options.entries:
        required, most = REQUIRED_FUNCTIONS.get(entries, (None, None))
        for name, (function, shapes) in functions(entries).items():
            ours, slow, evaluations = against_torch_undeclared(function, shapes, options.repeats)
            asked = "" if most is None else f" (asked: at most {most})"
            said = f"  {evaluations} evaluations{asked}"
            met.append(report(f"{name} of PyTorch, {entries} entries", ours, slow, required, said))
            met.append(most is None or evaluations <= most)
    figures = against_central_differences(16, min(options.repeats, 3))
    met.append(report("naive loops, 16x16: central differences entry by entry", *figures, REQUIRED_NAIVE))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
