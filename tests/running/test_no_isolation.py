"""`--no-isolation`: the same results in this process, which stays as it was."""

import os
import random
import sys

import numpy as np
import pytest

from convcheck.running.no_isolation import NoIsolation
from convcheck.running.worker.isolation import Isolation
from tests.running.code import BAD, FOUND, GOOD, SETTINGS, source, timeless


def test_the_results_are_those_of_a_worker(tmp_path):
    code = source(tmp_path, "x *= np.random.rand()")
    with Isolation() as isolation, NoIsolation() as here:
        for check in (GOOD, BAD):
            assert timeless(isolation.run(check, code, FOUND, SETTINGS)) == timeless(
                here.run(check, code, FOUND, SETTINGS)
            )
        assert isolation.survey(code) == here.survey(code)


def test_what_it_prints_goes_to_standard_error(tmp_path, capsys):
    code = source(tmp_path, "print('seen')")
    with NoIsolation() as here:
        assert here.run(BAD, code, FOUND, SETTINGS).output == ""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("seen\n")


def test_the_process_stays_as_it_was(tmp_path):
    text = "os.chdir('/'); np.seterr(all='raise'); np.random.seed(1); random.seed(1); sys.path.clear(); os.umask(0)"
    before = state()
    with NoIsolation() as here:
        here.run(BAD, source(tmp_path, text), FOUND, SETTINGS)
    assert state() == before


def state():
    mask = os.umask(0o22)
    os.umask(mask)
    numbers = (random.getstate(), np.random.get_state()[1].tolist())
    return os.getcwd(), np.geterr(), numbers, list(sys.path), mask, dict(os.environ), "layers" in sys.modules


def test_leaving_is_a_result_but_an_interruption_is_the_persons_own(tmp_path):
    with NoIsolation() as here:
        assert here.run(BAD, source(tmp_path, "sys.exit(0)"), FOUND, SETTINGS).result.status == "error"
        with pytest.raises(KeyboardInterrupt):
            here.run(BAD, source(tmp_path, "raise KeyboardInterrupt"), FOUND, SETTINGS)
