"""The CSV report, read back by a reader that knows RFC 4180 and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.reports.csv import COLUMNS
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, ENDINGS, NAMES, NOT_FINITE, SKIPPED, hostile, texts
from tests.reports.readers import read_csv
from tests.reports.rendering import WELL, invocation, render
from tests.reports.samples import BROKEN, FAILED, PASSED, PROBED, WITHIN, result


def rows(results: Iterable[Result], ending: str | None = None) -> list[dict[str, str]]:
    found = read_csv(render(results, name="csv", ending=ENDINGS[ending] if ending else WELL))
    assert all(tuple(row) == COLUMNS for row in found)
    return found


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_a_row_a_tensor_however_the_run_ends(results: tuple[Result, ...], ending: str) -> None:
    assert len(rows(results, ending)) == sum(len(one.tensors) or 1 for one in results)


@pytest.mark.parametrize("one", [BROKEN, SKIPPED])
def test_a_check_without_tensors_is_there_with_its_reason(one: Result) -> None:
    [row] = rows([one])
    assert (row["id"], row["status"], row["tensor"], row["max_abs_error"]) == (one.id, one.status, "", "")
    assert row["why"] == one.findings[0].message


def test_numbers_are_whole_and_nothing_is_empty() -> None:
    dx = rows([WITHIN])[1]
    told = {"max_abs_error": "2.6231e-12", "worst_analytic": "1.2345678901234", "worst_index": "3 0", "shape": "4x5"}
    assert told.items() <= dx.items()
    assert float(dx["worst_numeric"]) == WITHIN.tensors[1].worst.numeric  # type: ignore[union-attr]
    assert rows([FAILED])[1]["max_error_over_bound"] == ""
    assert rows([PROBED])[1]["directions"] == "4"
    [row] = rows([NOT_FINITE])
    assert (row["max_abs_error"], row["worst_analytic"], row["worst_numeric"]) == ("", "", "")


@pytest.mark.parametrize("start", "=+-@")
def test_no_cell_of_text_is_a_formula(start: str) -> None:
    [row, _] = rows([hostile(f"{start}1+1", status="undecided")])
    assert (row["layer"], row["tensor"]) == (f"'{start}1+1", f"'{start}1+1")
    # A number may well be negative.
    assert row["worst_analytic"] == "-0.5"


def test_streams_that_cannot_carry_a_glyph_get_another() -> None:
    text = render([result(tensors=(PASSED.tensors[0],), layer="a ≤ b")], name="csv", encoding="ascii")
    assert "a <= b" in text


def reads_back(text: str) -> None:
    [row, other] = rows([hostile(text)])
    quoted = "'" if text.startswith(("=", "+", "-", "@")) else ""
    assert row["layer"] == row["implementation"] == row["tensor"] == other["scheme"] == quoted + shown(text)
    assert row["id"] == quoted + shown(f"{text}.yaml::{text}")
    assert row["file"] == quoted + shown(f"{text}.yaml")
    assert row["repeat"] == shown(invocation().repeat(hostile(text)))


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)
