"""What a worker process may do at most, and what it is the head of."""

from __future__ import annotations

import os
from contextlib import suppress


def limit_memory(count: int | None) -> None:
    """At most `count` bytes of address space, so that asking for more is a MemoryError; and no core dump."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    # macOS knows the limit, and refuses to set it.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if count is None:
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def lead_a_group() -> None:
    """The head of a session: Ctrl-C does not reach this process, and ending the group ends what it started."""
    with suppress(OSError, AttributeError):
        os.setsid()
