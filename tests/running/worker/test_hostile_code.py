"""Whatever code under test does costs its own check only. Each of these runs in a real worker process.

Covers isolation.py and handle.py, and what puts things back after a check: restore_state.py and restore_modules.py.

Covers running/worker/handle.py as well.
"""

import os
import sys
import time

import pytest

from convcheck.running.no_isolation import NoIsolation
from convcheck.running.worker import leftovers
from convcheck.running.worker.isolation import Isolation
from tests.running.code import BAD, FOUND, GOOD, OTHER, SETTINGS, left_behind, source, timeless
from tests.running.programs import PROGRAMS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """What the checks after it must find, to the last bit: the last of them is what the next program comes after."""
    code = source(tmp_path_factory.mktemp("right"))
    with NoIsolation() as here:
        results = {check: timeless(here.run(check, code, FOUND, SETTINGS)) for check in (GOOD, OTHER)}
    assert {result.status for result in results.values()} == {"pass"}
    return results


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("code")


@pytest.fixture(scope="module")
def isolation():
    """One for all programs, each in the same file: whoever leaves its worker whole leaves it to the next."""
    with Isolation(timeout=1.0) as made:
        yield made
    assert left_behind() == []


def nothing_but_the_worker():
    """Whether of all that was started no more is left than the worker and what watches it; after a moment to go."""
    for _ in range(40):
        if len(leftovers.marked(f"{os.getpid()}-")) <= 2:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_costs_its_own_check_only(name, folder, isolation, right):
    program = PROGRAMS[name]
    code = source(folder, program.text)
    ran = isolation.run(BAD, code, FOUND, SETTINGS)
    after = [isolation.run(check, code, FOUND, SETTINGS) for check in (OTHER, GOOD)]
    assert ran.result.status == program.status, ran
    assert tuple(finding.code for finding in ran.result.findings) == program.findings
    assert program.says in "".join(finding.message for finding in ran.result.findings)
    assert len(ran.output) < 70_000
    assert [timeless(again) for again in after] == [right[OTHER], right[GOOD]]
    assert nothing_but_the_worker()
