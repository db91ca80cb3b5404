"""Files that are read, opened only where they are files: a pipe waits for ever, /dev/zero has no end."""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

# What a person names for a descriptor that this process has already: standard input, and `<(…)` of a shell.
DESCRIPTORS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")

KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def special_kind(path: str | os.PathLike[str]) -> str | None:
    """What the path names in the place of a file, in words: `a pipe`; None for a file, and where there is nothing."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    return None if stat.S_ISREG(mode) else _in_words(mode)


def open_regular(path: str | os.PathLike[str], *, pipes: bool = False) -> BinaryIO:
    """The file, opened to be read. `pipes`: a person named the path, and may have meant a pipe or standard input.

    Raises what `open` raises, and OSError for what is no file, before it is opened: that alone may wait, or act.
    """
    mode = os.stat(path).st_mode
    if pipes and (stat.S_ISFIFO(mode) or os.path.abspath(path).startswith(DESCRIPTORS)):
        return open(path, "rb")
    _require_file(mode, path)
    # Between the two somebody may put a pipe in its place: opened so, it does not wait.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _require_file(os.fstat(descriptor).st_mode, path)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_file(mode: int, path: str | os.PathLike[str]) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, f"it is {_in_words(mode)}, and no file", path)


def _in_words(mode: int) -> str:
    return KINDS.get(stat.S_IFMT(mode), "something else")
