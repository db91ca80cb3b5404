"""The wrong code that is made of right code is found, and its fault told, in the words that it was written down with.

Covers `tests/corpus/edits`.
"""

from __future__ import annotations

from itertools import groupby
from math import ceil

import pytest

from tests.corpus.conclusions import conclusions_on, kind_of
from tests.corpus.edited import Edited, edited


def some() -> list[Edited]:
    """Every sixteenth, and of a layer with many of them about six, from its first to its last."""
    layers = [[*group] for _, group in groupby(edited(), lambda one: one.layer)]
    return [one for every in layers for one in every[:: max(16, ceil(len(every) / 6))]]


# All of them take minutes: `python -m tests.corpus.conclusions` prints what is said of each, with a table. A few are
# run each time, more by CI, and these by `pytest -m exhaustive`.
def marked():
    for number, one in enumerate(some()):
        marks = [pytest.mark.torch] if "import torch" in one.text() else []
        how_often = pytest.mark.exhaustive if number % 3 else pytest.mark.thorough
        yield pytest.param(one, marks=[*marks, *([how_often] if number % 12 else [])])


@pytest.mark.parametrize("one", [*marked()], ids=lambda one: one.id)
def test_the_fault_is_told(one, monkeypatch):
    # The smallest sizes at which it is wrong are nothing that is looked at here, and take up to 24 checks more.
    monkeypatch.setattr("convcheck.diagnosis.shrink.MOST_TRIED", 0)
    if "import torch" in one.text():
        pytest.importorskip("torch")
    conclusions = conclusions_on(one)
    assert kind_of(one, conclusions) == ("named" if one.named else "pointed"), conclusions


def test_every_edit_is_of_a_kind_and_says_what_is_wrong():
    assert [one.id for one in edited() if not (one.named or one.pointed) or not one.why] == []
    assert len({(one.file, one.edit) for one in edited()}) == len(edited())
