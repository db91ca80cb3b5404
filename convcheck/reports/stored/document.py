"""A JSON document read back: whether it is one of ours, so that what uses it need not ask of every key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from convcheck.reports.json import SCHEMA
from convcheck.reports.wording.figures import shown

Document = Mapping[str, Any]
NUMBER = (int, float)

# What is relied on, and no more: a document may have gained keys since. A list holds things of the one kind that is
# given; None stands for null.
SHAPE: Mapping[str, Any] = {
    "convcheck": str,
    "environment": dict,
    "arguments": dict,
    "summary": {"skipped": int},
    "interrupted": bool,
    "seconds": NUMBER,
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
            "tensors": [{"name": str, "verdict": str, "max_error_over_bound": (*NUMBER, type(None))}],
            "findings": [{"severity": str}],
        }
    ],
}


def read_document(text: str, name: str) -> Document:
    """The document that a text holds. Raises ValueError, which names it and says why it is none of ours."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = shown(error) if isinstance(error, ValueError) else "it is nested too deep"
        raise ValueError(f"{shown(name)} is not a report of convcheck: it is not JSON: {why}") from error
    if problem := next(_problems(document), None):
        raise ValueError(f"{shown(name)} is not a report of convcheck: {shown(problem)}")
    found: Document = document
    return found


def _problems(document: Any) -> Iterator[str]:
    if not isinstance(document, dict) or "checks" not in document:
        yield "expected the document that `convcheck run --format json` writes"
    elif document.get("schema") != SCHEMA or isinstance(document["schema"], bool):
        yield f'expected "schema": {SCHEMA}, received {json.dumps(document.get("schema"))[:60]}'
    else:
        yield from _misfits(document, SHAPE, "")


def _misfits(value: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        for key, inner in shape.items():
            here = f"{path}.{key}" if path else key
            if key in value:
                yield from _misfits(value[key], inner, here)
            else:
                yield f"{here} is not there"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for number, item in enumerate(value):
            yield from _misfits(item, shape[0], f"{path}[{number}]")
    # To Python, but to nobody else, true is a number.
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
        yield f"{path} is {json.dumps(value)[:60]}"
