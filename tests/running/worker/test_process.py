"""However convcheck's own process ends, its workers and all that they started end with it.

Covers process.py, parent_watch.py and leftovers.py; handle.py where a worker goes between two checks.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from convcheck.running.worker import leftovers
from convcheck.running.worker.isolation import Isolation
from tests.running.code import FOUND, GOOD, SETTINGS, left_behind, source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SCRIPT = """
import sys
from pathlib import Path
from convcheck.running.worker.isolation import Isolation
from tests.running.code import BAD, FOUND, GOOD, SETTINGS, source
code = source(Path(sys.argv[1]), sys.argv[2])
with Isolation(timeout=50.0) as isolation:
    print(isolation.run(GOOD, code, FOUND, SETTINGS).result.status, flush=True)
    isolation.run(BAD, code, FOUND, SETTINGS)
"""
BUSY = "subprocess.Popen(['sleep', '1000'], start_new_session=True); ctypes.PyDLL(None).sleep(1000)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it(number, tmp_path):
    # Without a guard for __main__: what a person would write, and no worker may run it again.
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, tmp_path / "script.py", tmp_path, BUSY]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as run:
        mark = f"{run.pid}-"
        assert run.stdout.readline() == b"pass\n"
        # The worker, the process that watches for the end of its parent, and the program.
        wait_for(lambda: len(leftovers.marked(mark)) == 3)
        began = time.monotonic()
        run.send_signal(number)
        run.wait(10)
    wait_for(lambda: leftovers.marked(mark) == [])
    assert time.monotonic() - began < 3


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_worker_that_goes_between_two_checks_is_replaced(tmp_path):
    code = source(tmp_path)
    with Isolation(timeout=20.0) as isolation:
        first = isolation.run(GOOD, code, FOUND, SETTINGS)
        for process in leftovers.marked(f"{os.getpid()}-"):
            os.kill(process, signal.SIGKILL)
        second = isolation.run(GOOD, code, FOUND, SETTINGS)
    assert first.result.status == second.result.status == "pass"
    assert left_behind() == []
