"""The page: whole, in order, self-contained and never too large, whatever it is about.

Covers reports/html/page.py, reports/html/check.py, reports/html/style.py and reports/html/parts.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given

from convcheck.checking.result import Entry, Finding, Result
from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.implementations.source import NotChecked
from convcheck.reports.report import Appearance, Invalid, RunEnd
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import ALL, ENDINGS, NAMES, SKIPPED, WARNED, hostile, texts
from tests.reports.readers import Page, read_html
from tests.reports.rendering import WELL, render
from tests.reports.samples import (
    BROKEN,
    EXPECTED,
    FAILED,
    PASSED,
    PROBED,
    UNDECIDED,
    WITHIN,
    drawn,
    result,
    tensor,
    wrong_entries,
)

OURS = {
    *("html", "head", "meta", "link", "title", "style", "body", "a", "header", "main", "section", "article", "details"),
    *("summary", "h1", "h2", "h3", "h4", "h5", "p", "ul", "li", "code", "pre", "span", "b", "br", "div", "i"),
    *("table", "tr", "th", "td", "figure", "figcaption", "svg", "desc", "g", "path", "text"),
}
FETCHING = {"src", "srcset", "data", "action", "poster", "background", "xlink:href"}
CAUSE = Cause(("dw",), "dw reads the image without the stride", "xp[:, :, i*stride]", "to the last bit", ("a",), 3)
CONCLUSION = Conclusion(
    implementation="layers.py:f,g",
    layer="conv",
    file="layers.py",
    line=41,
    wrong=("dw",),
    causes=(CAUSE,),
    checks=13,
    failed=4,
    smallest="conv.yaml::small",
    sizes={},
    example="dw[0] is 1",
    repeat="convcheck x",
)
ENDING = RunEnd(
    errors=(Invalid("N: expected a whole number", "a.yaml", 3, 5, "N: x", "write 2"),),
    seconds=1.5,
    not_checked=(NotChecked(("f", "g"), 7, "no layer is called affine", "use gradcheck", "layers.py"),),
    conclusions=(CONCLUSION,),
)


def page(results: Iterable[Result], ending: RunEnd = WELL) -> Page:
    found = read_html(render(results, name="html", ending=ending))
    sound(found)
    return found


def sound(found: Page) -> None:
    """What holds of any page: it fetches and runs nothing, and who cannot see its pictures is told of them."""
    assert {one.tag for one in found.elements} <= OURS
    for one in found.elements:
        assert not FETCHING & one.attributes.keys()
        assert not any(name.startswith("on") for name in one.attributes)
        assert "url(" not in one.attributes.get("style", "")
    links = [(one.tag, one.attributes["href"]) for one in found.elements if "href" in one.attributes]
    assert links == [("link", "data:,"), ("a", "#main")]
    assert not re.search(r"url\(|@import", found.all("style")[0].said)
    ids = Counter(one.attributes["id"] for one in found.elements if "id" in one.attributes)
    assert set(ids.values()) <= {1}
    for one in found.elements:
        assert set(one.attributes.get("aria-labelledby", "").split()) <= ids.keys()
    pictures = found.all("svg")
    told = [one for one in found.elements if one.above[-1:] == ("svg",) and one.tag in ("title", "desc")]
    assert [one.tag for one in told] == ["title", "desc"] * len(pictures)
    assert all(one.said.strip() for one in told)
    for picture, title, description in zip(pictures, told[::2], told[1::2], strict=True):
        assert picture.attributes["role"] == "img"
        assert picture.attributes["aria-labelledby"] == f"{title.attributes['id']} {description.attributes['id']}"
    # Each list of the key has words, and not colours alone.
    assert all(one.said.strip() for one in found.all("li"))


def wrong(name: str, size: int, *tensors: str, **changes: object) -> Result:
    """A failing check of `size` outputs in which these tensors are wrong."""
    listed = tuple(entry._replace(index=entry.index[2:]) for entry in wrong_entries(20))
    made = tuple(
        tensor(one, (2, 8), verdict="wrong", wrong=25, worst=listed[0], listed=listed, map=drawn(axes=("n", "d")))
        for one in tensors
    )
    return result(id=f"conv.yaml::{name}", status="fail", output_shape=(size,), tensors=made, **changes)


def test_every_kind_of_result_and_ending_makes_a_whole_page() -> None:
    for ending in (*ENDINGS.values(), ENDING):
        page(ALL, ending)
    assert page([]).texts("h1") == ["convcheck: 0 checks"]


def test_conclusions_come_first_and_what_passed_last() -> None:
    found = page([PASSED, wrong("a", 1, "dx"), SKIPPED, WARNED], ENDING)
    assert found.texts("h2") == [
        "What is wrong", "Errors in specs or options", "Checks that did not pass", "Not checked", "Skipped", "Passed",
    ]  # fmt: skip
    assert found.texts("h1") == found.texts("title")[:1]
    assert found.texts("h1")[0].startswith("convcheck: 4 checks: 2 pass, 1 fail, 1 skipped, 1 with a warning, 1 impl")


def test_a_conclusion_says_what_is_wrong_why_and_how_to_mend_it() -> None:
    found = page([], ENDING)
    [said] = found.all("article", **{"class": "conclusion"})
    assert " ".join(said.said.split()) == (
        "layers.py:41 f,g conv wrong: dw dw reads the image without the stride seen in 3 of 13 checks, to the last bit "
        "mend: xp[:, :, i*stride] e.g. dw[0] is 1 convcheck x"
    )


def test_of_an_implementation_the_smallest_check_is_open_and_the_others_are_folded() -> None:
    found = page([wrong("big", 9, "dx"), wrong("small", 2, "dx"), wrong("other", 5, "dx")])
    [opened] = found.all("article", **{"class": "check"})
    assert opened.said.strip().startswith("fail conv.yaml::small")
    assert [one.said.split() for one in found.all("summary")] == [
        ["fail", "conv.yaml::big"],
        ["fail", "conv.yaml::other"],
    ]
    assert all("25 of 16 entries, worst at [0, 0]: backward gives 0" in one.said for one in found.all("details"))
    assert all("convcheck run conv.yaml -k" in one.said for one in found.all("details"))
    # The pictures of one tensor, once: how wrong it is, and both values.
    assert len(found.all("figure")) == 1
    assert [one.said.partition(" in ")[0] for one in titles(found)] == ["dx"] * 3
    assert all("conv.yaml::small" in one.said for one in titles(found))


def titles(found: Page) -> list:
    return [one for one in found.all("title") if one.above[-1] == "svg"]


def test_a_tensor_that_is_wrong_only_in_a_larger_check_is_drawn_there() -> None:
    found = page([wrong("small", 2, "dx"), wrong("larger", 5, "dx", "dw"), wrong("largest", 9, "dw")])
    assert [one.said.split()[0:3:2] for one in titles(found)] == [["dx", "conv.yaml::small:"]] + [
        ["dx", "conv.yaml::small,"]
    ] * 2 + [["dw", "conv.yaml::larger:"]] + [["dw", "conv.yaml::larger,"]] * 2
    assert [one.above[-2:] for one in found.all("figure")] == [("section", "article"), ("section", "details")]


def test_implementations_and_layers_have_their_own() -> None:
    checks = [wrong("a", 1, "dx"), wrong("b", 2, "dx", implementation="mine.py:f,g"), wrong("c", 3, "dx", layer="relu")]
    found = page(checks)
    assert found.texts("h3") == ["naive conv", "mine.py:f,g conv", "naive relu"]
    assert len(found.all("article")) == 3


def test_what_is_undecided_is_never_the_first_that_is_shown() -> None:
    unsure = tensor("dx", (2, 8), verdict="undecided", undecided=2, map=drawn(states="=?"))
    small = result(id="a::small", status="undecided", output_shape=(1,), tensors=(unsure,))
    found = page([small, wrong("large", 9, "dx")])
    assert "conv.yaml::large" in found.all("article")[0].said
    assert all("conv.yaml::large" in one.said for one in titles(found))
    # By itself it is drawn.
    assert "undecided in 2 of 16 entries" in page([small]).texts("figcaption")[0]


def test_the_picture_says_in_words_what_it_shows() -> None:
    found = page([wrong("a", 1, "forward")])
    assert found.texts("figcaption") == [
        "the output 2×8, wrong in 25 of 16 entries: all n, d 1, 3 and 5-6\n"
        "n runs downwards, d to the right; a cell is an entry; 14 of 16 cells looked at by themselves, "
        "the others along directions"
    ]
    assert found.texts("h5") == [
        "|a − n| / bound", "analytic: the code", "numeric: the reference", "the worst 20 of 25 entries",
    ]  # fmt: skip
    key = found.texts("ul", **{"class": "key"})
    assert "right: equal or within the bound: 4 cells" in key[0]
    assert "undecided: 2 cells" in key[0]
    assert "the worst entry" in key[0]
    assert "0.333 to 0.5, or more" in key[1]
    assert "-0.333 to -0.5, or less" in key[1]


def test_the_worst_entries_are_a_table() -> None:
    found = page([wrong("a", 1, "dx")])
    cells = found.texts("td")
    at = cells.index("[0, 0]", cells.index("wrong") + 8)
    assert cells[at : at + 5] == ["[0, 0]", "0", "0.5", "0.5", "0"]
    assert found.texts("th")[-6:] == ["index", "analytic", "numeric", "error", "bound", ""]


def test_what_was_looked_at_along_directions_has_no_map_and_says_so() -> None:
    listed = (Entry((1,), 2.0, 3.0, 0.1),)
    probed = PROBED.tensors[1]._replace(worst=listed[0], listed=listed)
    found = page([PROBED._replace(tensors=(probed,))])
    assert found.texts("figcaption") == ["dx: no map, since its entries were not compared one by one"]
    assert "direction" in found.texts("th")
    assert found.texts("h5") == ["the worst directions"]


def test_what_passed_is_a_line_for_each_file_and_implementation() -> None:
    named = [one._replace(file=f"{one.layer}.yaml") for one in (PASSED, PASSED, WITHIN)]
    found = page([*named, EXPECTED._replace(file="known_bad.yaml"), WARNED._replace(file="w.yaml")])
    [passed] = found.all("section", id="passed")
    assert [line for line in passed.said.split("\n") if line][1:] == [
        "pass 2 checks of naive conv in conv.yaml, every entry proved",
        "pass 1 check of naive batchnorm in batchnorm.yaml, every entry compared",
        "pass 1 check of reshape_without_swap spatial_batchnorm in known_bad.yaml, 1 fail as expected",
        "pass 1 check of naive conv in w.yaml, every entry proved",
        "warning slow in 1 check: conv.yaml::warned",
    ]


def test_what_was_skipped_not_checked_and_not_valid_is_said_with_its_reason() -> None:
    found = page([SKIPPED, BROKEN, UNDECIDED], ENDING)
    said = {one.attributes["id"]: " ".join(one.said.split()) for one in found.all("section")}
    assert said["skipped"] == ("Skipped skip 1 check of naive: backward raised NotImplementedErrorrelu.yaml::relu#2")
    assert said["not-checked"] == "Not checked f,g (line 7): no layer is called affinehint: use gradcheck"
    assert said["errors"] == "Errors in specs or options a.yaml:3:5 N: expected a whole numberhint: write 2"
    assert "error raised: forward raised IndexError" in said["failed"]
    assert "undecided dx: 3 of 4,000 entries (kink, overflow)" in said["failed"]


def test_a_run_that_was_cut_short_says_so() -> None:
    assert "cut short: interrupted: 2 checks not run" in " ".join(page([], ENDINGS["interrupted"]).texts("p"))
    assert "not run: 2 checks" in " ".join(page([], ENDINGS["stopped"]).texts("p"))
    assert "a fault in convcheck itself: 2 checks not run" in " ".join(page([], ENDINGS["fault"]).texts("p"))


def reads_back(text: str) -> None:
    found = page([hostile(text), hostile(text, status="pass"), hostile(text, status="skipped")], ENDING)
    assert found.texts("code").count(shown(f"{text}.yaml::{text}")) == 2
    assert shown(text) in found.texts("td")
    assert not text or sum(f" of {shown(text)}: " in one for one in found.texts("li")) == 1


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


def large(number: int) -> Result:
    """A check with everything wrong, each cell unlike the one beside it, and as many texts as there may be."""
    whole = drawn((4, 8, 8, 8), "!=?!~", axes=tuple("nchw"), pad=(0, 0, 2, 2), unread=((), (), (7,), (7,)))
    listed = tuple(Entry((0, 0, 0, k), -1.2345678901234567, 1.2345678901234567, 1e-300) for k in range(20))
    names = ("forward", "dx", "dw", "db")
    made = tuple(
        tensor(one, (4, 8, 8, 8), verdict="wrong", wrong=900, worst=listed[0], listed=listed, map=whole)
        for one in names
    )
    said = tuple(Finding("scaled", "error", "wrong " * 40, one, "mend it " * 20) for one in names)
    return FAILED._replace(id=f"conv.yaml::{number}{'x' * 200}", tensors=made, findings=said)


@pytest.mark.parametrize("implementations", [1, 200])
def test_a_page_of_two_hundred_failing_checks_is_smaller_than_a_megabyte_and_says_what_is_left_out(
    implementations: int,
) -> None:
    made = large(0)
    checks = [
        made._replace(id=f"conv.yaml::{n}{'x' * 200}", implementation=f"layers.py:f{n % implementations}")
        for n in range(200)
    ]
    conclusions = tuple(
        CONCLUSION._replace(implementation=f"layers.py:f{n}", causes=(CAUSE,) * 9) for n in range(implementations)
    )
    # Drawing takes longer than writing: what is equal need not be drawn anew.
    text = render(checks, name="html", ending=ENDING._replace(conclusions=conclusions))
    assert len(text) < 1_000_000
    found = read_html(text)
    sound(found)
    assert len(found.all("svg")) >= 9
    left_out = [one for one in found.texts("p") if "no room" in one or "left out" in one]
    assert implementations == 1 or any("without pictures" in one for one in found.texts("p"))
    shown_checks = len(found.all("details")) + len(found.all("article", **{"class": "check"}))
    more = sum(int(one.split()[1]) for one in left_out if "more check" in one)
    assert shown_checks + more == 200


def test_thousands_of_names_and_groups_do_not_make_it_larger() -> None:
    long = "y" * 900
    checks = [
        one._replace(id=f"{n}{long}", file=f"{n}{long}", implementation=f"{n}{long}")
        for n in range(700)
        for one in (PASSED, SKIPPED, BROKEN)
    ]
    checks += [large(n)._replace(implementation=f"{n}{long}") for n in range(99)]
    errors = tuple(Invalid(long, long, 1, 1) for _ in range(700))
    seen = tuple(NotChecked((long,), n, long, long) for n in range(700))
    causes = (CAUSE._replace(sentence=long, mend=long),) * 4
    conclusions = tuple(CONCLUSION._replace(implementation=f"{n}", causes=causes) for n in range(99))
    ending = RunEnd(errors=errors, not_checked=seen, conclusions=conclusions)
    text = render(checks, name="html", ending=ending)
    assert 800_000 < len(text) < 1_000_000
    assert " more." in text
    sound(read_html(text))


def test_it_is_ascii_on_a_stream_of_any_encoding() -> None:
    one = render([hostile("é 漢")], Appearance(), name="html", encoding="ascii", ending=ENDING)
    assert one == render([hostile("é 漢")], Appearance(), name="html", ending=ENDING)
