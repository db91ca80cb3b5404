"""The parts of a run, put together; none of its shards may be missing.

Covers reports/stored/shards.py as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import Any

import jsonschema
import pytest

from convcheck.checking.result import Result
from convcheck.reports.report import Invalid, RunEnd
from convcheck.reports.stored.diff import compare_documents
from convcheck.reports.stored.document import read_document
from convcheck.reports.stored.merge import merge
from tests.reports.documents import document, merged_text
from tests.reports.hostile import ALL, ENDINGS, SKIPPED, WARNED
from tests.reports.rendering import render
from tests.reports.samples import FAILED, PASSED, UNDECIDED

SCHEMA = json.loads(files("convcheck.reports").joinpath("report.schema.json").read_text("utf-8"))


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    found = merge([(f"{number}.json", part) for number, part in enumerate(parts, start=1)])
    jsonschema.validate(found, SCHEMA, jsonschema.Draft7Validator)
    assert read_document(merged_text(found), "all.json") == found
    return found


@pytest.mark.parametrize("cuts", [(0,), (3,), (1, 2), (5, 5), (len(ALL),)])
def test_the_parts_make_the_whole(cuts: Sequence[int]) -> None:
    ends = [0, *cuts, len(ALL)]
    parts = [ALL[a:b] for a, b in pairwise(ends)]
    whole = render(ALL, name="json", ending=ENDINGS["errors"])
    assert merged_text(merged(*(document(*part, ending=ENDINGS["errors"]) for part in parts))) == whole


def test_one_part_is_the_whole() -> None:
    one = document(*ALL, ending=ENDINGS["interrupted"])
    assert merged(one) == one


def test_what_was_not_run_is_added_up_and_what_was_skipped_not_counted_twice() -> None:
    parts = (document(PASSED, SKIPPED, ending=RunEnd(not_run=2)), document(FAILED, WARNED, ending=RunEnd(not_run=1)))
    counts = {"checks": 7, "pass": 2, "fail": 1, "undecided": 0, "error": 0, "skipped": 1, "not_run": 3, "warnings": 1}
    assert merged(*parts)["summary"] == counts
    # So had an older convcheck, which counted them as skipped.
    older = [
        {**part, "summary": {**part["summary"], "skipped": planned}}
        for part, planned in zip(parts, (3, 1), strict=True)
    ]
    for part in older:
        del part["summary"]["not_run"]
    assert merged(*older)["summary"] == counts


def test_an_end_before_its_time_is_not_lost() -> None:
    well, cut = document(PASSED), document(FAILED, ending=ENDINGS["interrupted"])
    assert merged(well, cut)["interrupted"] is True
    assert merged(well, document(FAILED, ending=ENDINGS["fault"]))["fault"] is True
    assert "fault" not in merged(well, document(FAILED))


def test_the_same_mistake_in_each_part_is_one() -> None:
    bad, worse = Invalid("bad", "a.yaml", 3, 5), Invalid("worse", "b.yaml", 1, 1)
    parts = document(PASSED, ending=RunEnd(errors=(bad,))), document(FAILED, ending=RunEnd(errors=(bad, worse)))
    assert [error["message"] for error in merged(*parts)["errors"]] == ["bad", "worse"]


def test_times_are_of_the_longest() -> None:
    parts = document(PASSED, ending=RunEnd(seconds=2.0)), document(FAILED, ending=RunEnd(seconds=7.0))
    assert merged(*parts)["seconds"] == 7.0


def test_what_the_parts_do_not_have_in_common_is_kept_from_each() -> None:
    one, other = (dict(document(each)) for each in (PASSED, FAILED))
    one |= {"arguments": {"jobs": 1, "seed": None}, "environment": {"python": "3.11.7"}, "stubs": ["a", "b"]}
    other |= {"arguments": {"jobs": 2, "seed": None}, "environment": {"python": "3.12.1"}, "stubs": ["b", "c"]}
    for part in (one, other):
        part["environment"] = {"numpy": "2.4.6", "platform": "Linux", **part["environment"]}
    found = merged(one, other)
    assert found["arguments"] == {"jobs": [1, 2], "seed": None}
    assert found["environment"] == {"numpy": "2.4.6", "platform": "Linux", "python": "3.11.7, 3.12.1"}
    assert found["stubs"] == ["a", "b", "c"]


def test_a_check_in_two_parts_is_refused() -> None:
    with pytest.raises(ValueError) as refused:
        merged(document(PASSED, FAILED), document(UNDECIDED, FAILED))
    assert str(refused.value) == (
        f"these are not the parts of one run:\n{FAILED.id} (naive) is in 1.json and in 2.json"
    )


def test_of_many_in_two_parts_the_first_are_named() -> None:
    part = document(*(PASSED._replace(id=f"c{number}\x1b") for number in range(9)))
    with pytest.raises(ValueError, match=r"c4\\x1b \(naive\) is in 1.json and in 2.json\nand 4 more$"):
        merged(part, part)


def test_the_same_check_of_two_implementations_is_no_overlap() -> None:
    other: Result = PASSED._replace(implementation="vectorized")
    assert merged(document(PASSED), document(other))["summary"]["checks"] == 2
    # Within one part it stands as often as it was run.
    assert merged(document(PASSED, PASSED))["summary"]["checks"] == 2


def shard(number: int, of: int, **arguments: object) -> Mapping[str, Any]:
    """The report of a shard, with one check of its own for each of its arguments."""
    one = document(PASSED._replace(id=f"c{number}/{of} {arguments}"))
    return {**one, "arguments": {"shard": {"number": number, "of": of}, **arguments}}


def test_all_shards_make_a_run_that_is_no_shard() -> None:
    assert merged(*(shard(number, 3) for number in (2, 1, 3)))["arguments"] == {"shard": None}
    assert merged(shard(1, 1), document(PASSED))["summary"]["checks"] == 2
    # Those of two runs, side by side.
    both = [shard(number, 2, implementation=name) for name in ("naive", "vectorized") for number in (1, 2)]
    assert merged(*both)["summary"]["checks"] == 4


def test_what_an_older_convcheck_wrote_is_read_whatever_it_called_the_schemes() -> None:
    older, newer = shard(1, 2, scheme="groups"), shard(2, 2, scheme="entries")
    for check in older["checks"]:
        check["scheme"] = "groups"
        for tensor in check["tensors"]:
            del tensor["sees"]
    found = merge([("older.json", older), ("newer.json", newer)])
    assert [check["scheme"] for check in found["checks"]] == ["groups", newer["checks"][0]["scheme"]]
    assert read_document(merged_text(found), "all.json") == found
    assert compare_documents(older, document(PASSED._replace(id=older["checks"][0]["id"], scheme="entries"))).same == 1


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            [shard(1, 3), shard(3, 3)],
            "shard 2/3 is missing: expected the reports of all 3, received 1/3 (1.json) and 3/3 (2.json)",
        ),
        ([shard(2, 3)], "shards 1/3 and 3/3 are missing: expected the reports of all 3, received 2/3 (1.json)"),
        (
            [shard(1, 2), shard(2, 3)],
            "1.json and 2.json are shards of different runs: number of shards is 2 and 3\n"
            "shard 2/2 is missing: expected the reports of all 2, received 1/2 (1.json)\n"
            "shards 1/3 and 3/3 are missing: expected the reports of all 3, received 2/3 (2.json)",
        ),
        (
            [shard(1, 2, specs=["a"]), shard(2, 2, specs=["b"])],
            '1.json and 2.json are shards of different runs: specs is ["a"] and ["b"]\n'
            "shard 2/2 is missing: expected the reports of all 2, received 1/2 (1.json)\n"
            "shard 1/2 is missing: expected the reports of all 2, received 2/2 (2.json)",
        ),
        (
            [shard(1, 2), shard(2, 2), shard(2, 2, format="json")],
            "shard 2/2 is there 2 times, in 2.json and 3.json: name each report once",
        ),
    ],
)
def test_a_shard_that_is_missing_or_there_twice_is_refused(parts: list[Mapping[str, Any]], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        merged(*parts)
    assert str(refused.value) == message


def test_a_list_of_shards_that_were_merged_before_counts_each() -> None:
    together = {**document(PASSED), "arguments": {"shard": [{"number": 1, "of": 3}, {"number": 3, "of": 3}]}}
    with pytest.raises(ValueError, match="shard 2/3 is missing"):
        merged(together)
    assert merged(together, shard(2, 3))["arguments"]["shard"] is None
