"""How much memory a check would take, reckoned from its sizes before anything is allocated."""

from __future__ import annotations

import math
import re

from convcheck.spec.sizes import Sizes

DEFAULT_LIMIT = 2 * 2**30

# Whatever the dtype: forward is differentiated in float64 where the code carries it.
ITEM_BYTES = 8
# How many arrays of the size of the inputs and the output a check holds at most; the tests measure it. What is drawn,
# the earlier call and its gradients, and the numeric gradient with what it is made of; for a smooth input forward at
# both ends of nine steps, with the slopes and bounds that are made of them.
ARRAYS, SMOOTH_ARRAYS = 20, 52
# As much of it is held while an implementation has temporary arrays of its own, of which backward has two at once.
BESIDE_TEMPORARY = 14
UNITS = {"": 1, "b": 1}
UNITS |= {prefix + end: 1000**power for power, prefix in enumerate("kmgt", 1) for end in ("", "b")}
UNITS |= {prefix + end: 1024**power for power, prefix in enumerate("kmgt", 1) for end in ("i", "ib")}
AMOUNT = r"\s*([0-9]+(?:\.[0-9]*)?(?:[eE]\+?[0-9]{1,3})?|\.[0-9]+)\s*([A-Za-z]*)\s*"


def needed(sizes: Sizes) -> int:
    """Bytes that a check holds at once, beside what Python and its modules take."""
    entries = sum(math.prod(shape) for shape in sizes.shapes().values())
    arrays = SMOOTH_ARRAYS if sizes.is_smooth() else ARRAYS
    return ITEM_BYTES * max(arrays * entries, BESIDE_TEMPORARY * entries + 2 * sizes.workspace())


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


def too_much(sizes: Sizes, limit: int) -> tuple[str, str] | None:
    """None if the check fits into `limit` bytes; else what to say and what to do about it."""
    count = needed(sizes)
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
