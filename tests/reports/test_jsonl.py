"""The report for streams: every line the check that the JSON document has."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.reports.formats import FORMATS
from convcheck.reports.run import Look
from tests.reports.hostile import ALL, ENDINGS, hostile, lines, texts
from tests.reports.rendering import render, run
from tests.reports.samples import FAILED, PASSED


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_every_line_is_a_check_of_the_document(results: tuple[Result, ...], ending: str) -> None:
    document = json.loads(render(results, name="json", ending=ENDINGS[ending]))
    found = [json.loads(line) for line in lines(render(results, name="jsonl", ending=ENDINGS[ending]))]
    assert found == document["checks"]


def test_a_line_is_out_before_the_next_check_is_run() -> None:
    raw = io.BytesIO()
    report = FORMATS["jsonl"](io.TextIOWrapper(raw, "utf-8"), run(), Look())
    for number, one in enumerate((PASSED, FAILED), start=1):
        report.add(one)
        assert raw.getvalue().count(b"\n") == number


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    [line] = lines(render([hostile(text)], name="jsonl"))
    assert json.loads(line)["layer"] == text
