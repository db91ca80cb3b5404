"""The parent's side of a worker process, which Pebble keeps: started when it is needed, replaced when it has to be."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool

from convcheck.checking.watch import watchers
from convcheck.running.failures import (
    DUMP_LIMIT,
    channel_broken,
    location_in_dump,
    not_plain,
    out_of_memory,
    process_ended,
    timed_out,
)
from convcheck.running.interrupts import POLL_SECONDS
from convcheck.running.message import Failure, NotPlain, Reply, unpacked
from convcheck.running.worker.capture import CapturedOutput, WorkerFile
from convcheck.running.worker.child import Conditions, perform, prepare
from convcheck.running.worker.process import WorkerContext
from convcheck.running.worker.progress import ProgressReader

# Seconds that a worker with a time limit may take to start, on a busy machine; and between two looks whether it has.
START_SECONDS = 60.0
START_POLL_SECONDS = 0.005


LOST = "a worker process could not be started, twice"


@dataclass(frozen=True)
class CallResult:
    """The reply to one call, and what was printed meanwhile."""

    reply: Reply
    output: str


class WorkerLost(Exception):
    """Two workers in a row could not be started, or were gone before they had begun."""


class WorkerHandle:
    """Runs calls one after the other in a worker process. For one thread; `stop` must be called at the end.

    `timeout`: seconds for one call, None for as long as it takes. `own_code`: what is called may run code of somebody's
    own. `abort` may be called from another thread.
    """

    def __init__(self, timeout: float | None, memory: int | None, *, own_code: bool = True) -> None:
        self._output = CapturedOutput()
        self._dump = WorkerFile()
        self._progress = ProgressReader()
        files = self._output.file, self._dump, self._progress.file
        self._conditions = Conditions(timeout, memory, own_code, *files)
        # Pebble's classes carry few annotations: from here on they are Any.
        self._pool: Any = None
        self._context = WorkerContext()
        self._aborted = False
        self._replacing = threading.Lock()

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], place: str = "") -> CallResult:
        """`function(*arguments)` in the worker; `place` is the source whose code that runs. Raises WorkerLost."""
        if self._aborted:
            raise WorkerLost
        try:
            reply = self._attempt(function, arguments, place) or self._attempt(function, arguments, place)
        except BaseException:
            self.discard()
            raise
        if reply is None:
            raise WorkerLost
        if reply.end_process:
            self.discard()
        return CallResult(reply, self._output.take())

    def discard(self) -> None:
        """End the worker, and all that code in it has started. The next call starts another."""
        pool, self._pool = self._pool, None
        if pool is not None:
            # First of all, and before Pebble closes its channel: a worker that is just starting would complain.
            self._context.close()
            pool.stop()
            # A KeyboardInterrupt that strikes within Queue.put can leave a waiter behind that has gone, and that takes
            # the one wake-up which `join` has for Pebble's thread: here is another one.
            pool._context.task_queue.put(None)
            pool.join()

    def stop(self) -> None:
        """As `discard`, for good."""
        self.discard()
        self._output.file.close()
        self._dump.close()
        self._progress.close()

    def abort(self) -> None:
        """End the worker in the middle of whatever it does. The call under way fails; later ones raise WorkerLost."""
        with self._replacing:
            self._aborted = True
            self._context.close()

    def _attempt(self, function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> Reply | None:
        """The reply, or None if the worker was lost before it could begin."""
        self._dump.cut(0)
        self._progress.begin()
        try:
            if self._pool is None:
                self._pool = self._new_pool()
            future = self._pool.schedule(perform, args=(function, arguments, place))
            self._await(future)
            return unpacked(future.result(timeout=0))
        except TimeoutError:
            return self._cut_short(timed_out(self._conditions.timeout or 0.0, self._location()))
        except ProcessExpired as error:
            return self._cut_short(process_ended(error.exitcode, self._location()))
        except MemoryError:
            return self._cut_short(out_of_memory(self._conditions.memory))
        except NotPlain as error:
            return Reply(error=not_plain(str(error)), end_process=True)
        except (BrokenProcessPool, CancelledError, RuntimeError):
            # A worker that goes between two calls leaves Pebble's pool unusable.
            garbled = self._context.garbled
            self.discard()
            return self._cut_short(channel_broken()) if garbled else None

    def _new_pool(self) -> Any:
        with self._replacing:
            self._context = WorkerContext()
            if self._aborted:
                self._context.close()
        context: Any = self._context
        return ProcessPool(1, initializer=prepare, initargs=[self._conditions], context=context)

    def _await(self, future: Any) -> None:
        """Raises TimeoutError, and BrokenProcessPool. Pebble's own time limits go by a clock that may be set."""
        timeout = self._conditions.timeout
        self._wait(future, None if timeout is None else START_SECONDS, lambda: future.done() or future.running())
        if not future.done() and not future.running():
            raise BrokenProcessPool
        self._wait(future, timeout, future.done)
        if not future.done():
            # At once: it may just be going on after all.
            self.discard()
            raise TimeoutError

    def _wait(self, future: Any, seconds: float | None, reached: Callable[[], bool]) -> None:
        """Until the future is done, the state is reached or, where there is a time limit, the seconds are over."""
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        while not reached() and (left := deadline - time.monotonic()) > 0:
            poll = POLL_SECONDS if future.running() else START_POLL_SECONDS
            if not wait([future], min(poll, left)).done:
                self._look()

    def _look(self) -> None:
        """What is to be seen to while a call is under way. Raises BrokenProcessPool."""
        self._output.trim()
        self._dump.cut(DUMP_LIMIT)
        if watching := watchers():
            evaluations = self._progress.read().evaluations
            for watcher in watching:
                watcher.evaluated(evaluations)
        if not self._pool.active:
            raise BrokenProcessPool

    def _cut_short(self, failure: Failure) -> Reply:
        """What the code did instead of returning, with what was found until then."""
        evaluations, result = self._progress.read()
        found = result and result._replace(forward_evaluations=evaluations)
        return Reply(found, failure, end_process=True)

    def _location(self) -> str:
        return location_in_dump(self._dump.take(DUMP_LIMIT))
