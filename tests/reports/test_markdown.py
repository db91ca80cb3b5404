"""The Markdown report, rendered by a parser that knows GitHub's tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import Conclusion
from convcheck.reports.report import Invalid, RunEnd
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, ENDINGS, HOSTILE, NAMES, SKIPPED, WARNED, hostile, texts
from tests.reports.readers import MARKDOWN, read_markdown
from tests.reports.rendering import WELL, invocation, render
from tests.reports.samples import EXPECTED, FAILED, PASSED, PROBED, UNDECIDED, result


def tables(results: Iterable[Result], ending: RunEnd = WELL) -> dict[str, list[list[str]]]:
    return read_markdown(render(results, name="markdown", ending=ending))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_is_whole_however_the_run_ends(results: tuple[Result, ...], ending: str) -> None:
    found = tables(results, ENDINGS[ending])
    assert len(found.get("status check", [])) == sum(one.status not in ("pass", "skipped") for one in results)
    assert len(found.get("check forward evaluations", [])) == sum(one.status == "pass" for one in results)
    assert len(found.get("where error in specs or options", [])) == len(ENDINGS[ending].errors)


def test_the_first_line_sums_up() -> None:
    text = render([PASSED, FAILED], name="markdown", ending=ENDINGS["interrupted"])
    assert text.splitlines()[0] == "**convcheck: 4 checks: 1 pass, 1 fail, 2 not run, interrupted** (0.000 s)"
    assert render([], name="markdown") == "**convcheck: 0 checks** (12.3 s)\n"


def test_a_failure_has_its_worst_entry_and_its_command() -> None:
    [[status, check, wrong, repeat]] = tables([FAILED])["status check"]
    assert (status, check) == ("fail", FAILED.id)
    assert wrong.startswith("wrong dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the differences 0.5")
    assert repeat == "convcheck run conv.yaml -k 'conv[stride=2,pad=0]'"


def test_what_passed_or_was_skipped_is_folded() -> None:
    text = render([PASSED, WARNED, EXPECTED, SKIPPED], name="markdown")
    assert "<summary>3 checks passed</summary>" in text
    assert "<summary>1 check skipped</summary>" in text
    found = tables([PASSED, WARNED, EXPECTED, SKIPPED])
    remarks = [row[3] for row in found["check forward evaluations"]]
    assert remarks[:2] == ["", "warning slow (dx): slower than need be"]
    assert remarks[2].startswith("(fails as expected)\nwrong forward")
    assert found["check why"][0][1].startswith("warning not-written: backward raised NotImplementedError")


def test_the_gravest_come_first() -> None:
    statuses = [row[0] for row in tables([*ALL])["status check"]]
    assert statuses == sorted(statuses, key=["fail", "error", "undecided"].index)


def test_a_comment_on_github_can_hold_it() -> None:
    many = [result(id=f"conv.yaml::conv#{n}", status=status) for n in range(2000) for status in ("pass", "skipped")]
    wrong = [hostile(name) for name in NAMES for _ in range(100)]
    errors = tuple(Invalid("bad " * 20, "a.yaml", n, 1) for n in range(1, 1000))
    text = render([*many, *wrong, PROBED], name="markdown", ending=RunEnd(errors=errors))
    assert len(text) < 65_536
    assert len(re.findall(r"^and [\d,]+ more$", text, re.MULTILINE)) == 4
    assert "<summary>2,000 checks passed</summary>" in text


@pytest.mark.parametrize("name", ["@somebody", "#123", ":100:", ":smile:", "layers.py:100:5: no"])
def test_no_person_issue_or_emoji_is_called_by_name(name: str) -> None:
    text = render([hostile(name)], name="markdown")
    # What GitHub looks at: the text of the page, node by node, outside of code.
    page = re.sub("<code>.*?</code>", "", MARKDOWN.render(text))
    nodes = [unescape(node) for node in re.split("<[^>]*>", page)]
    assert not [node for node in nodes if re.search(r"@\w|#\d|:[\w+-]+:", node)]


def test_streams_that_cannot_carry_a_character_get_a_reference() -> None:
    text = render(HOSTILE, name="markdown", encoding="ascii")
    assert "&#128512;" in text
    assert "?" not in text


def reads_back(text: str) -> None:
    found = tables([hostile(text), hostile(text, status="pass")], RunEnd(errors=(Invalid(text, text or "a", 1),)))
    [[_, check, wrong, repeat]] = found["status check"]
    assert check == shown(f"{text}.yaml::{text}")
    said = f"error {shown(text)}{f' ({shown(text)})' if text else ''}: {shown(text)}"
    assert repeat == shown(invocation().repeat(hostile(text)))
    # A cell loses the blanks at its end.
    assert wrong.split("\n")[1].rstrip() == said.rstrip()
    assert found["check forward evaluations"][0][0] == check
    assert found["where error in specs or options"] == [[shown(text or "a") + ":1", shown(text).strip()]]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


def test_checks_that_a_conclusion_is_on_are_folded() -> None:
    alike = [FAILED._replace(id=f"c{n}", implementation="mine.py:f,g") for n in range(500)]
    conclusion = Conclusion("mine.py:f,g", "conv", "mine.py", 7, ("dx",), (), 500, 500, "c0", {}, "", "convcheck run")
    text = render([UNDECIDED, *alike], ending=RunEnd(conclusions=(conclusion,)), name="markdown")
    conclusions, others, those = (text.index(part) for part in ("| where |", "relu.yaml::relu", "<code>c0</code>"))
    assert conclusions < others < text.index("<details>") < those
    assert "<summary>500 checks of these that did not pass</summary>" in text
    assert "<details>" not in render([FAILED], name="markdown")
