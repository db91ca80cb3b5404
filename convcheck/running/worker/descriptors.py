"""Where a worker has its own files and pipes open: at numbers that code under test does not come upon."""

from __future__ import annotations

import os
from contextlib import suppress

# The first such number, where so many descriptors are allowed; and how many are kept for them where fewer are. A loop
# that closes or writes to "every" descriptor begins at 3.
FIRST = 1000
KEPT = 32


def out_of_reach(descriptor: int) -> int:
    """Another number for what the descriptor is open for; the descriptor is closed. On Windows it stays what it is.

    A program that is started has no business with it: it is not handed on.
    """
    try:
        import fcntl
        import resource
    except ImportError:
        os.set_inheritable(descriptor, False)
        return descriptor
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    first = FIRST if soft == resource.RLIM_INFINITY else min(FIRST, soft - KEPT)
    with suppress(OSError):
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, first)
        os.close(descriptor)
        return moved
    os.set_inheritable(descriptor, False)
    return descriptor
