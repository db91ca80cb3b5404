"""The smallest sizes at which code still fails are found in a few tries, and fail."""

from hypothesis import given
from hypothesis import strategies as st

from convcheck.diagnosis.shrink import MOST_TRIED, MOST_WORK, shrunk, work

SIZES = {"N": 2, "C": 3, "H": 9, "W": 7, "F": 4, "H1": 3, "W1": 2, "stride": 2, "pad": 1, "dtype": "float64"}
LEAST = {"N": 1, "C": 1, "H": 1, "W": 1, "F": 1, "H1": 1, "W1": 1, "stride": 1, "pad": 0, "dtype": "float64"}


def possible(sizes):
    return sizes["H"] + 2 * sizes["pad"] >= sizes["H1"] and sizes["W"] + 2 * sizes["pad"] >= sizes["W1"]


def test_what_always_fails_does_so_at_the_least_sizes():
    assert shrunk(SIZES, lambda sizes: True, possible) == LEAST


def test_what_it_takes_to_fail_is_left():
    assert shrunk(SIZES, lambda sizes: sizes["stride"] > 1 and sizes["C"] > 1, possible) == {
        **LEAST, "stride": 2, "C": 2,
    }  # fmt: skip
    assert shrunk({"shape": (4, 5), "mode": "test"}, lambda sizes: sizes["shape"][1] > 2, lambda sizes: True) == {
        "shape": (1, 3), "mode": "test",
    }  # fmt: skip


@given(st.fixed_dictionaries({name: st.integers(1, 9) for name in ("N", "C", "H", "W", "F")}), st.randoms())
def test_no_more_checks_are_made_than_are_allowed_and_the_last_one_fails(sizes, random):
    told, tried = {tuple(sizes.values()): True}, []

    def fails(candidate):
        tried.append(candidate)
        return told.setdefault(tuple(candidate.values()), random.random() < 0.5)

    found = shrunk(sizes, fails, lambda candidate: True)
    assert told[tuple(found.values())]
    assert len(tried) <= MOST_TRIED
    assert all(found[name] <= size for name, size in sizes.items())


def test_no_large_check_is_made():
    large, tried = {**SIZES, "N": 64, "C": 128, "H": 224, "W": 224, "F": 256}, []

    def fails(sizes):
        tried.append(work(sizes))
        return sizes["stride"] > 1

    assert shrunk(large, fails, possible) == {**LEAST, "stride": 2}
    assert max(tried) <= MOST_WORK
    tried.clear()
    assert shrunk(large, lambda sizes: bool(tried.append(work(sizes))), possible) == large
    assert len(tried) == 1
    assert tried[0] <= MOST_WORK
