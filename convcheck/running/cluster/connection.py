"""The connection to the scheduler of a Dask cluster, and what may be wrong with the cluster."""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from types import TracebackType
from typing import Any

from convcheck.running.cluster.dask_task import answer_request
from convcheck.running.interrupts import POLL_SECONDS

# Seconds: to find the scheduler; between two questions how many workers it has; without any of them, before giving up.
CONNECT_SECONDS = 10
ASK_SECONDS = 2.0
NO_WORKER_SECONDS = 60.0


class ClusterError(Exception):
    """The cluster cannot be reached, or not be used. The text says what was expected and what to do."""


class DaskWorkersLost(Exception):
    """Several workers, one after the other, were gone while they had this to do."""


class Cluster:
    """A connection to the Dask scheduler at `address`, tcp://HOST:PORT. To be entered, which raises ClusterError.

    Every method may be called from any thread. On leaving, what is still being run is given up.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        # Dask's classes are Any to us.
        self._client: Any = None
        self._stopped = threading.Event()
        self._asking = threading.Lock()
        # When it was last asked for its workers, and when it last had one.
        self._asked = 0.0
        self._had_workers = 0.0

    def __enter__(self) -> Cluster:
        try:
            import distributed
        except ImportError as error:
            what = f"--cluster needs Dask, which cannot be imported ({error})"
            raise ClusterError(f"{what}: python -m pip install 'convcheck[dask]'") from error
        _silence()

        def connect() -> Any:
            return distributed.Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False, name="convcheck")

        self._client = _within(CONNECT_SECONDS, connect)
        if self._client is None:
            raise ClusterError(
                f"no Dask scheduler answers at {self.address}: expected the address that `dask scheduler` says when it "
                "starts, and that is reached from here"
            )
        self._had_workers = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        with suppress(Exception):
            self._client.close(timeout=2)

    def threads(self) -> int:
        """How many tasks it can do at the same time, as it is now; 0 also if that cannot be had."""
        with suppress(Exception):
            return sum(self._client.nthreads().values())
        return 0

    def stop(self) -> None:
        """Wait for nothing any more, until it is resumed."""
        self._stopped.set()

    def resume(self) -> None:
        """Wait again, after a stop that was the end of the jobs before."""
        self._stopped.clear()

    def perform(self, request: bytes) -> bytes:
        """`dask_task.answer_request` of this request, on some worker. Raises DaskWorkersLost and ClusterError."""
        from distributed import KilledWorker

        try:
            return self._awaited(self._client.submit(answer_request, request, pure=False))
        except KilledWorker as error:
            raise DaskWorkersLost from error
        except (CancelledError, OSError) as error:
            raise ClusterError(f"the cluster at {self.address} is gone: its scheduler answers no more") from error
        except ClusterError:
            raise
        except Exception as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise ClusterError(
                f"the cluster at {self.address} could not run a check: {why}; its scheduler and its workers need "
                "convcheck installed, as it is here"
            ) from error

    def _awaited(self, future: Any) -> bytes:
        while True:
            try:
                reply: bytes = future.result(timeout=POLL_SECONDS)
                return reply
            except TimeoutError:
                if self._stopped.is_set():
                    raise CancelledError from None
                self._require_workers()

    def _require_workers(self) -> None:
        """Raises ClusterError when there have been none for a while."""
        with self._asking:
            now = time.monotonic()
            if now - self._asked > ASK_SECONDS:
                self._asked = now
                if self.threads():
                    self._had_workers = time.monotonic()
            if now - self._had_workers > NO_WORKER_SECONDS:
                raise ClusterError(
                    f"the cluster at {self.address} has had no worker for {NO_WORKER_SECONDS:.0f} s: "
                    f"`dask worker {self.address}` starts one"
                )


def _silence() -> None:
    """What Dask would write to standard error is said by a ClusterError, once, and in one line."""
    for name in tuple(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _within(seconds: float, connect: Callable[[], Any]) -> Any:
    """What `connect` returns; None if it fails, or takes longer: what listens there may never answer."""
    made: list[Any] = []

    def attempt() -> None:
        with warnings.catch_warnings(), suppress(Exception):
            # That versions differ is found out where it matters: on each worker.
            warnings.simplefilter("ignore")
            made.append(connect())

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds + 1)
    return made[0] if made else None
