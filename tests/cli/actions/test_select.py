"""`-k` and `--shard`: which checks are run, the same every time. For `--lf` see test_last_failed.py.

Covers cli/options/run.py as well.
"""

from pathlib import Path

import pytest

from tests.cli.actions.test_last_failed import MIXED, document, ids
from tests.cli.actions.test_run import ids as short_ids
from tests.cli.calling import Caller, many


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["small"], ["small"]),
        (["several.yaml::small"], ["small"]),
        (["SMALL"], ["small", "small wide"]),
        (["wide"], ["small wide"]),
        (["other", "small"], ["small", "Other"]),
        (["several"], ["small", "small wide", "Other"]),
    ],
)
def test_k_takes_an_id_or_a_part_of_one(call: Caller, several: Path, keys: list[str], chosen: list[str]) -> None:
    options = [word for key in keys for word in ("-k", key)]
    assert short_ids(call("run", "several.yaml", "--format", "json", *options).out) == chosen


def test_k_that_matches_nothing_says_what_there_is(call: Caller, several: Path) -> None:
    called = call("run", "several.yaml", "-k", "smal wide")
    assert called.code == 5
    assert "-k 'smal wide' matches none of 3 checks; the nearest:\n  several.yaml::small wide" in called.err
    assert "::" not in called.out
    # Beside one that matches it is a mistake: what it was meant to name goes unchecked.
    some = call("run", "several.yaml", "-k", "zzz", "-k", "Other")
    assert some.code == 2
    assert "-k 'zzz' matches none of 3 checks; there are:" in some.err
    assert "1 check: 1 pass, 1 error in specs or options" in some.out


def test_the_only_check_is_named_where_a_key_does_not_match_it(call: Caller, good: Path) -> None:
    assert "-k 'zzz' does not match the only check:\n  good.yaml::relu\n" in call("run", "good.yaml", "-k", "zzz").err


def test_shards_are_the_whole_and_overlap_nowhere(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(many(7))
    whole = ids(call("run", "many.yaml", "--format", "json"))
    parts = [ids(call("run", "many.yaml", "--shard", f"{k}/3", "--format", "json")) for k in (1, 2, 3)]
    assert parts == [whole[0::3], whole[1::3], whole[2::3]]
    assert call("run", "many.yaml", "--shard", "2/3", "--format", "json").code == 0


def test_merging_the_shards_gives_the_whole(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "mixed.yaml").write_text(MIXED)
    whole = call("run", "mixed.yaml", "--format", "json")
    codes = [call("run", "mixed.yaml", "--shard", f"{k}/2", "-o", f"{k}.json").code for k in (1, 2)]
    merged = call("merge", "1.json", "2.json")
    assert codes == [0, 1]
    assert merged.code == whole.code == 1
    assert document(merged)["summary"] == document(whole)["summary"]
    assert sorted(ids(merged)) == sorted(ids(whole))


def test_a_shard_without_a_check(call: Caller, good: Path) -> None:
    called = call("run", good, "--shard", "2/2")
    assert called.code == 5
    assert "shard 2/2 of 1 check is empty" in called.err


@pytest.mark.parametrize("given", ["0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3"])
def test_what_is_no_shard(call: Caller, good: Path, given: str) -> None:
    called = call("run", good, f"--shard={given}")
    assert called.code == 2
    assert "expected K/M with K from 1 to M, e.g. 2/5" in called.err
