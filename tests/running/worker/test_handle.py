"""The parent's side of a worker: what hangs on clocks, on semaphores and on what comes back."""

import threading
import time
from multiprocessing import synchronize

from convcheck.running.worker.isolation import Isolation
from tests.running.code import BAD, FOUND, GOOD, SETTINGS, left_behind, source


def test_a_clock_that_is_set_meanwhile_makes_no_time_out(tmp_path, monkeypatch):
    now = time.time
    with Isolation(timeout=20.0) as isolation:
        jumping = iter([0.0])
        monkeypatch.setattr(time, "time", lambda: now() + next(jumping, 7200.0))
        ran = isolation.run(BAD, source(tmp_path, "if not KEPT: KEPT.append(time.sleep(1.5))"), FOUND, SETTINGS)
    assert ran.result.status == "pass"


def test_nor_does_one_that_is_put_back_keep_a_check_from_ending(tmp_path, monkeypatch):
    now = time.time
    with Isolation(timeout=0.5) as isolation:
        assert isolation.run(GOOD, source(tmp_path), FOUND, SETTINGS).result.status == "pass"
        monkeypatch.setattr(time, "time", lambda: now() - 7200.0)
        began = time.monotonic()
        ran = isolation.run(BAD, source(tmp_path, "time.sleep(1000)"), FOUND, SETTINGS)
    assert [finding.code for finding in ran.result.findings] == ["timed-out"]
    assert time.monotonic() - began < 10


def test_no_semaphore_is_needed(tmp_path, monkeypatch):
    def refuse(*_arguments, **_keywords):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(synchronize.SemLock, "__init__", refuse)
    with Isolation(timeout=20.0) as isolation:
        assert isolation.run(GOOD, source(tmp_path), FOUND, SETTINGS).result.status == "pass"
    assert left_behind() == []


def test_a_wake_up_that_was_lost_keeps_no_run_from_ending(tmp_path):
    """As a KeyboardInterrupt leaves it that strikes within Queue.put: a waiter that is no longer there."""
    with Isolation(timeout=20.0) as isolation:
        assert isolation.run(GOOD, source(tmp_path), FOUND, SETTINGS).result.status == "pass"
        condition = isolation._worker._pool._context.task_queue.not_empty
        gone = threading.Lock()
        gone.acquire()
        condition._waiters.appendleft(gone)
        ending = threading.Thread(target=isolation._worker.discard, daemon=True)
        ending.start()
        ending.join(20)
        assert not ending.is_alive()
