"""Whether the shards of a run are all there: `--shard 2/3` is one of three, and without the others nothing is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from convcheck.reports.json import json_text
from convcheck.reports.stored.document import Document
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import listed

# What the checks that are dealt out hang on. Two shards that differ in one of these are not of one run.
DEALT_BY = (
    "specs", "keys", "implementation", "seed", "dtype", "data", "scheme", "tolerance", "last_failed",
)  # fmt: skip
# What an older convcheck called the schemes.
OLD_SCHEMES = {"groups": "entries", "probe": "auto"}


def shard_problems(parts: Iterable[tuple[str, Document]]) -> Iterator[str]:
    """A sentence for each run of which a shard is missing, or is there twice, among the named documents.

    Where they are of several runs, in what these differ comes first.
    """
    runs: dict[str, list[tuple[int, int, str]]] = {}
    firsts: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name, document in parts:
        arguments = document["arguments"]
        for number, of in _shards(arguments.get("shard")):
            dealt_by = {"number of shards": of, **{key: arguments.get(key) for key in DEALT_BY}}
            # Several runs put together have a list of them.
            dealt_by["scheme"] = OLD_SCHEMES.get(str(dealt_by["scheme"]), dealt_by["scheme"])
            run = json_text(dealt_by)
            runs.setdefault(run, []).append((number, of, name))
            firsts.setdefault(run, (name, dealt_by))
    problems = [problem for shards in runs.values() for problem in _problems(shards)]
    if problems:
        yield from _differences(list(firsts.values()))
    yield from problems


def _differences(firsts: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """In what the shards of several runs differ, each told from those of the first run."""
    for name, dealt_by in firsts[1:]:
        first, theirs = firsts[0]
        differing = [
            f"{key} is {json_text(theirs[key])} and {json_text(value)}"
            for key, value in dealt_by.items()
            if theirs[key] != value
        ]
        yield f"{shown(first)} and {shown(name)} are shards of different runs: {shown(', '.join(differing))}"


def _problems(shards: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    names: dict[int, list[str]] = {}
    for number, _, name in shards:
        names.setdefault(number, []).append(shown(name))
    of = shards[0][1]
    for number, those in names.items():
        if len(those) > 1:
            yield f"shard {number}/{of} is there {len(those)} times, in {listed(those)}: name each report once"
    missing = [f"{number}/{of}" for number in range(1, of + 1) if number not in names]
    if missing:
        have = listed([f"{number}/{of} ({those[0]})" for number, those in sorted(names.items())])
        what = f"shard {missing[0]} is" if len(missing) == 1 else f"shards {listed(missing)} are"
        yield f"{what} missing: expected the reports of all {of}, received {have}"


def _shards(value: Any) -> Iterator[tuple[int, int]]:
    """K and M of a document's `shard`: one, or a list where an older convcheck has put several together."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping) and isinstance(one.get("number"), int) and isinstance(one.get("of"), int):
            yield one["number"], one["of"]
