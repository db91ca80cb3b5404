"""What may be wrong with a cluster, each said in a sentence. See test_schedule_on_cluster.py for real ones."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

import pytest

from convcheck.running.cluster import connection
from convcheck.running.cluster.connection import Cluster, ClusterError, DaskWorkersLost

distributed = pytest.importorskip("distributed", reason="Dask is an extra")


class Future:
    """Gives its result, or raises it, when it was asked so many times."""

    def __init__(self, result: Any, waits: int = 0) -> None:
        self._result = result
        self._waits = waits

    def result(self, timeout: float) -> Any:
        self._waits -= 1
        if self._waits >= 0:
            raise TimeoutError
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


class Client:
    def __init__(self, future: Future, threads: int = 1) -> None:
        self._future = future
        self._threads = threads

    def submit(self, *_: Any, **__: Any) -> Future:
        return self._future

    def nthreads(self) -> dict[str, int]:
        return {"worker": self._threads} if self._threads else {}


def cluster(result: Any, waits: int = 0, threads: int = 1) -> Cluster:
    made = Cluster("tcp://nowhere:1")
    made._client = Client(Future(result, waits), threads)
    return made


def test_an_answer_is_waited_for() -> None:
    assert cluster(b"answer", waits=3).perform(b"request") == b"answer"
    assert cluster(b"", threads=5).threads() == 5


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CancelledError(), "the cluster at tcp://nowhere:1 is gone: its scheduler answers no more"),
        (OSError("broken pipe"), "is gone"),
        (ValueError("no module\n named convcheck"), "could not run a check: no module named convcheck; its scheduler"),
        (ValueError(), "could not run a check: ValueError; its scheduler and its workers need convcheck installed"),
    ],
)
def test_what_goes_wrong_is_said(error: Exception, said: str) -> None:
    with pytest.raises(ClusterError) as caught:
        cluster(error).perform(b"request")
    assert said in str(caught.value)


def test_workers_that_are_gone_are_told_from_a_cluster_that_is() -> None:
    killed = distributed.KilledWorker("answer", None, 3)
    with pytest.raises(DaskWorkersLost):
        cluster(killed).perform(b"request")


def test_a_cluster_without_workers_is_given_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.time, "monotonic", clock(0.0, 30.0, 61.0))
    with pytest.raises(ClusterError, match=r"has had no worker for 60 s: `dask worker tcp://nowhere:1` starts one"):
        cluster(b"", waits=99, threads=0).perform(b"request")


def clock(*times: float) -> Callable[[], float]:
    left = list(times)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_when_it_is_stopped_nothing_is_waited_for() -> None:
    stopped = cluster(b"", waits=99)
    stopped.stop()
    with pytest.raises(ClusterError):
        stopped.perform(b"request")


@pytest.mark.parametrize(("connect", "made"), [(lambda: 3, 3), (lambda: 1 / 0, None)])
def test_a_connection_that_fails_is_none(connect: Callable[[], Any], made: object) -> None:
    assert connection._within(1.0, connect) == made
