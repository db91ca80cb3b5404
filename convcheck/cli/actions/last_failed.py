"""The checks that failed last time, for `--lf`: a file in a cache folder, updated by every run that changes it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from convcheck.cli.part_file import PartFile
from convcheck.cli.streams import say
from convcheck.spec.check import Check
from convcheck.spec.regular_file import open_regular
from convcheck.spec.showing import count

CACHE_FOLDER = Path(".convcheck_cache")
CACHE_FILE = "last-failed.json"
CACHE_VERSION = 1
# These make of it a folder that is neither backed up nor committed.
CACHE_MARKERS = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# A cache of convcheck, which may be deleted; see https://bford.info/cachedir/\n",
    ".gitignore": "*\n",
}
# A lock is held for milliseconds. A process that holds it for longer has been stopped, and is not waited for.
LOCK_TRIES = 40
LOCK_PAUSE = 0.05


class UnreadableCache(Exception):
    """There is a cache file that cannot be read. The text says why."""


def last_failed(folder: Path = CACHE_FOLDER) -> frozenset[str] | None:
    """The ids of the checks that failed when they were last run; None where there is no cache.

    Raises UnreadableCache where there is one of another version, or none that this version could have written.
    """
    if _leads_out(folder):
        raise UnreadableCache("a symbolic link out of this folder")
    try:
        with open_regular(folder / CACHE_FILE) as stream:
            text = stream.read()
        # Where nothing has ever failed there is no such file, and no need of this.
        import json

        content = json.loads(text)
        ids = content["failed"] if content["schema"] == CACHE_VERSION else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise UnreadableCache(why or type(error).__name__) from error
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise UnreadableCache("not a list of ids")
    return frozenset(ids)


def only_failed(checks: Sequence[Check], folder: Path = CACHE_FOLDER) -> tuple[Check, ...]:
    """Those of the checks that failed last time. All of them, with a message, where none did or that is not known."""
    try:
        failed = last_failed(folder)
    except UnreadableCache as error:
        return _all(checks, f"{folder / CACHE_FILE} cannot be used ({error})")
    if failed is None:
        return _all(checks, "nothing is known of a run before")
    chosen = tuple(check for check in checks if check.id in failed)
    return chosen or _all(checks, "none of these checks failed last time")


def update_last_failed(passed: Collection[str], failed: Collection[str], folder: Path = CACHE_FOLDER) -> None:
    """Add the ids that failed in this run and take away those that passed. Other checks stay as they are known.

    Of several runs that end at the same time no result is lost, and none leaves half a file. Where the file cannot be
    written nothing is raised: checking is possible without it. A folder that is a link to somewhere else is left alone,
    with a message: it came with a repository, and what lies there is not convcheck's.
    """
    before, after = _update(passed, failed, folder)
    # Where all is well, and always was, there is no folder.
    if after == before and not (failed and not folder.exists()):
        return
    if _leads_out(folder):
        say(f"convcheck: {folder} is a symbolic link out of this folder: what failed is not written down for --lf")
        return
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        with locked(folder):
            for name, text in CACHE_MARKERS.items():
                if not (folder / name).exists():
                    _replace(folder / name, text)
            # Another run may have written the file since.
            _, after = _update(passed, failed, folder)
            _replace(folder / CACHE_FILE, _as_json(after))


def _leads_out(folder: Path) -> bool:
    return folder.is_symlink() and not folder.resolve().is_relative_to(folder.parent.resolve())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While no other process is in here for the same folder; without a lock where there are none, or it takes too long.

    The folder itself is locked, so that no file is left behind; the lock of a process that ends is released.
    """
    descriptor: int | None = None
    try:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            _wait_for_lock(descriptor)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _wait_for_lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_PAUSE)
        else:
            return


def _update(passed: Collection[str], failed: Collection[str], folder: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The ids in the cache file, and those that it should have after this run."""
    before: frozenset[str] = frozenset()
    with suppress(UnreadableCache):
        before = last_failed(folder) or before
    return before, (before - frozenset(passed)) | frozenset(failed)


def _as_json(failed: Collection[str]) -> str:
    import json

    return json.dumps({"schema": CACHE_VERSION, "failed": sorted(failed)}, indent=1) + "\n"


def _all(checks: Sequence[Check], why: str) -> tuple[Check, ...]:
    say(f"convcheck: --lf: {why}: {count(len(checks), 'check')} to run")
    return tuple(checks)


def _replace(path: Path, text: str) -> None:
    part = PartFile(path)
    try:
        part.stream.write(text)
        # Of a machine that stops without a warning nobody expects to know what failed last.
        part.finish(sync=False)
    except BaseException:
        part.drop()
        raise
