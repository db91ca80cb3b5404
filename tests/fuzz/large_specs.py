"""Specs that grow: each a function of its length in characters, and each was, or could be, more than linear to read."""

from __future__ import annotations

from collections.abc import Callable

CONV = "N: 2\nC: 3\nH: 8\nW: 8\nF: 4\nH1: 3\nW1: 3\nstride: 1\npad: 1\n"
OVER = "defaults:\n" + "".join(f"  {line}\n" for line in CONV.splitlines()) + "checks:\n"
MATRIX = CONV + "matrix: {seed: [1, 2]}\nexclude:\n"


def _pad(text: str) -> str:
    return CONV.replace("pad: 1", f"pad: {text}")


def _many(line: str, n: int) -> str:
    """`line` for 0, 1, 2, … up to about n characters."""
    return "".join(line.format(i) for i in range(max(n // len(line.format(1000)), 1)))


LARGE: dict[str, Callable[[int], str]] = {
    "underscores": lambda n: _pad("1_" * (n // 2) + "x"),
    "base 60": lambda n: _pad("1:" * (n // 2) + "x"),
    "digits": lambda n: _pad("9" * n),
    "digits after the point": lambda n: CONV + "tolerance: 0." + "1" * n,
    "an alias many times in exclude": lambda n: MATRIX + "- &a {seed: 1}\n" + "- *a\n" * (n // 5),
    "an item many times in exclude": lambda n: MATRIX + "- {seed: 1}\n" * (n // 12),
    "unknown defaults and many items": lambda n: (
        "defaults:\n" + _many("  u{}: 1\n", n // 2) + "checks:\n" + "- {}\n" * (n // 10)
    ),
    "many items": lambda n: OVER + "- {}\n" * (n // 5),
    "a bad default and many items": lambda n: OVER.replace("H1: 3", "H1: 99") + "- {}\n" * (n // 5),
    "names": lambda n: OVER + _many("- {{name: n{}}}\n", n),
    "one name": lambda n: OVER + "- {name: n}\n" * (n // 12),
    "documents without an end": lambda n: "---\n" * (n // 4),
    "documents of one line": lambda n: "---\nN\n" * (n // 6),
    "documents": lambda n: ("---\n" + CONV) * (n // 60),
    "a long key": lambda n: CONV + "k" * n + ": 1\n",
    "long keys": lambda n: CONV + _many("stridestridestridestride{}: 1\n", n),
    "the same key": lambda n: "N: 1\n" * (n // 5),
    "open lists": lambda n: "[" * n,
    "open mappings": lambda n: "{a: " * (n // 4),
    "anchors": lambda n: "a: [" + _many("&a{} 1,", n) + "]",
    "a long anchor": lambda n: f"a: &{'a' * n} 1\nb: *{'a' * n}\n",
    "merges of merges": lambda n: "a0: &a0 {N: 1}\n" + _many("a: &a {{<<: *a0, k: {}}}\n", n),
    "a wide merge": lambda n: "a: &a {" + _many("k{}: 1, ", 500) + "}\nchecks:\n" + "- {<<: *a}\n" * (n // 11),
    "a list of merges": lambda n: "<<: [" + "{N: 1}," * (n // 7) + "]\n",
    "a comment": lambda n: CONV + "#" * n,
    "a long text": lambda n: "N: " + "a " * (n // 2),
    "a text of many lines": lambda n: "N: a\n" + " a\n" * (n // 3),
    "escapes": lambda n: 'N: "' + "\\u0041" * (n // 6) + '"',
    "byte order marks": lambda n: "\ufeff" * n,
    "zeros": lambda n: "\0" * n,
    "tabs": lambda n: "\t" * n,
    "carriage returns": lambda n: "N: 1\r" * (n // 5),
    "tags": lambda n: "- !x 1\n" * (n // 7),
    "directives": lambda n: _many("%TAG !a{0}! tag:{0}\n", n) + "--- 1\n",
    "mistakes on one line": lambda n: "{" + _many("k{}: 1, ", n) + "}",
    "wide mistakes on one line": lambda n: "{" + _many("漢{}: 漢, ", n) + "}",
    "merges of no mapping": lambda n: "<<: [" + "1," * (n // 2) + "]\n",
    "axes": lambda n: "matrix:\n" + _many("  k{}: [1, 2]\n", n),
    "axes of one value": lambda n: CONV + "matrix:\n" + _many("  k{}: [1]\n", n),
    "an axis": lambda n: CONV + "matrix: {seed: [" + _many("{},", n) + "]}\n",
    "an axis of one value": lambda n: CONV + "matrix: {seed: [" + "1," * (n // 2) + "]}\n",
    "a layer many times": lambda n: "matrix: {layer: [" + "relu,conv," * (n // 10) + "]}\n",
    "unknown keys of an exclude": lambda n: CONV + "matrix: {seed: [1]}\nexclude:\n" + _many("- {{sed{}: 1}}\n", n),
    "a matrix that everything takes": lambda n: (
        OVER + "- matrix: {seed: &e [" + _many("{},", 50) + "]}\n" + "- matrix: {seed: *e}\n" * (n // 20)
    ),
    "a shape": lambda n: "layer: relu\nshape: [" + "1," * (n // 2) + "]",
    "large shapes": lambda n: "checks:\n" + "- {layer: relu, shape: [2147483647, 2147483647]}\n" * (n // 50),
    "unknown keys of code": lambda n: CONV + "implementation: {" + _many("k{}: 1, ", n) + "}",
    "Python": lambda n: "import os\n" + "x = 1\n" * (n // 6),
    "deep Python": lambda n: "import os\nx = " + "-" * n + "1",
    "keys that Python takes": lambda n: "x: 1\n" * (n // 5),
}
