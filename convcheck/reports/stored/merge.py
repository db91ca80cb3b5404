"""The JSON documents of the parts of one run, put together as if it had been run in one piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from convcheck.reports.json import check_item, document_pieces, json_text
from convcheck.reports.report import Tally
from convcheck.reports.stored.document import Document
from convcheck.reports.stored.shards import shard_problems
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count

# Of the checks that are in two documents, so many are named: they show what went wrong.
MOST_OVERLAPS = 5


def merge(parts: Sequence[tuple[str, Document]]) -> dict[str, Any]:
    """One document of the named parts, its checks in the order of the parts.

    Raises ValueError where a check is in two of them, and where a shard of a run is missing or is there twice: they are
    not the parts of one run; and where one holds fewer checks than it counts, or more.
    """
    if problems := [*_miscounted(parts), *shard_problems(parts)]:
        raise ValueError("\n".join(problems))
    _refuse_overlap(parts)
    documents = [document for _, document in parts]
    checks = [check for document in documents for check in document["checks"]]
    arguments = _each(documents, "arguments", _one_or_all)
    if "shard" in arguments:
        # All of them together are none.
        arguments["shard"] = None
    # Every part has read every spec, and found the same errors.
    errors = {json_text(error): error for document in documents for error in document["errors"]}
    head = {
        "schema": documents[0]["schema"],
        "convcheck": _joined(document["convcheck"] for document in documents),
        "environment": _each(documents, "environment", _joined),
        "arguments": arguments,
        "summary": _summary(documents, checks),
        "interrupted": any(document["interrupted"] for document in documents),
        # The parts ran side by side.
        "seconds": max(document["seconds"] for document in documents),
        "errors": list(errors.values()),
    }
    other_keys = dict.fromkeys(key for document in documents for key in document if key not in (*head, "checks"))
    occasional = {key: _gathered(document[key] for document in documents if key in document) for key in other_keys}
    return {**head, **occasional, "checks": checks}


def merged_pieces(document: Document) -> Iterator[str]:
    """The document as `convcheck run --format json` would have written it, piece by piece."""
    head = {key: value for key, value in document.items() if key != "checks"}
    checks = (check_item(json_text(check), first=not number) for number, check in enumerate(document["checks"]))
    return document_pieces(head, checks)


def _miscounted(parts: Sequence[tuple[str, Document]]) -> Iterator[str]:
    """A sentence for each document that has lost checks, or gained some, since it was written."""
    for name, document in parts:
        held = len(document["checks"])
        counted = document["summary"].get("checks", held + _not_run(document)) - _not_run(document)
        if counted != held:
            yield f"{shown(name)} counts {count(counted, 'check')} and holds {held:,}: it is not as convcheck wrote it"


def _refuse_overlap(parts: Sequence[tuple[str, Document]]) -> None:
    first: dict[tuple[str, str], str] = {}
    twice: list[str] = []
    for name, document in parts:
        # Within one part a check may well stand twice; it did so in the run.
        for key in dict.fromkeys((check["id"], check["implementation"]) for check in document["checks"]):
            if key in first:
                twice.append(f"{shown(key[0])} ({shown(key[1])}) is in {shown(first[key])} and in {shown(name)}")
            first.setdefault(key, name)
    if twice:
        more = [f"and {len(twice) - MOST_OVERLAPS:,} more"] if len(twice) > MOST_OVERLAPS else []
        raise ValueError("\n".join(("these are not the parts of one run:", *twice[:MOST_OVERLAPS], *more)))


def _summary(documents: Iterable[Document], checks: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return tally_of(checks).counts(sum(map(_not_run, documents)))


def _not_run(document: Document) -> int:
    """How many checks were planned and not finished: it stands in the summary alone."""
    summary: Mapping[str, int] = document["summary"]
    # An older convcheck counted them among those that were skipped.
    skipped = sum(check["status"] == "skipped" for check in document["checks"])
    return summary.get("not_run", max(summary["skipped"] - skipped, 0))


def tally_of(checks: Iterable[Mapping[str, Any]]) -> Tally:
    """The tally of the checks of a document."""
    tally = Tally()
    for check in checks:
        findings = [(finding["code"], finding["severity"]) for finding in check["findings"]]
        tally.count(check["implementation"], check["layer"], check["status"], findings)
    return tally


def _each(documents: Sequence[Document], key: str, together: Any) -> dict[str, Any]:
    names = dict.fromkeys(name for document in documents for name in document[key])
    return {name: together(document[key].get(name) for document in documents) for name in names}


def _joined(texts: Iterable[Any]) -> str:
    return ", ".join(dict.fromkeys(str(text) for text in texts if text is not None))


def _gathered(values: Iterable[Any]) -> Any:
    """For keys that not every document has: lists are joined, of other values the first one is taken."""
    every = list(values)
    if not all(isinstance(value, list) for value in every):
        return every[0]
    return list({json_text(one): one for value in every for one in value}.values())


def _one_or_all(values: Iterable[Any]) -> Any:
    """A value that all have in common, else a list of what each of them has."""
    every = list(values)
    return every[0] if len(Counter(map(json_text, every))) == 1 else every
