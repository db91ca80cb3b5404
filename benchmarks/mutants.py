"""Wrong gradients by the thousand: what `gradcheck` misses, what it leaves open, and whom it accuses wrongly.

Every function of `functions.py`, right and with mistakes of thirteen kinds planted in one gradient at a time, in
float64 and float32. PyTorch's gradcheck is asked the same questions where PyTorch is installed.

    python benchmarks/mutants.py [--rounds 3] [--right 10] [--seed 0] [--jobs 2] [--scheme auto] [--no-torch]
                                  [--only NAME]

A planted mistake counts where it moves the gradient by far more than rounding its inputs moves a right one: a
transposed symmetric matrix, or a thousandth of zero, are none. The smallest mistakes are a millionth in float64 and,
as a millionth is eight roundings in float32, a ten-thousandth there. Every miss and every false alarm is printed. Exit
code 1 for a false alarm, more than one miss in 1,000, or more than one in 100 undecided where forward has no kink.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from functions import FUNCTIONS, Array, Case

import convcheck

DTYPES = ("float64", "float32")
# The smallest mistakes; and the share of the largest entry by which a mistake must move one, or it is none. Differences
# of code that computes in float32 inside, whatever it is given, show four digits of its slopes.
SMALL = {"float64": 1e-6, "float32": 1e-4, "narrow": 1e-3}
LEAST = {"float64": 2.0**-44, "float32": 2.0**-15, "narrow": 2.0**-10}

# mistake(gradient, place, small): the gradient with a mistake; `place` is any number, `small` the smallest size.
Mistake = Callable[[Array, int, float], Array]


def _at(change: Callable[[Array, int, float], Any]) -> Mistake:
    def wrong(g: Array, place: int, small: float) -> Array:
        g = np.array(g)
        g.flat[place % g.size] = change(g, place % g.size, small)
        return g

    return wrong


def _swapped(g: Array, place: int, small: float) -> Array:
    g = np.array(g)
    if g.size > 1:
        one, other = place % g.size, (place + 1 + place // 7 % (g.size - 1)) % g.size
        g.flat[[one, other]] = g.flat[[other, one]]
    return g


def _transposed(g: Array, place: int, small: float) -> Array:
    if g.ndim > 1 and g.shape[-1] == g.shape[-2]:
        return g.swapaxes(-1, -2).copy()
    # Code that fills an array in the wrong order.
    return g.reshape(g.shape[::-1]).transpose().copy() if g.ndim > 1 else g[::-1].copy()


def _rows_zero(which: int) -> Mistake:
    def wrong(g: Array, place: int, small: float) -> Array:
        g = np.array(g)
        if g.ndim:
            g[which] = 0
        return g

    return wrong


MISTAKES: dict[str, Mistake] = {
    "factor 1.001": lambda g, place, small: g * g.dtype.type(1.001),
    "factor 1 + 1e-6": lambda g, place, small: g * g.dtype.type(1 + small),
    "one entry zeroed": _at(lambda g, i, small: 0),
    "one entry × 1.001": _at(lambda g, i, small: g.flat[i] * g.dtype.type(1.001)),
    "one entry + 1e-6 of the largest": _at(lambda g, i, small: g.flat[i] + g.dtype.type(small) * np.abs(g).max()),
    "sign": lambda g, place, small: -g,
    "two entries swapped": _swapped,
    "transposed": _transposed,
    "last row zero": _rows_zero(-1),
    "sum for mean": lambda g, place, small: g * g.dtype.type(max(2, g.shape[0] if g.ndim else 2)),
    "first of the batch dropped": _rows_zero(0),
    "constant added": lambda g, place, small: g + g.dtype.type(0.01) * (np.abs(g).max() or g.dtype.type(1)),
    "input detached": lambda g, place, small: np.zeros_like(g),
}


class Outcome(NamedTuple):
    """What became of one question. `mistake` is None for right code; `torch` what PyTorch's gradcheck answered."""

    name: str
    mistake: str | None
    dtype: str
    position: int
    status: str
    torch: bool | None
    seconds: float
    torch_seconds: float
    detail: str


def questions(name: str, options: argparse.Namespace) -> Iterator[tuple[str | None, str, int, int]]:
    """(mistake, dtype, number of the input it is planted in, seed) for all that is asked of one function."""
    inputs = len(FUNCTIONS[name].draw(np.random.default_rng(0)))
    for dtype in DTYPES:
        for seed in range(options.right):
            yield None, dtype, 0, seed
        for seed in range(options.rounds):
            for position in range(inputs):
                for mistake in MISTAKES:
                    yield mistake, dtype, position, seed


def outcomes_of(name: str, options: argparse.Namespace) -> list[Outcome]:
    """All that is asked of one function."""
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for mistake, dtype, position, seed in questions(name, options):
            outcome = answer(name, mistake, dtype, position, options.seed + seed, options)
            found += [outcome] if outcome else []
    return found


def answer(
    name: str, mistake: str | None, dtype: str, position: int, seed: int, options: argparse.Namespace
) -> Outcome | None:
    """One question. None where the mistake changes nothing."""
    case = FUNCTIONS[name]
    rng = np.random.default_rng(crc32(f"{name} {dtype} {seed}".encode()))
    inputs = [a.astype(dtype) for a in case.draw(rng)]
    dout = np.asarray(rng.standard_normal(np.shape(case.forward(*inputs)))).astype(dtype)
    place = int(rng.integers(2**31))
    digits = "narrow" if case.narrow else dtype
    backward = case.backward if mistake is None else planted(case, MISTAKES[mistake], position, place, SMALL[digits])
    if mistake is not None:
        right, wrong = (np.asarray(f(dout, *inputs)[position], dtype=float) for f in (case.backward, backward))
        largest = np.abs(right).max()
        moved = movement(case, dout, inputs, position, "float32" if case.narrow else dtype, rng)
        scale = largest if largest > 1e-6 * np.abs(dout).max() else np.abs(dout).max()
        if not np.abs(wrong - right).max() > max(LEAST[digits] * scale, 64 * moved):
            return None
    start = time.perf_counter()
    result = convcheck.gradcheck(
        case.forward, backward, [a.copy() for a in inputs], dout, seed=seed, scheme=options.scheme
    )
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    torch_says = None if options.no_torch else torch_gradcheck(case, backward, inputs)
    detail = "; ".join(
        [f"{t.name} {t.verdict} {t.worst}" for t in result.tensors if t.verdict in ("wrong", "undecided")]
        + [f"{f.code}: {f.message}" for f in result.findings if f.severity != "note"]
    )
    return Outcome(
        name,
        mistake,
        dtype,
        position,
        result.status,
        torch_says,
        seconds,
        time.perf_counter() - start,
        f"seed {seed}: {detail}",
    )


def movement(
    case: Case, dout: Array, inputs: list[Array], position: int, dtype: str, rng: np.random.Generator
) -> float:
    """How far the right gradient moves when its inputs are rounded, at most, in a few samples."""

    def gradient(inputs: list[Array]) -> Array:
        return np.asarray(case.backward(dout, *inputs)[position], dtype=float)

    def rounded(a: Array) -> Array:
        return (a * (1 + np.finfo(dtype).eps * rng.choice([-1, 1], a.shape))).astype(a.dtype)

    right = gradient(inputs)
    return max(float(np.abs(gradient([rounded(a) for a in inputs]) - right).max()) for _ in range(4))


def planted(case: Case, mistake: Mistake, position: int, place: int, small: float) -> Callable[..., list[Array]]:
    """The right backward with a mistake in one of its gradients."""

    def backward(dout: Array, *inputs: Array) -> list[Array]:
        gradients = list(case.backward(dout, *inputs))
        gradients[position] = mistake(np.asarray(gradients[position]), place, small)
        return gradients

    return backward


def torch_gradcheck(case: Case, backward: Callable[..., list[Array]], inputs: list[Array]) -> bool | None:
    """Whether PyTorch's gradcheck, as it comes, accepts the pair; None where PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return None

    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.inputs = [t.detach().numpy() for t in tensors]
            return torch.from_numpy(np.array(case.forward(*ctx.inputs)))

        @staticmethod
        def backward(ctx: Any, dout: Any) -> Any:
            return tuple(torch.from_numpy(np.array(g)) for g in backward(dout.numpy(), *ctx.inputs))

    tensors = [torch.from_numpy(a.copy()).requires_grad_() for a in inputs]
    return bool(torch.autograd.gradcheck(Pair.apply, tensors, raise_exception=False))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="draws of data for each mistake")
    parser.add_argument("--right", type=int, default=10, help="draws of data for right code")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-torch", action="store_true")
    parser.add_argument("--scheme", default="auto", choices=["auto", "entries", "full"])
    parser.add_argument("--only", help="functions whose name contains this")
    options = parser.parse_args()
    names = [name for name in FUNCTIONS if not options.only or options.only in name]
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = [one for found in pool.map(partial(outcomes_of, options=options), names) for one in found]
    return report(names, outcomes)


def report(names: list[str], outcomes: list[Outcome]) -> int:
    right = [one for one in outcomes if one.mistake is None]
    wrong = [one for one in outcomes if one.mistake is not None]
    alarms = [one for one in right if one.status in ("fail", "error")]
    missed = [one for one in wrong if one.status == "pass"]
    smooth = [one for one in outcomes if not FUNCTIONS[one.name].kinked]
    undecided = [one for one in smooth if one.status == "undecided"]
    for title, listed in (("FALSE ALARM", alarms), ("MISSED", missed), ("UNDECIDED", undecided)):
        for one in listed:
            print(
                f"{title} {one.name}, {one.mistake or 'right'}, {one.dtype}, input {one.position}, {one.detail}"[:600]
            )
    print(f"{len(names)} functions, {len(right)} right and {len(wrong)} wrong gradients")
    print(f"{'':40} {'wrong':>6} {'missed':>7} {'undecided':>10} {'torch missed':>13}")
    for dtype in DTYPES:
        for mistake in MISTAKES:
            row = [one for one in wrong if (one.mistake, one.dtype) == (mistake, dtype)]
            counts = collections.Counter(one.status for one in row)
            by_torch = sum(one.torch is True for one in row)
            figures = f"{len(row):>6} {counts['pass']:>7} {counts['undecided']:>10} {by_torch:>13}"
            print(f"{dtype} {mistake:<32} {figures}")
    torch_missed = sum(one.torch is True for one in wrong)
    torch_alarms = sum(one.torch is False for one in right)
    print(f"false alarms: {len(alarms)} of {len(right)} (PyTorch's gradcheck: {torch_alarms})")
    print(f"missed: {len(missed)} of {len(wrong)} (PyTorch's gradcheck: {torch_missed})")
    print(f"undecided without a kink: {len(undecided)} of {len(smooth)}")
    seconds, torch_seconds = sum(one.seconds for one in outcomes), sum(one.torch_seconds for one in outcomes)
    each, torch_each = (1e3 * total / len(outcomes) for total in (seconds, torch_seconds))
    print(f"{each:.1f} ms a question (PyTorch's gradcheck: {torch_each:.1f})")
    failed = alarms or 1000 * len(missed) > len(wrong) or 100 * len(undecided) > len(smooth)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
