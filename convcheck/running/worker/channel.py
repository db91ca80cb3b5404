"""The pipes between Pebble and a worker. What comes out of one is looked at before it is believed.

In the worker they are open where code under test does not come upon them. Code that writes there all the same costs its
own check: what it wrote is refused here.
"""

from __future__ import annotations

import io
import os
import pickle
import select
import threading
from collections.abc import Callable
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

from pebble.common.types import Result, ResultStatus
from pebble.pool.process import Acknowledgement, TaskResult

from convcheck.running.interrupts import POLL_SECONDS
from convcheck.running.message import MOST_BYTES
from convcheck.running.worker.descriptors import out_of_reach

# What Pebble's messages to this process are made of; a MemoryError comes for a reply that there was no memory for.
MESSAGES = {
    *(("pebble.pool.process", name) for name in ("Acknowledgement", "TaskResult")),
    *(("pebble.common.types", name) for name in ("Result", "ResultStatus", "RemoteException", "rebuild_exception")),
    ("builtins", "MemoryError"),
}
# A message has a few bytes around the reply.
MOST_AROUND = 4096


class Garbled(OSError):
    """What came through the channel is no message of Pebble's."""


class ChannelEnd(Connection):
    """An end of a pipe in this process; in the worker it becomes an ordinary one. `garbled` is told of what is none."""

    def __init__(self, descriptor: int, garbled: Callable[[], None], given_up: threading.Event, **which: bool) -> None:
        super().__init__(descriptor, **which)
        self._garbled = garbled
        self._given_up = given_up

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (reduction.DupFd(self.fileno()), self.readable, self.writable)

    def recv(self) -> Any:
        """A message of Pebble's. Raises OSError where there is something else, and where the worker is given up."""
        try:
            return _message(self.recv_bytes(MOST_BYTES + MOST_AROUND))
        except Exception as error:
            if not self._given_up.is_set():
                self._garbled()
            raise Garbled(str(error)) from error

    def _recv(self, size: int, read: Callable[[int, int], bytes] = os.read) -> io.BytesIO:
        # What announces more than it has would be waited for, also when its process has gone: this one has the other
        # end open, too.
        content = io.BytesIO()
        descriptor = self.fileno()
        ready = select.poll()
        ready.register(descriptor, select.POLLIN)
        while (left := size - content.tell()) > 0:
            if self._given_up.is_set():
                raise OSError("the worker is given up")
            if ready.poll(POLL_SECONDS * 1000):
                content.write(read(descriptor, min(left, 2**20)))
        return content


def _received(duplicate: Any, readable: bool, writable: bool) -> Connection:
    return Connection(out_of_reach(duplicate.detach()), readable, writable)


def _message(content: bytes) -> Any:
    message = _Unpickler(io.BytesIO(content)).load()
    if isinstance(message, Acknowledgement):
        whole = type(message.worker) is int and type(message.task) is int
    else:
        whole = isinstance(message, TaskResult) and type(message.task) is int and _is_result(message.result)
    if not whole:
        raise Garbled("no message")
    return message


def _is_result(result: object) -> bool:
    return (
        isinstance(result, Result)
        and isinstance(result.status, ResultStatus)
        and isinstance(result.value, bytes | MemoryError)
        and (result.status is ResultStatus.SUCCESS) is isinstance(result.value, bytes)
    )


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in MESSAGES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is in no message")
