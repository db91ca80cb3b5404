"""The report for streams: every line the check that the JSON document has."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance
from tests.reports.documents import holds
from tests.reports.hostile import ALL, ENDINGS, NAMES, hostile, texts
from tests.reports.readers import read_jsonl
from tests.reports.rendering import invocation, render
from tests.reports.samples import FAILED, PASSED


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_every_line_is_a_check_of_the_document(results: tuple[Result, ...], ending: str) -> None:
    document = json.loads(render(results, name="json", ending=ENDINGS[ending]))
    assert read_jsonl(render(results, name="jsonl", ending=ENDINGS[ending])) == document["checks"]


def test_a_line_is_out_before_the_next_check_is_run() -> None:
    raw = io.BytesIO()
    report = FORMATS["jsonl"](io.TextIOWrapper(raw, "utf-8"), invocation(), Appearance())
    for number, one in enumerate((PASSED, FAILED), start=1):
        report.add(one)
        assert raw.getvalue().count(b"\n") == number


def reads_back(text: str) -> None:
    [check] = read_jsonl(render([hostile(text)], name="jsonl"))
    holds(check, text)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)
