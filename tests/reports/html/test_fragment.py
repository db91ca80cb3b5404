"""The fragment for notebooks, read back by a parser of HTML: its elements are ours, and every text is as it was.

Covers reports/html/parts.py as well.
"""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.reports.html.fragment import html_text
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, NAMES, hostile, texts
from tests.reports.samples import BROKEN, EVERY, EXPECTED, FAILED, PASSED, UNDECIDED, WITHIN

VOID = {"br"}
OURS = {"div", "b", "span", "table", "tr", "th", "td", "ul", "li", "br"}


class Reader(HTMLParser):
    """Collects the texts of each kind of element, and fails where one is not closed or is not ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        # The elements that are open, each with which of its kind it is.
        self.open: list[tuple[str, int]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS
        assert {name for name, _ in attrs} <= {"style"}
        if tag not in VOID:
            self.texts.setdefault(tag, []).append("")
            self.open.append((tag, len(self.texts[tag]) - 1))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for tag, number in self.open:
            self.texts[tag][number] += data


def read(result: Result) -> dict[str, list[str]]:
    return Reader(html_text(result)).texts


@pytest.mark.parametrize("one", ALL, ids=range(len(ALL)))
def test_every_result_is_a_whole_fragment(one: Result) -> None:
    found = read(one)
    assert found["b"] == [shown(one.id)]
    assert len(found.get("tr", [])) == (len(one.tensors) + 1 if one.tensors else 0)


def test_it_says_what_the_table_says() -> None:
    found = read(FAILED)
    assert found["div"][1] == "fail conv.yaml::conv[stride=2,pad=0]"
    assert found["div"][2] == "conv N=2 C=3 H=8 W=8 F=4 H1=3 W1=3 stride=2 pad=1 → 2×4×4×4"
    assert found["div"][3].startswith(
        "implementation naive, float64, dyadic data, seed 0, scheme auto, 62 forward eval"
    )
    assert found["th"][:5] == ["tensor", "verdict", "shape", "entries", "wrong"]
    row = found["td"][len(found["th"]) :][: len(found["th"])]
    assert dict(zip(found["th"], row, strict=True)) == {
        "tensor": "dx", "verdict": "wrong", "shape": "2×3×8×8", "entries": "384", "wrong": "27", "max |a − n|": "0.5",
        "max rel error": "1", "error/bound": "–", "worst entry": "[0, 0, 0, 0]", "analytic": "0", "numeric": "0.5",
    }  # fmt: skip
    assert found["li"][0].startswith("wrong dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the diff")
    assert found["li"][1].startswith("error input-mutated (dout): backward changed dout")
    assert found["li"][1].endswith("hint: work on a copy, or write dx into an array of its own")
    assert found["li"][-1].startswith("note unread-rows (dx): no window reads")


def test_every_criterion_stands_in_it() -> None:
    for one in EVERY:
        said = "\n".join(read(one).get("li", []))
        assert all(tensor.criterion in said for tensor in one.tensors)


def test_worst_entries_have_columns_only_where_there_are_any() -> None:
    assert "worst entry" not in read(PASSED)["th"]
    assert "worst entry" in read(WITHIN)["th"]
    assert "undecided dx: 3 of 4,000 entries (kink, overflow)" in read(UNDECIDED)["li"]


def test_a_check_without_tensors_has_no_table() -> None:
    found = read(BROKEN)
    assert "table" not in found
    assert found["li"] == ["error raised: forward raised IndexError: index 8 is out of bounds for axis 2"]


def test_an_expected_failure_says_so() -> None:
    assert read(EXPECTED)["div"][1].startswith("pass (fails as expected) known_bad.yaml")


def reads_back(text: str) -> None:
    found = read(hostile(text))
    assert found["b"] == [shown(f"{text}.yaml::{text}")]
    where = f" ({shown(text)})" if text else ""
    hint = f"hint: {shown(text)}" if text else ""
    assert f"error {shown(text)}{where}: {shown(text)}{hint}" in found["li"]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)
