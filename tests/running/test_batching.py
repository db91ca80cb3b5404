"""When workers are worth starting, and how many jobs are sent to one at once."""

import pytest

from convcheck.running.batching import CLUSTER, LOCAL, Batching
from convcheck.running.job import Job
from tests.running.code import GOOD, relu, source

SMALL, LARGE = Job(GOOD), Job(relu(200, 500))


def measured(seconds: float, limits=LOCAL) -> Batching:
    """After three checks that took so long each."""
    batching = Batching(limits)
    for _ in range(3):
        batching.add(SMALL, seconds)
    return batching


@pytest.mark.parametrize(("remaining", "cost", "worth"), [(100, 1.0, True), (100, 10.0, False), (1, 0.0, False)])
def test_workers_are_worth_starting_for_more_work_than_they_cost(remaining, cost, worth):
    assert measured(0.1).worth_starting(remaining, 2, cost) is worth


def test_before_a_check_is_done_nothing_is_known():
    assert not Batching().worth_starting(1000, 2, 0.0)
    assert Batching().size([SMALL] * 9, 0, 5) == 1


def test_one_slow_check_is_enough_to_know_that_it_is_worth_it():
    batching = Batching()
    batching.add(SMALL, 0.5)
    assert not batching.worth_starting(1000, 2, 1.0)
    batching.add(SMALL, 0.6)
    assert batching.worth_starting(1000, 2, 1.0)


@pytest.mark.parametrize(("seconds", "share", "size"), [(0.0, 5, 5), (0.0, 500, 64), (0.3, 5, 2), (9.0, 5, 1)])
def test_a_batch_is_a_share_of_the_jobs_as_long_as_it_is_expected_to_be_short(seconds, share, size):
    assert measured(seconds).size([SMALL] * 1000, 0, share) == size


def test_a_batch_ends_with_the_jobs():
    assert measured(0.0).size([SMALL] * 10, 7, 5) == 3


def test_a_larger_check_is_expected_to_take_longer():
    assert measured(0.01).size([SMALL] * 9, 0, 9) == 9
    assert measured(0.01).size([LARGE] * 9, 0, 9) == 1


def test_on_this_machine_somebodys_own_code_is_sent_by_itself(tmp_path):
    own = Job(GOOD, source(tmp_path))
    assert measured(0.0).size([own, own, SMALL], 0, 3) == 1
    assert measured(0.0).size([SMALL, SMALL, own], 0, 3) == 2
    assert measured(0.0, CLUSTER).size([own, SMALL, own], 0, 3) == 3


def test_on_a_cluster_a_small_share_is_made_larger():
    assert measured(0.0, CLUSTER).size([SMALL] * 1000, 0, 1) == 16
