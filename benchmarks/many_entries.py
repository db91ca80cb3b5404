"""convcheck.torch.gradcheck beside both modes of torch.autograd.gradcheck, at 5,000 entries.

    python benchmarks/many_entries.py [--entries 5000]

Each function is right, all sides run in one process on one thread, and every line ends with how many times as long
PyTorch's slow mode, which looks at every entry as well, takes. Needs torch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import torch

from convcheck.torch import gradcheck

WIDTH = 50


def functions(entries: int) -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Each with its inputs, the first of which has so many entries."""
    torch.manual_seed(0)
    x = torch.randn(entries // WIDTH, WIDTH, dtype=torch.float64, requires_grad=True)
    w = torch.randn(WIDTH, WIDTH, dtype=torch.float64)
    return {
        "sin": (torch.sin, (x,)),
        "softmax": (lambda x: torch.softmax(x, 1), (x,)),
        "layer norm": (lambda x: torch.nn.functional.layer_norm(x, (WIDTH,)), (x,)),
        "matrix product": (lambda x, w: torch.tanh(x @ w), (x, w)),
    }


def seconds(call: Callable[[], Any]) -> float:
    start = time.process_time()
    assert call()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=5000)
    entries = parser.parse_args().entries
    torch.set_num_threads(1)
    # What both import at their first call is no part of it.
    small = torch.ones(60, dtype=torch.float64, requires_grad=True)
    assert gradcheck(torch.tanh, small)
    assert torch.autograd.gradcheck(torch.tanh, small)
    for name, (function, inputs) in functions(entries).items():
        ours = seconds(lambda f=function, i=inputs: gradcheck(f, i))
        slow = seconds(lambda f=function, i=inputs: torch.autograd.gradcheck(f, i))
        fast = seconds(lambda f=function, i=inputs: torch.autograd.gradcheck(f, i, fast_mode=True))
        print(
            f"{name}, {entries} entries: convcheck {ours:.2f} s, PyTorch slow {slow:.2f} s, fast {fast:.2f} s: "
            f"slow mode takes {slow / ours:.0f} times as long",
            flush=True,
        )


if __name__ == "__main__":
    main()
