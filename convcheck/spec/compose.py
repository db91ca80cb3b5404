"""YAML text to trees of nodes, within bounds: no cycle, no bomb, no deep nesting comes out of here.

The events of PyYAML's parser (libyaml's where it is built in, which is some 15 times faster) are put together here and
not by `yaml.compose`, which recurses, knows no bounds and hides where an alias leads.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml

from convcheck.spec.nodes import Mapping, Node, Scalar, Sequence
from convcheck.spec.showing import escape, quote, shorten
from convcheck.spec.spec_text import SpecText

DEEPEST = 20
HEAVIEST = 250_000
TAG_LINE = "^%TAG"
MOST_TAG_LINES = 100

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The characters that YAML allows in a file.
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What the parser says, what it means to somebody who writes a spec, and what to do.
READABLE = (
    ("mapping values are not allowed", "a second `: ` on one line", "one key a line; put a text with `: ` in quotes"),
    ("but found '?'", "a key among the items of a list", "indent the key, or start the line with `- `"),
    ("expected <block end>", "this line does not fit the indentation above it", "give all keys the same indentation"),
    ("did not find expected key", "this line does not fit what stands above it", "give all keys the same indentation"),
    ("expected '-' indicator", "a key among the items of a list", "indent the key, or start the line with `- `"),
    ("could not find expected ':'", "a line without its `: `", "write `key: value`, with a space after the colon"),
    ("found undefined tag", "an unknown tag", "leave the tag out"),
    ("expected ',' or ']'", "a list that is not closed", "close it with `]`, and put commas between its items"),
    ("expected ',' or '}'", "a mapping that is not closed", "close it with `}`, and put commas between its keys"),
    ("expected node content", "a value is missing here", "close every `[` and `{`"),
    ("incompatible YAML document", "a `%YAML` line of another version", "leave the `%YAML` line out"),
)


class Refused(Exception):
    """The rest of the file is not read: what was wrong has been recorded."""


def documents(source: SpecText) -> Iterator[Node]:
    """The root of each document in the text, up to the first place that is not YAML or is beyond the bounds.

    Each is handed on before the next is looked at. Whatever is wrong is recorded in `source`; of a file with too many
    mistakes the rest is not read, and TooManyErrors raised.
    """
    if forbidden := FORBIDDEN.search(source.text):
        place = source.place_of(forbidden.start())
        source.add_at(*place, f"the character U+{ord(forbidden.group()):04X} is not allowed in YAML", "remove it")
        return
    # The parser compares each with all before it.
    tags = re.finditer(TAG_LINE, source.text, re.MULTILINE)
    if too_many := next(itertools.islice(tags, MOST_TAG_LINES, None), None):
        source.add_at(*source.place_of(too_many.start()), "too many `%TAG` lines", "leave them out")
        return
    with contextlib.suppress(Refused):
        yield from _compose(source, _events(source))


def _events(source: SpecText) -> Iterator[Any]:
    """The parser's events, its errors recorded in `source`."""
    try:
        yield from yaml.parse(source.text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        _record(source, error)
        raise Refused from error
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        source.add_at(1, 1, f"not valid YAML: {error}")
        raise Refused from error


def _record(source: SpecText, error: yaml.MarkedYAMLError) -> None:
    """Say in plain words what the parser stumbled over, at its mark."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or "not YAML"
    # The parser notices only later; what is not closed or has no colon stands at the context.
    if error.context_mark and any(sign in problem for sign in ("expected ':'", "expected ',' or")):
        line, column = error.context_mark.line + 1, error.context_mark.column + 1
    if line > len(source.lines):
        line, column = len(source.lines), len(source.lines[-1]) + 1
    text = source.lines[line - 1]
    if "\t" in text[: len(text) - len(text.lstrip())]:
        source.add_at(line, text.index("\t") + 1, "a tab in the indentation", "YAML indents with spaces only")
    elif "cannot start any token" in problem:
        what = text[column - 1 : column]
        source.add_at(line, column, f"no value can start with {quote(what)}", "put the text in quotes")
    elif "mapping values are not allowed" in problem and ": " not in text[: column - 1]:
        source.add_at(
            line, 1, "not valid YAML: this line is indented further than its keys", "align it with the others"
        )
    elif "quoted scalar" in (error.context or ""):
        opened = error.context_mark
        place = (opened.line + 1, opened.column + 1) if opened else (line, column)
        source.add_at(*place, f"a quoted text that is not valid: {problem}", "close the quotes on the same line")
    else:
        for sign, message, hint in READABLE:
            if sign in problem:
                source.add_at(line, column, f"not valid YAML: {message}", hint)
                return
        source.add_at(line, column, f"not valid YAML: {problem}")


def _compose(source: SpecText, events: Iterator[Any]) -> Iterator[Node]:
    """One tree for each document. Raises Refused."""
    budget = HEAVIEST
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            root = _document(source, events, budget)
            budget -= root.weight + 1  # an empty one costs something, too
            yield root


def _document(source: SpecText, events: Iterator[Any], budget: int) -> Node:
    """The tree of one document, of no more than `budget` values.

    `open_` are the lists and mappings not yet closed, each with the key that waits.
    """
    anchors: dict[str, Node] = {}
    open_: list[Sequence | Mapping] = []
    waiting: list[Node | None] = []
    for written, event in enumerate(events):
        kind = type(event)
        if kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            waiting.pop()
            node: Node = open_.pop()
        else:
            node = _node(source, event, anchors, open_)
            # An end has its start, so that there are at least half as many values as events.
            if written > 2 * budget:
                _too_heavy(source, node)
            if kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
                if len(open_) >= DEEPEST:
                    source.add(node, f"nested deeper than {DEEPEST} levels", "a spec needs three")
                    raise Refused
                open_.append(node)  # type: ignore[arg-type]  # a list or a mapping, by the event
                waiting.append(None)
                continue
        if not open_:
            next(events, None)  # the end of the document
            if node.weight > budget:
                _too_heavy(source, node)
            return node
        _attach(source, node, open_[-1], waiting, len(open_), budget)
    raise Refused


def _too_heavy(source: SpecText, node: Node) -> NoReturn:
    source.add(
        node, f"more than {HEAVIEST:,} values once every alias is written out", "split the file, or use a matrix"
    )
    raise Refused


def _attach(
    source: SpecText, node: Node, parent: Sequence | Mapping, waiting: list[Node | None], depth: int, budget: int
) -> None:
    """Put a finished node into the list or mapping around it, and keep the bounds. Raises Refused."""
    parent.weight += node.weight
    if node.height >= parent.height:
        parent.height = node.height + 1
    if parent.weight > budget:
        _too_heavy(source, node)
    if depth + node.height - 1 > DEEPEST:
        source.add(node, f"nested deeper than {DEEPEST} levels through aliases", "a spec needs three")
        raise Refused
    if type(parent) is Sequence:
        parent.items.append(node)
    elif (key := waiting[-1]) is None:
        waiting[-1] = node
    else:
        parent.pairs.append((key, node))  # type: ignore[union-attr]  # what is no list is a mapping
        waiting[-1] = None


def _node(source: SpecText, event: Any, anchors: dict[str, Node], open_: list[Sequence | Mapping]) -> Node:
    """The node that an event starts, or that an alias stands for. Raises Refused."""
    mark = event.start_mark
    line, column = mark.line + 1, mark.column + 1
    kind = type(event)
    if kind is yaml.AliasEvent:
        name = escape(shorten(event.anchor))
        target = anchors.get(event.anchor)
        if target is None:
            source.add_at(line, column, f"no anchor &{name} stands before this alias")
            raise Refused
        if any(target is parent for parent in open_):
            source.add_at(line, column, f"the alias *{name} stands inside the value that it repeats")
            raise Refused
        return target
    node: Node
    if kind is yaml.ScalarEvent:
        # A tag is an error of its own; what it stands before is read as if it were not there.
        node = Scalar(line, column, event.value, event.implicit[0] or event.tag is not None)
    elif kind is yaml.SequenceStartEvent:
        node = Sequence(line, column)
    else:
        node = Mapping(line, column)
    if event.tag is not None and event.tag != "!":
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        source.add_at(line, column, f"the tag {quote(tag)} is not used in specs", "leave the tag out")
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node
