"""A few of the pairs that `python -m tests.fuzz.signals` draws any number of."""

import sys
from signal import SIGHUP, SIGINT, SIGTERM

import pytest

from tests.fuzz.signals import RUNS, Pair, pairs, problems

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.mark.parametrize(
    "pair",
    [
        Pair(RUNS[0], SIGINT, SIGHUP, 0.8, 0.0),
        Pair(RUNS[1], SIGTERM, SIGINT, 1.0, 0.1),
        Pair(RUNS[3], SIGINT, SIGTERM, 1.5, 0.0),
    ],
)
def test_two_signals_end_a_run_at_once_with_its_report_and_leave_nothing(pair: Pair) -> None:
    assert problems(pair) == []


def test_the_same_seed_draws_the_same_pairs() -> None:
    assert list(pairs(5, 1)) == list(pairs(5, 1)) != list(pairs(5, 2))
