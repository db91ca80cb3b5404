"""A JSON document read back, and checked: what uses it can rely on every key that it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from convcheck.reports.json import SCHEMA_VERSION
from convcheck.reports.wording.figures import shown

Document = Mapping[str, Any]

# What is relied on, and no more: a document may have gained keys since. A list has any number of values of the one
# shape that is given, and a key with a ? after it may be lacking.
SHAPE: Mapping[str, Any] = {
    "convcheck": str,
    "environment": dict,
    "arguments": dict,
    "summary": {"skipped": int, "checks?": int, "not_run?": int},
    "interrupted": bool,
    "seconds": (int, float),
    "errors": [{"message": str}],
    "checks": [
        {
            "id": str,
            "layer": str,
            "spec": dict,
            "implementation": str,
            "dtype": str,
            "data": str,
            "seed": int,
            "expect": str,
            "status": str,
            "forward_evaluations": int,
            "repeat": str,
            "tensors": [{"name": str, "verdict": str, "max_error_over_bound": (int, float, type(None))}],
            "findings": [{"severity": str}],
        }
    ],
}


def read_document(text: str, name: str) -> Document:
    """The document in a text. Raises ValueError, with `name` and the reason, where it is no report of convcheck."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = shown(error) if isinstance(error, ValueError) else "it is nested too deep"
        raise ValueError(f"{shown(name)} is not a report of convcheck: it is not JSON: {why}") from error
    if problem := next(_problems(document), None):
        raise ValueError(f"{shown(name)} is not a report of convcheck: {shown(problem)}")
    report: Document = document
    return report


def _problems(document: Any) -> Iterator[str]:
    if not isinstance(document, dict) or "checks" not in document:
        yield "expected the document that `convcheck run --format json` writes"
    elif document.get("schema") != SCHEMA_VERSION or isinstance(document["schema"], bool):
        yield f'expected "schema": {SCHEMA_VERSION}, received {json.dumps(document.get("schema"))[:60]}'
    else:
        yield from _differences_from(document, SHAPE, "")


def _differences_from(value: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        for wanted, inner in shape.items():
            key = wanted.removesuffix("?")
            here = f"{path}.{key}" if path else key
            if key in value:
                yield from _differences_from(value[key], inner, here)
            elif key == wanted:
                yield f"{here} is not there"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for number, item in enumerate(value):
            yield from _differences_from(item, shape[0], f"{path}[{number}]")
    # To Python, but to nobody else, true is a number.
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
        yield f"{path} is {json.dumps(value)[:60]}"
