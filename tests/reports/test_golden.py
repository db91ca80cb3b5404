"""The golden files hold every name that is hostile to some format, and a parser of the format finds it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from convcheck.reports.formats import FORMATS
from convcheck.reports.wording.figures import shown
from tests.reports.hostile import HOSTILE, NAMES
from tests.reports.readers import (
    read_csv,
    read_github,
    read_html,
    read_json,
    read_jsonl,
    read_junit,
    read_markdown,
    read_table,
)
from tests.reports.rendering import golden_text, render, views


@pytest.mark.parametrize("name", views())
def test_looks_as_it_did(name: str) -> None:
    assert views()[name]() == golden_text(name)


def in_github(text: str) -> Iterable[str]:
    # A run of its own each: of several, the worst are told.
    for one in text.replace("1 check: 1 fail\n", "1 check: 1 fail\0").split("\0")[:-1]:
        [found], _ = read_github(one + "\n")
        yield found.properties["title"].removeprefix("fail ")


IDS: dict[str, tuple[str, Callable[[str], Iterable[str]]]] = {
    "table": ("table_none_hostile", lambda text: [line.removeprefix("fail  ") for line in read_table(text)]),
    "json": ("json", lambda text: [shown(check["id"]) for check in read_json(text)["checks"]]),
    "jsonl": ("jsonl", lambda text: [shown(check["id"]) for check in read_jsonl(text)]),
    "junit": ("junit", lambda text: [case.get("name", "") for case in read_junit(text).iter("testcase")]),
    "github": ("github_hostile", in_github),
    "markdown": ("markdown", lambda text: [row[1] for row in read_markdown(text)["status check"]]),
    "csv": ("csv", lambda text: [row["id"].removeprefix("'") for row in read_csv(text)]),
    "html": ("", lambda text: read_html(text).texts("code")),
}


@pytest.mark.parametrize("form", FORMATS)
def test_every_hostile_name_is_there(form: str) -> None:
    view, ids = IDS[form]
    # The page changes with every shade: there is no golden one.
    text = golden_text(view) if view else render(HOSTILE, name=form)
    assert {shown(one.id) for one in HOSTILE} <= set(ids(text))


def test_the_names_are_hostile_to_all() -> None:
    for part in ("[bold]", '"', "<", "&", "%0A", "\U0001f600", "\x1b", "x" * 300):
        assert any(part in name for name in NAMES)
