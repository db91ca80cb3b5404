"""What failed last time, for `--lf`: a file in a cache folder, replaced as a whole by every run that has news."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from convcheck.cli.streams import say
from convcheck.reports.wording.figures import count
from convcheck.spec.check import Check

FOLDER = Path(".convcheck_cache")
FILE = "last-failed.json"
SCHEMA = 1
# What makes of it a folder that is neither committed nor backed up.
COMPANIONS = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# A cache of convcheck, which may be deleted; see https://bford.info/cachedir/\n",
    ".gitignore": "*\n",
}


class Unreadable(Exception):
    """There is a cache, and nothing to be learnt from it."""


def last_failed(folder: Path = FOLDER) -> frozenset[str] | None:
    """The ids of the checks that did not pass when they were last run; None if nothing is known. Raises Unreadable."""
    try:
        text = (folder / FILE).read_text("utf-8")
        # Where nothing has ever failed there is no such file, and no need of this.
        import json

        content = json.loads(text)
        ids = content["failed"] if content["schema"] == SCHEMA else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise Unreadable("not a list of ids")
    return frozenset(ids)


def only_failed(checks: Sequence[Check], folder: Path = FOLDER) -> tuple[Check, ...]:
    """Those of the checks that failed last time; all of them, said in a line, where that is not known or none did."""
    try:
        failed = last_failed(folder)
    except Unreadable as error:
        return _all(checks, f"{folder / FILE} cannot be used ({error})")
    if failed is None:
        return _all(checks, "nothing is known of a run before")
    chosen = tuple(check for check in checks if check.id in failed)
    return chosen or _all(checks, "none of these checks failed last time")


def remember(passed: Collection[str], failed: Collection[str], folder: Path = FOLDER) -> None:
    """Keep what this run found, beside what is known of checks that it did not run.

    Of runs that end at the same time none is lost, and no half file is ever seen. That nothing can be written here
    keeps nobody from checking.
    """
    before, after = _news(passed, failed, folder)
    # Where all is well, and always was, there is no folder.
    if after == before and not (failed and not folder.exists()):
        return
    from convcheck.cli.actions.turns import in_turn

    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        with in_turn(folder):
            for name, text in COMPANIONS.items():
                if not (folder / name).exists():
                    _replace(folder / name, text)
            _, after = _news(passed, failed, folder)
            _replace(folder / FILE, _text(after))


def _news(passed: Collection[str], failed: Collection[str], folder: Path) -> tuple[frozenset[str], frozenset[str]]:
    """What failed last time, as it was known so far and as it is now."""
    before: frozenset[str] = frozenset()
    with suppress(Unreadable):
        before = last_failed(folder) or before
    return before, (before - frozenset(passed)) | frozenset(failed)


def _text(failed: Collection[str]) -> str:
    import json

    return json.dumps({"schema": SCHEMA, "failed": sorted(failed)}, indent=1) + "\n"


def _all(checks: Sequence[Check], why: str) -> tuple[Check, ...]:
    say(f"convcheck: --lf: {why}: {count(len(checks), 'check')} to run")
    return tuple(checks)


def _replace(path: Path, text: str) -> None:
    # Several processes may do this at once, and in a container they may have the same number.
    beside = path.with_name(f".{path.name}-{os.urandom(6).hex()}.part")
    try:
        beside.write_text(text, "utf-8", errors="surrogateescape")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
