"""`implementation: {file: layers.py, forward: f, backward: g}`: code that a spec names. It is read, never run, here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from convcheck.spec.check import NamedCode
from convcheck.spec.fields import LONGEST_TEXT, Field
from convcheck.spec.mappings import Entries, entries
from convcheck.spec.nearest import nearest
from convcheck.spec.nodes import Mapping as MappingNode
from convcheck.spec.nodes import Node
from convcheck.spec.showing import quote
from convcheck.spec.spec_text import SpecText

FILE: Final = "file"
MODULE: Final = "module"
FORWARD: Final = "forward"
BACKWARD: Final = "backward"
CLASS: Final = "class"

NAME: Final = r"^[^\s,:/\\.]+$"

# What may be written, and what it must look like: the schema says the same.
KEYS: Mapping[str, Field] = {
    FILE: Field("text", "a Python file, from the folder of the spec"),
    MODULE: Field("text", "a module that can be imported: package.module"),
    FORWARD: Field("text", "the function that returns (out, cache)"),
    BACKWARD: Field("text", "the function of dout and the cache that returns the gradients"),
    CLASS: Field("text", "a class with a forward and a backward method"),
}
PATTERNS: Mapping[str, str] = {
    FILE: r"\.py$",
    MODULE: r"^(?!.*\.py$)[^\s,:/\\]+$",
    FORWARD: NAME,
    BACKWARD: NAME,
    CLASS: NAME,
}
WANTED: Mapping[str, str] = {
    FILE: "the path of a Python file, such as layers.py",
    MODULE: "the name of a module, such as package.layers",
    FORWARD: "the name of a function",
    BACKWARD: "the name of a function",
    CLASS: "the name of a class",
}
ADVICE = "write {file: layers.py, forward: conv_forward, backward: conv_backward}, or {file: layers.py, class: Conv}"

# The text of a node under a key; None, its error recorded, where it is none.
TextOf = Callable[[str, Field, Node], str | None]


def schema_of_code() -> dict[str, Any]:
    """The JSON Schema of the mapping."""
    texts = {
        key: {"description": field.meaning, "type": "string", "pattern": PATTERNS[key], "maxLength": LONGEST_TEXT}
        for key, field in KEYS.items()
    }
    return {
        "description": "code of your own, which runs only with --trust",
        "type": "object",
        "properties": texts,
        "additionalProperties": False,
        "oneOf": [{"required": [FILE]}, {"required": [MODULE]}],
        "dependencies": {
            FORWARD: [BACKWARD],
            BACKWARD: [FORWARD],
            CLASS: {"not": {"anyOf": [{"required": [FORWARD]}, {"required": [BACKWARD]}]}},
        },
    }


def read_code(source: SpecText, key: str, node: MappingNode, text_of: TextOf) -> NamedCode | None:
    """The code that `node` names; None, its errors recorded in `source`, where it does not."""
    found = entries(source, node)
    texts = {name: _text(source, name, found[name].value, text_of) for name in KEYS if name in found}
    sound = True
    for place, message, hint in _mistakes(key, node, found):
        sound = False
        source.add(place, message, hint)
    if not sound or None in texts.values():
        return None
    names = tuple(str(texts[name]) for name in (CLASS, FORWARD, BACKWARD) if name in texts)
    return NamedCode(str(texts[FILE] if FILE in texts else texts[MODULE]), names, is_file=FILE in texts)


def _text(source: SpecText, name: str, node: Node, text_of: TextOf) -> str | None:
    text = text_of(name, KEYS[name], node)
    if text is None or re.search(PATTERNS[name], text):
        return text
    hint = "write file: for a file, module: for a module" if name in (FILE, MODULE) else None
    source.add(node, f"{name}: expected {WANTED[name]}, received {quote(text)}", hint)
    return None


def _mistakes(key: str, node: Node, found: Entries) -> Iterator[tuple[Node, str, str]]:
    """Unknown keys, a place that is missing or said twice, half a pair, a class beside a pair."""
    unknown = [name for name in found if name not in KEYS]
    for name in unknown:
        near = nearest(name, KEYS)
        yield found[name].key, f"{key}: unknown key {quote(name)}", f"did you mean {near[0]}?" if near else ADVICE
    for one, other in ((FILE, MODULE), (CLASS, FORWARD), (CLASS, BACKWARD)):
        if one in found and other in found:
            yield found[other].key, f"{other}: cannot stand beside {one}", "leave one of the two out"
            return
    # A key that is unknown was probably meant to be the one that is missing.
    if unknown:
        return
    if FILE not in found and MODULE not in found:
        yield node, f"{key}: expected file or module in it, received neither", ADVICE
    for one, other in ((FORWARD, BACKWARD), (BACKWARD, FORWARD)):
        if one in found and other not in found:
            yield found[one].key, f"{one}: expected {other} beside it", ADVICE
