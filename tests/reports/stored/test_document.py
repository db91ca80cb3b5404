"""What is one of our documents, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.reports.stored.changes import changes_text
from convcheck.reports.stored.diff import compare_documents
from convcheck.reports.stored.document import read_document
from convcheck.reports.stored.merge import merge
from tests.reports.documents import merged_text
from tests.reports.hostile import ALL, ENDINGS
from tests.reports.rendering import render


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_document_of_ours_is_one(ending: str) -> None:
    for results in ((), ALL):
        text = render(results, name="json", ending=ENDINGS[ending])
        assert read_document(text, "a.json") == json.loads(text)


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match=r"^a\\x1b\.json is not a report of convcheck: ") as refused:
        read_document(text, "a\x1b.json")
    message = str(refused.value)
    assert message.isprintable()
    return message.partition("report of convcheck: ")[2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("layer: conv\n", "it is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "it is not JSON: it is nested too deep"),
        ("[]", "expected the document that `convcheck run --format json` writes"),
        ('{"id": "conv"}', "expected the document that `convcheck run --format json` writes"),
        ('{"checks": []}', 'expected "schema": 1, received null'),
        ('{"schema": 2, "checks": []}', 'expected "schema": 1, received 2'),
        ('{"schema": true, "checks": []}', 'expected "schema": 1, received true'),
        ('{"schema": 1, "checks": []}', "convcheck is not there"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(text: str, why: str) -> None:
    assert refusal(text) == why


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda found: found.update(checks={}), "checks is no list"),
        (lambda found: found.update(summary=[]), "summary is no object"),
        (lambda found: found["summary"].pop("skipped"), "summary.skipped is not there"),
        (lambda found: found["summary"].update(not_run=None), "summary.not_run is null"),
        (lambda found: found["checks"].__setitem__(1, 3), "checks[1] is no object"),
        (lambda found: found["checks"][0].update(id=3), "checks[0].id is 3"),
        (lambda found: found["checks"][0].update(forward_evaluations=True), "checks[0].forward_evaluations is true"),
        (lambda found: found["checks"][0]["tensors"][2].pop("name"), "checks[0].tensors[2].name is not there"),
    ],
)
def test_what_was_damaged_is_refused_with_the_place(damage: Callable[[Any], object], why: str) -> None:
    found = json.loads(render(ALL, name="json"))
    damage(found)
    assert refusal(json.dumps(found)) == why


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "schema", "x"]), inner),
    max_leaves=5,
)


@given(st.data())
def test_what_is_not_refused_can_be_used(data: st.DataObject) -> None:
    found: Any = json.loads(render(ALL[:2], name="json"))
    place = found
    while place:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(values)
            break
        place = place[key]
    whole = read_document(render(ALL, name="json"), "whole.json")
    try:
        damaged = read_document(json.dumps(found), "a.json")
    except ValueError:
        return
    # What was let in can be used.
    changes_text(compare_documents(whole, damaged))
    changes_text(compare_documents(damaged, whole))
    # But not joined, where it counts other checks than it holds.
    with suppress(ValueError):
        merged_text(merge([("a.json", damaged)]))
