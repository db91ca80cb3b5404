"""An audit in each format: the same figures and reasons, and no text that is taken for something else.

Covers reports/audited/table.py, reports/audited/wording.py, reports/audited/html.py, reports/audited/markdown.py,
reports/audited/junit.py and reports/audited/json.py.
"""

from __future__ import annotations

import io
import json

import pytest

from convcheck.diagnosis.audited import Audit, AuditedLayer, AuditedMistake, Suggested
from convcheck.reports.audited.wording import score_text, totals
from convcheck.reports.formats import AUDIT_FORMATS
from convcheck.reports.report import Appearance
from tests.reports.readers import read_html, read_junit, read_markdown

HOSTILE = "<script>x\x1b[31m@me #1 ::error"


def mistake(number, fate, why="", sentence="it is wrong"):
    return AuditedMistake(f"m{number} {HOSTILE}", "dx", f"{sentence} {number}", "mend", fate, "", "", why, "N=2")


MISTAKES = (
    mistake(1, "noticed"),
    mistake(2, "hidden", "N = 1 in the one check"),
    mistake(3, "hidden", "N = 1 in the one check", HOSTILE),
    mistake(4, "hidden", "N = 1 in the one check"),
    mistake(5, "unseen", "within the tolerance"),
    mistake(6, "equivalent", "it is that function"),
)
AUDIT = Audit(
    (
        AuditedLayer("one", ("a::one",), MISTAKES, ("N = 1: an axis",), {"b::one": HOSTILE}),
        AuditedLayer("two", ("a::two",), MISTAKES[:1]),
    ),
    suggested=Suggested("layer: one\n", 1, 3, 1),
    errors=(HOSTILE,),
    no_layer=("c::function",),
    seconds=1.5,
)


def written(form, audit=AUDIT, **look):
    stream = io.StringIO()
    AUDIT_FORMATS[form](stream, audit, Appearance(**look))
    return stream.getvalue()


def test_the_total_says_which_is_which():
    said = (
        "score 0.333: 2 of 6 mistakes noticed, 3 right at these sizes, 1 wrong there and not noticed, "
        "1 right at any sizes, left out"
    )
    assert totals(AUDIT) == said
    assert totals(AUDIT._replace(least=0.9)) == f"{said}; expected 0.9"
    assert totals(AUDIT._replace(layers=AUDIT.layers[1:])) == "score 1.000: 1 of 1 mistake noticed"


@pytest.mark.parametrize(("score", "text"), [(0.89999, "0.899"), (1.0, "1.000"), (0.99999, "0.999"), (None, "–")])
def test_a_score_is_never_rounded_up(score, text):
    assert score_text(score) == text


def test_the_table_has_a_line_a_layer_then_reasons_and_the_score_last():
    text = written("table", width=80)
    lines = text.splitlines()
    assert lines[0].split() == ["layer", "checks", "mistakes", "noticed", "not", "noticed", "left", "out", "score"]
    assert lines[1].split() == ["one", "1", "6", "1", "4", "1", "0.200"]
    assert "  3 N = 1 in the one check" in lines
    assert "      and 1 more" in lines
    assert "left out b::one" in text
    assert "1 check would notice 3 mistakes more; nothing that was tried notices the other 1" in text
    assert "score 0.333: 2 of 6" in text
    assert max(map(len, lines)) <= 80
    assert "it is wrong 4" in written("table", verbose=True)
    assert written("table", quiet=True).startswith("left out 1 check of no layer")


@pytest.mark.parametrize("form", AUDIT_FORMATS)
def test_no_text_is_sent_as_something_else(form):
    text = written(form)
    assert "\x1b[31m" not in text
    assert "<script>" not in text or form in ("table", "json")
    assert "::error" not in text or form == "json"


def test_the_document_has_every_mistake_with_its_fate():
    document = json.loads(written("json"))
    assert (document["schema"], document["score"]) == (1, 2 / 6)
    assert [one["fate"] for one in document["layers"][0]["mistakes"]] == [one.fate for one in MISTAKES]
    assert document["layers"][0]["counts"] == {"noticed": 1, "unseen": 1, "hidden": 3, "equivalent": 1}
    assert document["suggested"]["text"] == "layer: one\n"


@pytest.mark.parametrize(("least", "failures", "skipped"), [(None, "0", "5"), (0.3, "0", "5"), (0.9, "4", "1")])
def test_a_mistake_that_is_not_noticed_fails_where_the_score_is_too_low(least, failures, skipped):
    suites = read_junit(written("junit", AUDIT._replace(least=least)))
    one = suites.find("testsuite")
    assert (one.get("failures"), one.get("skipped"), one.get("tests")) == (failures, skipped, "6")


def test_markdown_has_a_table_of_layers_and_one_of_reasons():
    text = written("markdown")
    assert text.startswith("**convcheck: score 0.333")
    assert "| one | 3 | N = 1 in the one check |" in text
    assert read_markdown(text)


def test_the_page_is_whole_and_fetches_nothing():
    page = read_html(written("html"))
    assert page.texts("h1")[0].startswith("convcheck audit: score 0.333")
    assert "two" not in page.texts("h2")
    assert "layer: one\n" in page.texts("pre")
