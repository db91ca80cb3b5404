"""A node to the value of a field, or an error that says what was expected, what was received and what to write."""

from __future__ import annotations

import math
from typing import Any, Final

from convcheck.spec.code import read_code
from convcheck.spec.drawn import read_inputs, read_names, read_settings
from convcheck.spec.fields import LARGEST_SIZE, LONGEST_SHAPE, LONGEST_TEXT, Field
from convcheck.spec.nearest import nearest
from convcheck.spec.nodes import Mapping, Node, Scalar, Sequence
from convcheck.spec.scalars import LONGEST_INTEGER, Meaning, described, meaning
from convcheck.spec.showing import escape, listed, shorten
from convcheck.spec.spec_text import SpecText


class _Bad:
    """What stands in the place of a value that is not one."""


BAD: Final = _Bad()
_IN_A_LIST = "write the sizes in a list: [2, 3, 4]"


class Values:
    """Turns nodes into values. A node that many checks share is turned, and its error reported, once."""

    def __init__(self, source: SpecText) -> None:
        self._source = source
        self._known: dict[tuple[int, str, int], Any] = {}
        self._kept: list[Any] = []

    def of(self, key: str, field: Field, node: Node) -> Any:
        """The value of `field`, written under `key`, that stands at `node`; BAD, its error recorded, if it is none.

        Integers come back as int, numbers as float, choices and texts as str, shapes as a tuple of int, true and false
        as bool, code that is named as NamedCode, arrays to draw as Inputs, names with values as NamedValues.
        """
        known = (id(node), key, id(field))
        if known not in self._known:
            self._kept.append((node, field))  # so that no other object gets the same id
            self._known[known] = self._convert(key, field, node)
        return self._known[known]

    def _convert(self, key: str, field: Field, node: Node) -> Any:  # noqa: PLR0911 - one return for each form
        if field.form == "shape":
            if field.alone and isinstance(node, Scalar):
                return self._convert(key, one_of(field), node)
            return self._shape(key, field, node)
        if field.form == "inputs":
            return read_inputs(self._source, key, node, self.of, BAD)
        if field.form == "settings":
            return read_settings(self._source, key, node, BAD)
        if field.form == "names":
            return read_names(self._source, key, node, BAD)
        if field.code and isinstance(node, Mapping):
            return read_code(self._source, key, node, self._text_or_none) or BAD
        if isinstance(node, Scalar):
            written = meaning(node)
            if written.kind == "unclear":
                return self._unclear(key, field, node, written)
            if field.form == "truth" and written.kind == "truth":
                return node.text.lower() in ("true", "yes", "on")
            if field.form == "integer" and written.kind == "integer":
                return self._in_range(key, field, node, written.value)
            if field.form == "number" and written.kind in ("integer", "number"):
                return self._in_range(key, field, node, written.value)
            # `name: on` is the text it is in YAML 1.2; true and false are no texts in any version.
            if field.form in ("choice", "text") and (
                written.kind == "text" or (written.kind == "truth" and node.text.lower() not in ("true", "false"))
            ):
                return self._text(key, field, node)
        self._wrong(key, field, node)
        return BAD

    def _text_or_none(self, key: str, field: Field, node: Node) -> str | None:
        value = self.of(key, field, node)
        return None if value is BAD else str(value)

    def _shape(self, key: str, field: Field, node: Node) -> Any:
        if not isinstance(node, Sequence):
            return self._wrong(key, field, node)
        if not 1 <= len(node.items) <= LONGEST_SHAPE:
            expected = f"{key}: expected 1 to {LONGEST_SHAPE} sizes, received {len(node.items)}"
            self._source.add(node, expected, _IN_A_LIST)
            return BAD
        sizes = [self._convert(f"{key}[{i}]", one_of(field), item) for i, item in enumerate(node.items)]
        return BAD if BAD in sizes else tuple(sizes)

    def _in_range(self, key: str, field: Field, node: Scalar, value: Any) -> Any:
        if field.form == "number":
            value = float(node.text)
            if not math.isfinite(value):
                return self._unclear(key, field, node, Meaning("unclear", why="is larger than any float64 number"))
        low = field.minimum is not None and value < field.minimum
        low = low or (field.above is not None and value <= field.above)
        high = field.maximum is not None and value > field.maximum
        high = high or (field.below is not None and value >= field.below)
        if not low and not high and (field.form == "number" or len(node.text) <= LONGEST_INTEGER):
            return value
        message = f"{key}: expected {expected(field, too_high=not low)}, received {shorten(node.text)}"
        self._source.add(node, message, _remedy(field, low))
        return BAD

    def _text(self, key: str, field: Field, node: Scalar) -> Any:
        if field.form == "choice" and node.text in field.renamed:
            self._source.remark(node, field.called_now(key, node.text))
        elif field.form == "choice" and node.text not in field.choices and not (field.also and field.also(node.text)):
            near = field.meant(node.text) if field.meant else nearest(node.text, field.choices)
            hint = f"did you mean {near[0]}?" if near else None
            self._source.add(node, f"{key}: expected {expected(field)}, received {described(node)}", hint)
            return BAD
        if not node.text.strip():
            self._source.add(node, f"{key}: expected a text, received an empty one", f"leave {key} out")
            return BAD
        if len(node.text) > LONGEST_TEXT:
            message = f"{key}: expected at most {LONGEST_TEXT} characters, received {len(node.text):,}"
            self._source.add(node, message, "shorten it")
            return BAD
        return node.text

    def _unclear(self, key: str, field: Field, node: Scalar, written: Meaning) -> Any:
        message = f"{key}: expected {expected(field)}, received {shorten(node.text)}, which {written.why}"
        if field.form == "choice":
            hint: str | None = f"write {listed(field.choices, 'or')}"
        elif field.form == "text":
            hint = f'write "{escape(shorten(node.text))}", in quotes'
        else:
            hint = f"write {written.write}" if written.write else "write the number in decimal digits"
        self._source.add(node, message, hint)
        return BAD

    def _wrong(self, key: str, field: Field, node: Node) -> Any:
        """Record that the value is of another type."""
        self._source.add(node, f"{key}: expected {expected(field)}, received {described(node)}", _hint(field, node))
        return BAD


def one_of(field: Field) -> Field:
    """The field of one size of a shape."""
    return Field("integer", field.meaning, field.minimum, field.maximum)


def expected(field: Field, *, too_high: bool = False) -> str:
    """What may stand under a field: `a whole number of at least 1`, `pass or fail`.

    The largest size is named only where a value was `too_high`: it is no news to anybody else.
    """
    if field.form == "choice":
        return listed(field.choices, "or")
    if field.form in ("text", "truth"):
        return "a text" if field.form == "text" else "true or false"
    if field.form == "inputs":
        return "a mapping of names to shapes"
    if field.form in ("settings", "names"):
        return "a mapping of names to values" if field.form == "settings" else "a list of names"
    if field.form == "shape":
        return f"{expected(one_of(field))}, or a list of them" if field.alone else "a list of sizes"
    bounds = []
    if field.minimum is not None:
        bounds.append(f"of at least {_plain(field.minimum)}")
    if field.above is not None:
        bounds.append(f"above {_plain(field.above)}")
    if field.maximum is not None and (too_high or field.maximum != LARGEST_SIZE):
        bounds.append(f"at most {_plain(field.maximum)}")
    if field.below is not None:
        bounds.append(f"below {_plain(field.below)}")
    noun = "a whole number" if field.form == "integer" else "a number"
    return f"{noun} {listed(bounds)}" if bounds else noun


def _plain(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() else repr(bound)


def _remedy(field: Field, low: bool) -> str:
    if low:
        return f"write {_plain(field.minimum)} or more" if field.minimum is not None else "write a larger number"
    return f"write {_plain(field.maximum)} or less" if field.maximum is not None else "write a smaller number"


def _hint(field: Field, node: Node) -> str | None:  # noqa: PLR0911 - one return for each mistake
    """What to write instead of a value of another type."""
    if isinstance(node, Sequence) and field.form != "shape":
        return "to check several values, list them under `matrix:`"
    if field.form == "shape":
        return "write a number, or the sizes in a list: [2, 3, 4]" if field.alone else _IN_A_LIST
    if field.form == "truth":
        return "write true or false, without quotes"
    # 1 is a usual size, and no tolerance to recommend.
    number = f"write a number such as {_plain(max(field.minimum or 0, 1)) if field.form == 'integer' else '1e-5'}"
    if not isinstance(node, Scalar):
        return number if field.form in ("integer", "number") else None
    written = meaning(node)
    if written.kind == "null":
        return "write a value, or leave the key out"
    if field.form == "text":
        return f'write "{escape(shorten(node.text))}", in quotes'
    if field.form == "choice":
        return f"write {listed(field.choices, 'or')}"
    if written.kind == "number" and isinstance(written.value, float):
        whole = written.value.is_integer() and abs(written.value) < 2**53
        return f"write {int(written.value)}" if whole else "write it without a fraction"
    if written.kind == "text" and not node.plain:
        inside = meaning(Scalar(node.line, node.column, node.text.strip(), plain=True))
        if inside.kind in ("integer", "number"):
            return f"write {shorten(node.text.strip())}, without the quotes"
    return number
