"""What was seen in the code and not checked, in every format that can say so."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import pytest

from convcheck.implementations.source import NotChecked
from convcheck.reports.report import Appearance, RunEnd
from tests.reports.rendering import render
from tests.reports.samples import PASSED
from tests.reports.test_json import SCHEMA

AFFINE = NotChecked(("affine_forward", "affine_backward"), 4, "no layer is called affine", "say which it is", "nets.py")
LONE = NotChecked(("conv_forward",), 9, "it has no conv_backward beside it", "", "nets.py")
SEEN = RunEnd(not_checked=(AFFINE, LONE))


def test_a_table_names_it_in_a_line_each_and_says_what_to_do_about_the_first() -> None:
    text = render([PASSED], ending=SEEN)
    named = (
        "Not checked\n"
        "  affine_forward,affine_backward (line 4): no layer is called affine\n"
        "  conv_forward (line 9): it has no conv_backward beside it\n"
        "  say which it is\n"
        "\n"
    )
    assert named in text
    assert text.splitlines()[-1].startswith("1 check: 1 pass, 2 implementations not checked")
    # What is quiet says no more than that.
    assert render([PASSED], Appearance(quiet=True), ending=SEEN).startswith(named)


def test_a_handful_is_named_and_the_rest_counted() -> None:
    many = tuple(AFFINE._replace(line=line) for line in range(1, 9))
    text = render([PASSED], Appearance(quiet=True), ending=RunEnd(not_checked=many))
    assert text.count("no layer is called affine") == 1
    assert " (line 3) and 5 more: no layer is called affine\n" in text
    various = tuple(LONE._replace(line=line, why=f"reason {line}") for line in range(1, 9))
    text = render([PASSED], Appearance(quiet=True), ending=RunEnd(not_checked=various))
    assert text.count("reason ") == 5
    assert "  and 3 more, which the JSON report has\n" in text
    assert len(json.loads(render([PASSED], ending=RunEnd(not_checked=many), name="json"))["not_checked"]) == 8


def test_the_document_has_it_where_there_is_any() -> None:
    document = json.loads(render([PASSED], ending=SEEN, name="json"))
    jsonschema.validate(document, SCHEMA, jsonschema.Draft7Validator)
    assert document["not_checked"][0] == {
        "names": ["affine_forward", "affine_backward"],
        "line": 4,
        "why": "no layer is called affine",
        "hint": "say which it is",
        "place": "nets.py",
    }
    assert "not_checked" not in json.loads(render([PASSED], name="json"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "github",
            "::warning file=nets.py,line=4,title=not checked affine_forward%2Caffine_backward::"
            "no layer is called affine%0Asay which it is\n",
        ),
        (
            "junit",
            '<testcase name="nets.py:4 affine_forward,affine_backward" classname="convcheck.not_checked" time="0.000">'
            '\n<skipped type="not checked" message="no layer is called affine">say which it is</skipped>\n',
        ),
        (
            "markdown",
            "| <code>nets.py:4</code> | <code>affine&#95;forward, affine&#95;backward</code> | "
            "no layer is called affine |",
        ),
    ],
)
def test_reports_for_servers_name_it(name: str, said: str) -> None:
    assert said in render([PASSED], ending=SEEN, name=name)
    assert "not checked" not in render([PASSED], name=name)


def test_of_a_module_only_the_name_is_known() -> None:
    text = render([PASSED], ending=RunEnd(not_checked=(AFFINE._replace(place="package.nets"),)), name="github")
    assert "::warning title=not checked affine_forward" in text


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_what_has_rows_for_checks_alone_has_no_others(name: str) -> None:
    assert render([PASSED], ending=SEEN, name=name) == render([PASSED], name=name)
    assert len(list(csv.reader(io.StringIO(render([PASSED], ending=SEEN, name="csv"))))) == 1 + len(PASSED.tensors)
