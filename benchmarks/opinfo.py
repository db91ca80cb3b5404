"""PyTorch's own samples of its operators through convcheck.torch.gradcheck, beside torch.autograd.gradcheck.

    python benchmarks/opinfo.py [--operators 1000] [--samples 3] [--only NAME …] [--seconds 1500]

For each operator of `op_db` that is differentiable in float64 on the CPU, its first samples (`sample_inputs`, as
PyTorch's own tests draw them) go through both sides, one thread each, in one run. Told are the operators and samples
on which they agree, each on which they do not, and the time of both. Needs torch and expecttest.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils._pytree import tree_flatten, tree_unflatten

from convcheck.torch import gradcheck

# Entries of a Jacobian: samples that have more are left out, whose slow mode takes minutes.
MOST = 100_000


class Compared(NamedTuple):
    """One sample: what both sides came to, in how many seconds, and what ours said."""

    operator: str
    sample: int
    theirs: str
    ours: str
    seconds: tuple[float, float]
    said: str
    entries: int


def function_of(op: Any, sample: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The operator as a function of the tensors of a sample, as PyTorch's tests of gradients call it."""
    given = (sample.input, *sample.args)
    flat, tree = tree_flatten(given)
    places = [i for i, one in enumerate(flat) if isinstance(one, torch.Tensor)]

    def function(*tensors: Any) -> Any:
        values = list(flat)
        for place, tensor in zip(places, tensors, strict=True):
            values[place] = tensor
        first, *rest = tree_unflatten(values, tree)
        out = op.gradcheck_wrapper(op.get_op(), first, *rest, **sample.kwargs)
        return sample.output_process_fn_grad(out) if sample.output_process_fn_grad is not None else out

    return function, tuple(flat[place] for place in places)


def outcome(call: Callable[[], Any]) -> tuple[str, str, float]:
    """What a check came to, what it said, and the seconds that it took."""
    start = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            got = call()
        status, said = ("pass" if got is True else str(getattr(got, "status", got))), ""
        if status != "pass":
            said = " | ".join(line.strip() for line in str(got).splitlines())
    except Exception as error:
        status, said = "raised", f"{type(error).__name__}: {error}"
    return status, " ".join(said.split()), time.process_time() - start


def compared(op: Any, number: int, sample: Any) -> Compared | None:
    function, inputs = function_of(op, sample)
    if not any(one.requires_grad for one in inputs):
        return None
    entries = sum(one.numel() for one in inputs if one.requires_grad)
    # PyTorch's slow mode fills a matrix of them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outputs = sum(one.numel() for one in tree_flatten(function(*inputs))[0] if isinstance(one, torch.Tensor))
    if entries * outputs > MOST:
        return None
    tolerance = op.gradcheck_nondet_tol
    theirs = outcome(
        lambda: torch.autograd.gradcheck(function, inputs, nondet_tol=tolerance, check_undefined_grad=False)
    )
    ours = outcome(
        lambda: gradcheck(function, inputs, nondet_tol=tolerance, check_undefined_grad=False, raise_exception=False)
    )
    name = op.name + ("." + op.variant_test_name if op.variant_test_name else "")
    return Compared(
        name, number, theirs[0], ours[0], (theirs[2], ours[2]), f"ours: {ours[1]} theirs: {theirs[1]}", entries
    )


def rows(arguments: argparse.Namespace) -> Iterator[Compared]:
    start, seen = time.monotonic(), 0
    for op in op_db:
        if arguments.only and op.name not in arguments.only:
            continue
        if not op.supports_autograd or torch.float64 not in op.supported_dtypes("cpu"):
            continue
        if seen >= arguments.operators or time.monotonic() - start > arguments.seconds:
            return
        torch.manual_seed(0)
        try:
            samples = iter(op.sample_inputs("cpu", torch.float64, requires_grad=True))
            chosen = [sample for _, sample in zip(range(arguments.samples), samples, strict=False)]
        except Exception as error:
            print(f"{op.name}: no samples: {error}", flush=True)
            continue
        seen += 1
        for number, sample in enumerate(chosen):
            row = compared(op, number, sample)
            if row is not None:
                yield row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operators", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--seconds", type=float, default=1500)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    found: list[Compared] = []
    for row in rows(arguments):
        found.append(row)
        if len(found) % 50 == 0:
            print(f"… {len(found)} samples, {row.operator}", flush=True)
        if (row.theirs == "pass") != (row.ours == "pass"):
            print(
                f"{row.operator} sample {row.sample}: PyTorch {row.theirs}, convcheck {row.ours}: {row.said[:600]}",
                flush=True,
            )
    both = sum(row.theirs == row.ours == "pass" for row in found)
    neither = sum(row.theirs != "pass" and row.ours != "pass" for row in found)
    theirs, ours = (sum(row.seconds[side] for row in found) for side in (0, 1))
    for row in found:
        if row.theirs != "pass" and row.ours != "pass":
            print(f"neither passes {row.operator} sample {row.sample}: {row.theirs}, {row.ours}: {row.said[:200]}")
    for row in sorted(found, key=lambda row: -row.seconds[1])[:6]:
        print(f"slowest: {row.operator}, {row.entries} entries: {row.seconds[1]:.1f} s, PyTorch {row.seconds[0]:.1f} s")
    operators = len({row.operator for row in found})
    print(
        f"{operators} operators, {len(found)} samples: both pass {both}, neither passes {neither}, "
        f"PyTorch alone passes {sum(r.theirs == 'pass' != r.ours for r in found)}, "
        f"convcheck alone {sum(r.ours == 'pass' != r.theirs for r in found)}"
    )
    print(f"seconds: PyTorch {theirs:.1f}, convcheck {ours:.1f}: {ours / theirs:.2f} times")


if __name__ == "__main__":
    main()
