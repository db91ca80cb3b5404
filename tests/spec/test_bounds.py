"""Files made to be expensive are refused before they cost anything.

Covers spec/compose.py and spec/spec_text.py as well.
"""

from __future__ import annotations

import time

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_text
from tests.spec.conftest import conv

BOMB = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 15))
CHAIN = "a0: &a0 {N: 1}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}}}\n" for i in range(1, 500))
MERGES = "a0: &a0 {N: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 19))
WIDE = "matrix: {N: " + str(list(range(1, 400))) + ", C: " + str(list(range(1, 400))) + "}\n"
SUBSETS = (
    conv("N", "C", "H", "W", "F", extra="matrix:\n")
    + "".join(f"  {k}: {list(range(8, 18))}\n" for k in ("N", "C", "H", "W", "F"))
    + "exclude:\n"
    + "".join("- {" + ", ".join(f"{k}: 8" for j, k in enumerate("NCHWF") if i >> j & 1) + "}\n" for i in range(1, 32))
)
EXPENSIVE = {
    "bomb": BOMB,
    "chain": CHAIN,
    "merges": MERGES,
    "wide matrix": WIDE,
    "exclude by many keys": SUBSETS,
    "nested lists": "[" * 100_000,
    "nested mappings": "{" * 100_000,
    "nested blocks": "- " * 50_000,
    "nested keys": "".join(" " * i + "a:\n" for i in range(1000)),
    "cycle in a list": "checks: &a [*a]\n",
    "cycle in a mapping": "&a {<<: *a, N: 2}\n",
    "cycle of a key": "&a {? *a : 1}\n",
    "long plain text": "N: " + "a " * 1_000_000,
    "long key": "k" * 1_000_000 + ": 1\n",
    "many keys": "".join(f"stride{i}: 1\n" for i in range(50_000)),
    "many documents": "---\nN\n" * 20_000,
    "many anchors": "[" + ",".join(f"&a{i} 1" for i in range(25_000)) + "]",
    "many digits": "N: " + "9" * 1_000_000,
}


@pytest.mark.parametrize("what", EXPENSIVE)
def test_refused_quickly(what) -> None:
    start = time.process_time()
    reading = read_text(EXPENSIVE[what], "a.yaml", FORMS)
    assert reading.errors
    assert all(len(error.text()) < 2000 for error in reading.errors)
    assert time.process_time() - start < 6


def test_a_hundred_mistakes_are_told_and_a_thousand_are_enough(read) -> None:
    unknown = [f"stride{i}: 1\n" for i in range(10_000)]
    stopped = "and at least 900 more mistakes from here on: the file is not read further"
    more_of = {100: [], 101: ["and 1 more mistake from here on"], 450: ["and 350 more mistakes from here on"]}
    for number, more in {**more_of, 10_000: [stopped]}.items():
        errors = read(conv() + "".join(unknown[:number])).errors
        assert [error.line for error in errors] == [*range(10, 110), *(110 for _ in more)]
        assert [error.message for error in errors[100:]] == more


def test_ten_thousand_checks_are_read_quickly() -> None:
    axes = "".join(f"  {key}: {list(range(8, 18))}\n" for key in ("N", "C", "H", "W"))
    start = time.process_time()
    reading = read_text(conv("N", "C", "H", "W", extra="matrix:\n" + axes), "a.yaml", FORMS)
    assert time.process_time() - start < 6
    assert len(reading.checks) == 10_000


def test_many_items_over_defaults() -> None:
    text = "defaults: &d\n  " + conv().replace("\n", "\n  ").rstrip() + "\nchecks:\n"
    text += "".join(f"- {{<<: *d, seed: {i}}}\n" for i in range(1000))
    start = time.process_time()
    assert len(read_text(text, "a.yaml", FORMS).checks) == 1000
    assert time.process_time() - start < 6
