"""How much memory a check would take, reckoned from its sizes before anything is allocated."""

from __future__ import annotations

import math
import re

from convcheck.spec.sizes import Sizes

DEFAULT_LIMIT = 2 * 2**30

ITEM_BYTES = {"float32": 4, "float64": 8}
UNITS = {"": 1, "b": 1}
UNITS |= {prefix + end: 1000**power for power, prefix in enumerate("kmgt", 1) for end in ("", "b")}
UNITS |= {prefix + end: 1024**power for power, prefix in enumerate("kmgt", 1) for end in ("i", "ib")}
AMOUNT = r"\s*([0-9]+(?:\.[0-9]*)?(?:[eE]\+?[0-9]{1,3})?|\.[0-9]+)\s*([A-Za-z]*)\s*"


def needed(sizes: Sizes, dtype: str) -> int:
    """Bytes that a check holds at once: inputs with their gradients and copies, outputs, and a temporary array.

    Four arrays of each input's shape (the input, its copy, the analytic and the numeric gradient) and six of the
    output's (base, reference, perturbed output, difference, dout, scratch).
    """
    shapes = dict(sizes.shapes())
    output = math.prod(shapes.pop("out"))
    entries = 4 * sum(math.prod(shape) for shape in shapes.values()) + 6 * output + sizes.workspace()
    return ITEM_BYTES[dtype] * entries


def readable(count: int) -> str:
    """A number of bytes for people: `3.2 GiB`, `12 KiB`, `512 bytes`."""
    for power, unit in ((5, "PiB"), (4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if count >= 1024**power:
            # Integer division first: a product of sizes may be beyond what a float can hold.
            return f"{count * 10 // 1024**power / 10:,.1f} {unit}" if count < 10**30 else f"{count // 1024**5:.1e} PiB"
    return f"{count:,} bytes"


def _both(count: int, exact: str) -> str:
    """`3.2 GiB (3,435,973,836 bytes)`; small numbers once."""
    return exact if readable(count) == exact else f"{readable(count)} ({exact})"


def too_much(sizes: Sizes, dtype: str, limit: int) -> tuple[str, str] | None:
    """None if the check fits into `limit` bytes; else what to say and what to do about it."""
    count = needed(sizes, dtype)
    if count <= limit:
        return None
    exact = f"{count:,} bytes" if count < 10**30 else f"about 10^{len(str(count)) - 1} bytes"
    message = f"this check needs about {_both(count, exact)}, and the limit is {_both(limit, f'{limit:,} bytes')}"
    if count < 2**40:
        roomy = -(-count // 2**30)
        return message, f"make the sizes smaller, or allow more with --max-memory {roomy}GiB"
    return message, "make the sizes smaller; --max-memory raises the limit"


def parse_limit(text: str) -> int:
    """Bytes meant by `500MB`, `2GiB`, `1e9`. Raises ValueError, with what may be written, for anything else."""
    match = re.fullmatch(AMOUNT, text)
    if match is None or match[2].lower() not in UNITS:
        raise ValueError(f"expected a number of bytes such as 500MB, 2GiB or 1e9, received {text[:60]!r}")
    amount = float(match[1]) * UNITS[match[2].lower()]
    if not 1 <= amount < 2**63:
        raise ValueError(f"expected between 1 byte and 8 EiB, received {text[:60]!r}")
    return int(amount)
