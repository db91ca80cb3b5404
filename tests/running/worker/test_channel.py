"""What comes through a worker's channel: messages of Pebble's, and whatever code under test has written there.

Covers running/worker/descriptors.py as well.
"""

import os
import pickle
import struct
import threading

import pytest
from pebble.common.types import Result, ResultStatus
from pebble.pool.process import Acknowledgement, TaskProblem, TaskResult

from convcheck.running.worker import channel
from convcheck.running.worker.channel import ChannelEnd
from convcheck.running.worker.descriptors import FIRST, out_of_reach


@pytest.fixture
def ends():
    reader, writer = os.pipe()
    garbled, given_up = [], threading.Event()
    with ChannelEnd(reader, lambda: garbled.append(1), given_up, writable=False) as end:
        yield end, writer, garbled, given_up
    os.close(writer)


def framed(message):
    content = message if isinstance(message, bytes) else pickle.dumps(message)
    return struct.pack("!i", len(content)) + content


@pytest.mark.parametrize(
    "message", [Acknowledgement(12, 0), TaskResult(0, Result(ResultStatus.SUCCESS, b"reply"))], ids=repr
)
def test_a_message_comes_through(message, ends):
    end, writer, garbled, _ = ends
    os.write(writer, framed(message))
    assert end.recv() == message
    assert garbled == []


@pytest.mark.parametrize(
    "content",
    [
        b"garbage" * 20,
        struct.pack("!i", -7) + b"x",
        struct.pack("!iQ", -1, 2**50),
        framed(b"c" + b"os\nsystem\n(S'true'\ntR."),
        framed(b""),
        framed({"task": 0}),
        framed(Acknowledgement("me", 0)),
        framed(TaskResult(0, Result(ResultStatus.SUCCESS, "no bytes"))),
        framed(TaskResult(0, Result(ResultStatus.FAILURE, KeyboardInterrupt()))),
        framed(TaskProblem(0, ValueError())),
    ],
)
def test_what_is_none_is_refused(content, ends):
    end, writer, garbled, _ = ends
    os.write(writer, content)
    with pytest.raises(OSError):
        end.recv()
    assert garbled == [1]


def test_what_announces_more_than_it_has_is_waited_for_no_longer_than_its_worker(ends, monkeypatch):
    end, writer, garbled, given_up = ends
    monkeypatch.setattr(channel, "POLL_SECONDS", 0.01)
    os.write(writer, struct.pack("!i", 100) + b"not so many")
    threading.Timer(0.1, given_up.set).start()
    with pytest.raises(OSError, match="given up"):
        end.recv()
    assert garbled == []


def test_a_worker_has_its_files_where_loops_do_not_come():
    reader, writer = os.pipe()
    moved = out_of_reach(reader)
    assert moved >= min(FIRST, 200)
    assert not os.get_inheritable(moved)
    os.write(writer, b"x")
    assert os.read(moved, 1) == b"x"
    with pytest.raises(OSError):
        os.fstat(reader)
    os.close(moved)
    os.close(writer)
