"""One worker process at a time, kept by Pebble: started when it is needed, replaced when it is spent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool

from convcheck.running.failures import LIMIT, ended, not_plain, out_of_memory, timed_out, whereabouts
from convcheck.running.message import NotPlain, Reply, unpacked
from convcheck.running.worker.capture import Printed, SharedFile
from convcheck.running.worker.child import Conditions, perform, prepare
from convcheck.running.worker.process import WorkerContext

# How often the parent looks after a worker that is busy.
LOOK = 0.25
# What starting a worker, and stopping it, may take on a busy machine before it is given up.
ALLOWANCE = 60.0


@dataclass(frozen=True)
class Answer:
    """The reply to one call, and what was printed meanwhile."""

    reply: Reply
    printed: str


class WorkerLost(Exception):
    """Two workers in a row could not be started, or were gone before they had begun."""


class Lane:
    """Calls run one after the other in a worker process. For one thread; `stop` must be called at the end.

    `timeout`: seconds for one call, None for as long as it takes. `abort` may be called from another thread.
    """

    def __init__(self, timeout: float | None, memory: int | None) -> None:
        self._printed = Printed()
        self._trace = SharedFile()
        self._conditions = Conditions(timeout, memory, self._printed.file, self._trace)
        # Pebble's classes carry few annotations: from here on they are Any.
        self._pool: Any = None
        self._context = WorkerContext()
        self._aborted = False
        self._renewing = threading.Lock()

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], place: str = "") -> Answer:
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
        if reply.spent:
            self.discard()
        return Answer(reply, self._printed.take())

    def discard(self) -> None:
        """End the worker, and all that code in it has started. The next call starts another."""
        pool, self._pool = self._pool, None
        if pool is not None:
            # First of all, and before Pebble closes its channel: a worker that is just starting would complain.
            self._context.close()
            pool.stop()
            pool.join()

    def stop(self) -> None:
        """As `discard`, for good."""
        self.discard()
        self._printed.file.close()
        self._trace.close()

    def abort(self) -> None:
        """End the worker in the middle of whatever it does. Every call raises WorkerLost from then on, or has done."""
        with self._renewing:
            self._aborted = True
            self._context.close()

    def _attempt(self, function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> Reply | None:
        """The reply, or None if the worker was lost before it could begin."""
        self._trace.cut(0)
        try:
            if self._pool is None:
                self._renew()
                self._pool = ProcessPool(1, initializer=prepare, initargs=[self._conditions], context=self._context)
            future = self._pool.schedule(perform, args=(function, arguments, place), timeout=self._conditions.timeout)
            self._await(future)
            return unpacked(future.result(timeout=0))
        except TimeoutError:
            return Reply(trouble=timed_out(self._conditions.timeout or 0.0, self._where()))
        except ProcessExpired as error:
            return Reply(trouble=ended(error.exitcode, self._where()), spent=True)
        except MemoryError:
            return Reply(trouble=out_of_memory(self._conditions.memory), spent=True)
        except NotPlain as error:
            return Reply(trouble=not_plain(str(error)), spent=True)
        except (BrokenProcessPool, CancelledError, RuntimeError):
            # A worker that goes between two calls leaves Pebble's pool unusable.
            self.discard()
            return None

    def _renew(self) -> None:
        with self._renewing:
            self._context = WorkerContext()
            if self._aborted:
                self._context.close()

    def _await(self, future: Any) -> None:
        timeout = self._conditions.timeout
        deadline = float("inf") if timeout is None else time.monotonic() + timeout + ALLOWANCE
        while not wait([future], LOOK).done:
            self._printed.trim()
            if not self._pool.active:
                raise BrokenProcessPool
            if time.monotonic() > deadline:
                # The worker holds what Pebble needs to stop it.
                self.discard()
                raise TimeoutError

    def _where(self) -> str:
        return whereabouts(self._trace.take(LIMIT))
