"""What a worker sends back: plain data, and nothing that would import the code under test into this process.

Covers running/conforming.py and running/records.py as well.
"""

import io
import pickle

import numpy as np
import pytest

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.running import message
from convcheck.running.conforming import conforms
from convcheck.running.message import Failure, NotPlain, Reply, packed, unpacked

ENTRY = Entry((0, 1), 1.5, 2.0, 0.1)
TENSOR = TensorResult("dx", (2,), "wrong", 2, 2, 1, 0, 0.5, 0.25, 5.0, "so", "full", worst=ENTRY, listed=(ENTRY,))
RESULT = Result(
    "relu", "relu", {"shape": [2]}, (2,), "layers.py", "float64", "dyadic", 0, "entries", "pass", "fail",
    (TENSOR,), (Finding("unread", "note", "so"),), 3, 1, 0.5,
)  # fmt: skip


class Theirs:
    def __reduce__(self):
        raise SystemExit(0)


class Number(np.float64):
    """One of theirs that passes for one of NumPy's."""


Number.__module__ = "numpy"


class Leaving(type):
    @property
    def __module__(cls):
        raise ValueError("not to be had")


def test_what_is_plain_comes_back_as_it_was():
    reply = Reply((np.float64(1.5), np.int64(3), np.bool_(True), {"a": (1, None)}, RESULT), Failure("crashed", "so"))
    back = unpacked(packed(reply))
    assert back == reply
    # Its numbers are Python's.
    assert [type(each) for each in back.value[:3]] == [float, int, bool]


@pytest.mark.parametrize("value", [Theirs(), Theirs, lambda: 1, Number(1), print, Leaving("Named", (), {})()])
def test_nothing_of_theirs_is_sent(value):
    with pytest.raises(NotPlain):
        packed(Reply(value))


def forged(text):
    """A message that calls for something of this name, as protocol 0 spells it."""
    module, _, name = text.rpartition(".")
    return f"c{module}\n{name}\n.".encode()


@pytest.mark.parametrize(
    "name", ["os.system", "convcheck.api.check", "convcheck.running.worker.leftovers.os", "builtins.eval"]
)
def test_nor_brought_into_this_process(name):
    with pytest.raises(NotPlain, match="no plain data"):
        unpacked(forged(name))
    with pytest.raises(NotPlain):
        unpacked(pickle.dumps({"a": 1}))
    with pytest.raises(NotPlain):
        unpacked(b"garbage")


@pytest.mark.parametrize(
    "wrong",
    [
        RESULT._replace(status="splendid"),
        RESULT._replace(seconds="long"),
        RESULT._replace(tensors=(TENSOR._replace(entries="2"),)),
        RESULT._replace(tensors=[TENSOR]),
        RESULT._replace(tensors=(TENSOR._replace(worst=ENTRY._replace(index=(0, "x"))),)),
        RESULT._replace(spec={1: 2}),
        RESULT._replace(findings=(RESULT,)),
        tuple.__new__(Result, RESULT[:5]),
    ],
)
def test_a_field_of_another_type_is_not_believed(wrong):
    assert conforms(RESULT)
    assert not conforms(wrong)
    stream = io.BytesIO()
    message._PlainPickler(stream).dump(Reply(wrong))
    with pytest.raises(NotPlain):
        unpacked(stream.getvalue())


def test_nor_is_more_than_there_can_be(monkeypatch):
    content = packed(Reply("x" * 2000))
    monkeypatch.setattr(message, "MOST_BYTES", 1000)
    with pytest.raises(NotPlain, match="1,000 are the most"):
        packed(Reply("x" * 2000))
    with pytest.raises(NotPlain):
        unpacked(content)
