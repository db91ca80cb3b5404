"""What a scalar means. Numbers are those of YAML 1.2; what two YAML versions read differently is no value at all."""

import math
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from convcheck.spec.nodes import Mapping, Node, Scalar
from convcheck.spec.showing import quote, shorten

ScalarKind = Literal["null", "truth", "integer", "number", "text", "unclear"]

TRUTHS = {"true", "false", "yes", "no", "on", "off"}
LONGEST_INTEGER = 30
# Whatever is longer is no number that anybody wrote by hand.
LONGEST_NUMBER = 400

# These patterns are compiled when they are needed: most specs have integers and words alone.
NUMBER = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"

# Written, why it is not read, and how to get at the number that was perhaps meant.
UNCLEAR = (
    (r"[-+]?0[0-9]+", "is octal in YAML 1.1 and decimal in YAML 1.2", 10),
    (r"[-+]?0x[0-9a-fA-F]+", "is hexadecimal", 16),
    (r"[-+]?0o[0-7]+", "is octal", 8),
    (r"[-+]?0b[01]+", "is binary", 2),
    (r"[-+]?[0-9][0-9_]*_[0-9_]*", "has underscores (in YAML 1.2: a text)", 10),
    (r"[-+]?[0-9]{1,3}(,[0-9]{3})+", "has commas (in YAML: a text)", 10),
    (r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", "is a number to base 60 in YAML 1.1", None),
    (r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "is not a finite number", None),
)


class Meaning(NamedTuple):
    """What was written: its kind, its value (of "integer" and "number"), and for "unclear" why and what to write."""

    kind: ScalarKind
    value: int | float | str | None = None
    why: str = ""
    write: str | None = None


@lru_cache(maxsize=1024)
def _plain(text: str) -> Meaning:  # noqa: PLR0911 - one return for each kind
    """What a text without quotes means."""
    if text in ("", "~") or text in ("null", "Null", "NULL"):
        return Meaning("null")
    if text.lower() in TRUTHS:
        return Meaning("truth", text)
    if _is_integer(text):
        # Python refuses to convert thousands of digits; so many are out of every range anyway.
        short = text if len(text) <= LONGEST_INTEGER else text[: LONGEST_INTEGER + 1]
        return Meaning("integer", int(short))
    if text[0] not in "+-.0123456789":
        return Meaning("text", text)
    if len(text) > LONGEST_NUMBER:
        return Meaning("unclear", why=f"has more than {LONGEST_NUMBER} characters")
    for pattern, why, base in UNCLEAR:
        if re.fullmatch(pattern, text):
            write = None
            if base is not None and len(text) <= LONGEST_INTEGER:
                write = str(int(text.replace(",", "").replace("_", ""), base))
            return Meaning("unclear", why=why, write=write)
    if re.fullmatch(NUMBER, text):
        value = float(text)
        if not math.isfinite(value):
            return Meaning("unclear", why="is larger than any float64 number")
        return Meaning("number", value)
    return Meaning("text", text)


def _is_integer(text: str) -> bool:
    """Whether it is decimal, and nobody could take it for octal."""
    digits = text[1:] if text[0] in "+-" else text
    return digits.isascii() and digits.isdigit() and (digits[0] != "0" or digits == "0")


def meaning(node: Scalar) -> Meaning:
    """What a scalar means: quotes make anything a text."""
    # Of a long text its beginning says enough. The patterns take the square of its length, and many keys may share it.
    return _plain(node.text[: LONGEST_NUMBER + 1]) if node.plain else Meaning("text", node.text)


def described(node: Node) -> str:
    """What stands at a node, as an error message says it: `the text "3"`, `a list`, `nothing`."""
    if not isinstance(node, Scalar):
        return "a mapping" if isinstance(node, Mapping) else "a list"
    kind = meaning(node).kind
    shown = shorten(node.text)
    if kind == "null":
        return f"nothing ({shown})" if shown else "nothing"
    if kind == "truth":
        return f"the truth value {shown}"
    if kind == "text":
        return f"the text {quote(node.text)}"
    return shown
