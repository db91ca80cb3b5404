"""A fault of convcheck is never put down to the code under test, nor the other way round."""

import numpy as np
import pytest

from convcheck.checking import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.running import no_isolation
from convcheck.running.blame import blame
from convcheck.running.message import Failure, Fault, packed
from convcheck.running.worker import isolation
from tests.running.code import FOUND, GOOD, SETTINGS, source


@pytest.mark.parametrize("module", [isolation, no_isolation])
def test_a_fault_of_ours_comes_back_with_the_traceback(module, tmp_path, monkeypatch):
    # Something that is ours alone, and cannot be done.
    monkeypatch.setattr(run_source if module is isolation else module, "run_source", packed)
    kind = module.Isolation if module is isolation else module.NoIsolation
    with kind() as running:
        ran = running.run(GOOD, source(tmp_path), FOUND, SETTINGS)
    assert "TypeError: packed() takes 1 positional argument" in ran.fault.text
    assert "Traceback (most recent call last)" in ran.fault.trace
    assert (ran.result.status, [finding.code for finding in ran.result.findings]) == ("error", ["fault"])


def raised(call):
    try:
        call()
    except BaseException as error:
        return error


def test_each_kind_of_ending_has_its_code():
    def leave():
        raise SystemExit(4)

    assert blame(raised(leave)).code == "exited"
    assert blame(MemoryError()).code == "out-of-memory"
    assert blame(CannotOpen("there is no such file")) == Failure("cannot-open", "there is no such file")
    assert blame(raised(lambda: 1 / 0)).code == "raised"
    assert isinstance(blame(raised(lambda: np.linalg.inv("no")).with_traceback(None)), Fault)


def test_what_it_replaced_is_named():
    error = TypeError("'NoneType' object is not callable")
    assert "replaced numpy.dot" in blame(error, ["numpy.dot"]).message
    assert isinstance(blame(FloatingPointError("overflow")), Failure)
