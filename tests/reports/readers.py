"""Each format read back by a parser of that format, which knows nothing of how it was written."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import xmlschema
from markdown_it import MarkdownIt

JUNIT = xmlschema.XMLSchema(Path(__file__).parent / "junit.xsd")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<message>.*)")


class Annotation(NamedTuple):
    level: str
    properties: dict[str, str]
    message: str


def lines(text: str) -> list[str]:
    """The lines of a report, which end in a line feed and nothing else."""
    assert text == "" or text.endswith("\n")
    return text.split("\n")[:-1]


def read_json(text: str) -> dict[str, Any]:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    loaded: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return loaded


def read_jsonl(text: str) -> list[dict[str, Any]]:
    return [read_json(line) for line in lines(text)]


def read_junit(text: str) -> Element:
    root = ElementTree.fromstring(text.encode("utf-8"))
    JUNIT.validate(root)
    return root


def read_csv(text: str) -> list[dict[str, str]]:
    assert text.count("\n") == text.count("\r\n")
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def read_github(text: str) -> tuple[list[Annotation], str]:
    """The annotations, as GitHub's runner understands them, and the last line, which is none."""
    *commands, last = lines(text)
    assert not last.startswith("::")
    return [_annotation(line) for line in commands], last


def _annotation(line: str) -> Annotation:
    match = COMMAND.fullmatch(line)
    assert match, line
    pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
    properties = {name: _decoded(value, is_property=True) for name, value in pairs}
    assert set(properties) <= {"file", "line", "col", "title"}
    return Annotation(match["level"], properties, _decoded(match["message"], is_property=False))


def _decoded(text: str, *, is_property: bool) -> str:
    codes = {"%0D": "\r", "%0A": "\n", **({"%3A": ":", "%2C": ","} if is_property else {}), "%25": "%"}
    # Each once, from the left, as the runner undoes what its toolkit has done.
    return re.sub("|".join(codes), lambda found: codes[found[0]], text)


def read_markdown(text: str) -> dict[str, list[list[str]]]:
    """The cells of each table as a reader sees them, by its first headings."""
    page = MARKDOWN.render(text)
    assert page.startswith("<p><strong>convcheck: ")
    assert page.count("<details>") == page.count("</details>")
    found = {}
    for table in re.findall("<table>(.*?)</table>", page, re.DOTALL):
        head, *rows = (re.findall("<t[hd]>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")[:-1])
        assert all(len(row) == len(head) for row in rows)
        found[" ".join(head[:2])] = [[_seen(cell) for cell in row] for row in rows]
    return found


def _seen(cell: str) -> str:
    # The elements that are ours, and no other.
    return unescape(re.sub("</?(?:code|span)>", "", cell).replace("<br>", "\n"))


VOID = {"meta", "link", "br"}


class HtmlElement(NamedTuple):
    """One element of a page: what stands in it, to any depth, is its text."""

    tag: str
    attributes: dict[str, str]
    text: list[str]
    above: tuple[str, ...]

    @property
    def said(self) -> str:
        return "".join(self.text)


class Page(HTMLParser):
    """The elements of a page in their order; fails where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[HtmlElement] = []
        self._open: list[HtmlElement] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = tuple(one.tag for one in self._open)
        element = HtmlElement(tag, {name: value or "" for name, value in attrs}, [], above)
        assert len(element.attributes) == len(attrs)
        self.elements.append(element)
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def all(self, tag: str, **attributes: str) -> list[HtmlElement]:
        wanted = attributes.items()
        return [one for one in self.elements if one.tag == tag and wanted <= one.attributes.items()]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [one.said for one in self.all(tag, **attributes)]


def read_html(text: str) -> Page:
    assert text.isascii()
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    return Page(text.removeprefix("<!DOCTYPE html>\n"))


def read_table(text: str) -> list[str]:
    """What a terminal shows, line by line: it obeys our colours, and there is nothing else to obey."""
    bare = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert bare.replace("\n", "").isprintable()
    return lines(bare)
