"""The scheduler of a cluster: reached, given tasks, and left."""

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

from convcheck.running.cluster.dask_task import work

# Seconds: to find the scheduler; between two looks at what goes on; between two questions after its workers; without
# any of them.
CONNECT = 10
LOOK = 0.25
ASK = 2.0
PATIENCE = 60.0


class Cluster:
    """A connection to the Dask scheduler at `address`, tcp://HOST:PORT. To be entered, which raises ClusterTrouble.

    Every method may be called from any thread. On leaving, what is still being run is given up.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        # Dask's classes are Any to us.
        self._client: Any = None
        self._stopped = threading.Event()
        self._asking = threading.Lock()
        self._asked = 0.0
        self._seen = 0.0

    def __enter__(self) -> Cluster:
        try:
            import distributed  # noqa: PLC0415
        except ImportError as error:
            what = f"--cluster needs Dask, which cannot be imported ({error})"
            raise ClusterTrouble(f"{what}: python -m pip install 'convcheck[dask]'") from error
        _silence()
        self._client = _within(
            CONNECT, lambda: distributed.Client(self.address, timeout=CONNECT, set_as_default=False, name="convcheck")
        )
        if self._client is None:
            raise ClusterTrouble(
                f"no Dask scheduler answers at {self.address}: expected the address that `dask scheduler` says when it "
                "starts, and that is reached from here"
            )
        self._seen = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        with suppress(Exception):
            self._client.close(timeout=2)

    def threads(self) -> int:
        """How many tasks it can do at the same time, as it is now."""
        with suppress(Exception):
            return sum(self._client.nthreads().values())
        return 0

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopped.set()

    def perform(self, parcel: bytes) -> bytes:
        """`task.work` of this parcel, on some worker. Raises WorkersLost and ClusterTrouble."""
        from distributed import KilledWorker  # noqa: PLC0415

        try:
            return self._awaited(self._client.submit(work, parcel, pure=False))
        except KilledWorker as error:
            raise WorkersLost from error
        except (CancelledError, OSError) as error:
            raise ClusterTrouble(f"the cluster at {self.address} is gone: its scheduler answers no more") from error
        except ClusterTrouble:
            raise
        except Exception as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise ClusterTrouble(
                f"the cluster at {self.address} could not run a check: {why}; its scheduler and its workers need "
                "convcheck installed, as it is here"
            ) from error

    def _awaited(self, future: Any) -> bytes:
        while True:
            try:
                answer: bytes = future.result(timeout=LOOK)
                return answer
            except TimeoutError:
                if self._stopped.is_set():
                    raise CancelledError from None
                self._require_workers()

    def _require_workers(self) -> None:
        """Raises ClusterTrouble when there have been none for a while."""
        with self._asking:
            now = time.monotonic()
            if now - self._asked > ASK:
                self._asked = now
                if self.threads():
                    self._seen = time.monotonic()
            if now - self._seen > PATIENCE:
                raise ClusterTrouble(
                    f"the cluster at {self.address} has had no worker for {PATIENCE:.0f} s: "
                    f"`dask worker {self.address}` starts one"
                )


def _silence() -> None:
    """What Dask would write to standard error is said by a ClusterTrouble, once, and in one line."""
    for name in tuple(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _within(seconds: float, connect: Callable[[], Any]) -> Any:
    """What `connect` returns; None if it fails, or takes longer: what listens there may say nothing."""
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


class ClusterTrouble(Exception):
    """The cluster cannot be reached, or not be used. The text says what was expected and what to do."""


class WorkersLost(Exception):
    """Several workers, one after the other, were gone while they had this to do."""
