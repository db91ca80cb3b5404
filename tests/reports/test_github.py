"""The annotations for GitHub Actions, read as its runner reads them."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from hypothesis import given

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import Conclusion
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance, Invalid, RunEnd
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, ENDINGS, NAMES, SKIPPED, WARNED, hostile, texts
from tests.reports.readers import Annotation, read_github
from tests.reports.rendering import WELL, invocation, render
from tests.reports.samples import BROKEN, EXPECTED, FAILED, PASSED, PROBED, UNDECIDED, result, tensor


def annotations(results: Iterable[Result], ending: RunEnd = WELL) -> tuple[list[Annotation], str]:
    return read_github(render(results, name="github", ending=ending))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("results", [(), ALL, (PASSED,)], ids=["none", "all", "one"])
def test_is_understood_however_the_run_ends(results: tuple[Result, ...], ending: str) -> None:
    found, last = annotations(results, ENDINGS[ending])
    assert len(found) <= 10
    assert "checks" in last or "1 check" in last


def test_what_passes_or_is_not_written_yet_is_not_annotated() -> None:
    assert annotations([PASSED, EXPECTED, SKIPPED]) == ([], "3 checks: 2 pass, 1 skipped")


@pytest.mark.parametrize(
    ("one", "level", "title"),
    [
        (FAILED, "error", f"fail {FAILED.id}"),
        (BROKEN, "error", f"error {BROKEN.id}"),
        (UNDECIDED, "warning", f"undecided {UNDECIDED.id}"),
        (WARNED, "warning", f"warning {WARNED.id}"),
        (PROBED, "error", f"fail {PROBED.id}"),
    ],
)
def test_each_at_its_line(one: Result, level: str, title: str) -> None:
    [found], _ = annotations([one])
    assert found.level == level
    assert found.properties == {"file": "conv.yaml", "line": "3", "title": title}
    assert found.message.splitlines()[-1].startswith("repeat: convcheck run conv.yaml -k '")


def test_code_of_ones_own_is_annotated_where_it_is_defined() -> None:
    own = FAILED._replace(code_file="src/layers.py", code_line=41)
    [found], _ = annotations([own])
    assert found.properties == {"file": "src/layers.py", "line": "41", "title": f"fail {FAILED.id}"}
    assert found.message.splitlines()[-1] == "spec: conv.yaml:3"


def test_a_suite_is_no_file_of_the_repository() -> None:
    suite = FAILED._replace(file="suite/conv.yaml", implementation="package.module:f,g")
    stream = io.StringIO()
    report = FORMATS["github"](stream, invocation()._replace(arguments={"specs": ()}), Appearance())
    report.add(suite)
    report.add(suite._replace(code_file="layers.py", code_line=7))
    report.finish(WELL)
    (unknown, known), _ = read_github(stream.getvalue())
    assert unknown.properties == {"title": f"fail {FAILED.id}"}
    assert known.properties == {"file": "layers.py", "line": "7", "title": f"fail {FAILED.id}"}
    assert "spec:" not in unknown.message + known.message


def test_a_failure_holds_the_worst_entry() -> None:
    [found], _ = annotations([FAILED])
    assert found.message.startswith("wrong dx: 27 of 384 entries, worst at [0, 0, 0, 0]: backward gives 0, the diff")


def test_an_error_in_a_spec_stands_at_its_column() -> None:
    found, last = annotations([], RunEnd(errors=(Invalid("bad", "a,b.yaml", 3, 5, hint="mend"), Invalid("-k none"))))
    assert found[0].properties == {"file": "a,b.yaml", "line": "3", "col": "5", "title": "not valid"}
    assert found[0].message == "bad\nhint: mend"
    assert found[1].properties == {"title": "not valid"}
    assert last == "0 checks, 2 errors in specs or options"


def test_standard_input_is_no_file() -> None:
    [found], _ = annotations([result(file="<stdin>", status="fail")])
    assert set(found.properties) == {"title"}


def test_the_worst_nine_and_how_many_more() -> None:
    def failing(number: int) -> Result:
        wrong = tensor(verdict="wrong", wrong=1, max_rel_error=number / 100)
        return result(id=f"a.yaml::{number}", status="fail", tensors=(wrong,))

    ten, _ = annotations([UNDECIDED, *map(failing, range(9))])
    assert [one.properties["title"] for one in ten[:2]] == ["fail a.yaml::8", "fail a.yaml::7"]
    assert ten[9].properties["title"].startswith("undecided")
    found, last = annotations([WARNED, UNDECIDED, *map(failing, range(20)), UNDECIDED])
    assert [one.properties["title"] for one in found[:9]] == [f"fail a.yaml::{n}" for n in range(19, 10, -1)]
    assert (found[9].level, found[9].message) == ("error", "and 14 more: GitHub shows 10 annotations of a step")
    assert last == "23 checks: 1 pass, 20 fail, 2 undecided, 1 with a warning"
    eleven, _ = annotations([UNDECIDED] * 11)
    assert (eleven[9].level, eleven[9].message[:10]) == ("warning", "and 2 more")


def test_a_run_that_was_cut_short_says_so_first() -> None:
    for ending in ("interrupted", "fault"):
        found, _ = annotations([FAILED], ENDINGS[ending])
        assert (found[0].level, found[0].message[-16:]) == ("error", "2 checks not run")


def reads_back(text: str) -> None:
    found, _ = annotations([hostile(text, file=f"f{text}")], RunEnd(errors=(Invalid(text, "a.yaml", 1, 1),)))
    assert found[0].properties["title"] == shown(f"fail {text}.yaml::{text}")
    assert found[0].properties["file"] == shown(f"f{text}")
    assert f"error {shown(text)}" in found[0].message
    repeat = shown(invocation().repeat(hostile(text, file=f"f{text}")))
    assert found[0].message.endswith(f"repeat: {repeat}")
    assert found[1].message == shown(text)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


def test_what_a_conclusion_tells_is_annotated_once() -> None:
    alike = [FAILED._replace(id=f"c{n}", implementation="mine.py:f,g") for n in range(500)]
    conclusion = Conclusion("mine.py:f,g", "conv", "mine.py", 7, ("dx",), (), 500, 500, "c0", {}, "", "convcheck run")
    text = render([*alike, FAILED, UNDECIDED], ending=RunEnd(conclusions=(conclusion,)), name="github")
    found, _ = read_github(text)
    assert [one.properties["title"] for one in found] == [
        "f,g: wrong dx", f"fail {FAILED.id}", f"undecided {UNDECIDED.id}",
    ]  # fmt: skip
    alone, _ = read_github(render([*alike, FAILED], name="github"))
    assert alone[-1].message == "and 492 more: GitHub shows 10 annotations of a step"
