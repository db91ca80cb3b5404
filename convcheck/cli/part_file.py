"""A file that is written beside its place and moved there when it is whole: there is the old one, or the whole new one.

A run that is killed leaves what it had written. Whoever writes in that folder next clears it away: whatever lies there
under such a name and is written by nobody, which a lock tells. Process ids would not: in containers, and on a disk that
machines share, those of the living are not known.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from convcheck.spec.regular_file import open_regular

PREFIX, SUFFIX = ".convcheck-", ".part"


class PartFile:
    """A new file that will be `target`. Raises OSError where there can be none."""

    def __init__(self, target: Path) -> None:
        _clear(target.parent)
        self._target = target
        descriptor = -1
        while descriptor < 0:
            # Several runs may write at once, and in a container every run may have the same process id.
            self._place = target.with_name(f"{PREFIX}{os.urandom(6).hex()}{SUFFIX}")
            descriptor = _created(self._place)
        # Its lock lasts as long as there is a descriptor of it; the stream's is closed before the file is moved.
        self._lock: int | None = os.dup(descriptor) if _can_lock() else None
        self.stream = opened(descriptor)

    def finish(self, *, sync: bool = True) -> None:
        """Close it and move it to its place; with `sync`, when it is on the disk. Raises OSError where that fails."""
        self.stream.flush()
        if sync:
            os.fsync(self.stream.fileno())
        self.stream.close()
        with suppress(OSError):
            self._place.chmod(stat.S_IMODE(self._target.stat().st_mode))
        self._place.replace(self._target)
        self._unlock()

    def drop(self) -> None:
        """Take it away again, as far as that can be done."""
        with suppress(OSError):
            self.stream.close()
        with suppress(OSError):
            self._place.unlink()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def opened(file: int | str) -> TextIO:
    """A stream to write a report to. Raises OSError where it cannot be opened."""
    return open(file, "w", encoding="utf-8", errors="replace", newline="\n")


def _created(place: Path) -> int:
    """The descriptor of a new file, locked; -1 where somebody who clears up came before the lock."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    if _is_free(descriptor) is not False and place.exists():
        return descriptor
    os.close(descriptor)
    return -1


def _clear(folder: Path) -> None:
    """Delete what runs that were killed have left in the folder."""
    with suppress(OSError):
        names = [name for name in os.listdir(folder) if name.startswith(PREFIX) and name.endswith(SUFFIX)]
        for name in names:
            with suppress(OSError), open_regular(folder / name) as stream:
                if _is_free(stream.fileno()):
                    (folder / name).unlink()


def _can_lock() -> bool:
    try:
        import fcntl  # noqa: F401
    except ImportError:  # Windows
        return False
    return True


def _is_free(descriptor: int) -> bool | None:
    """Whether nobody had a lock on the file, which this descriptor has then; None where locks cannot be had."""
    if not _can_lock():
        return None
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
