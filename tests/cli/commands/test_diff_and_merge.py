"""`convcheck diff` and `convcheck merge`, on reports of real runs.

Covers cli/commands/diff.py and cli/commands/merge.py as well.
"""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from convcheck.cli.process import run_process
from tests.cli.calling import Caller
from tests.cli.conftest import INVALID, RELU, WRONG


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of one run each."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in (("good", RELU), ("wrong", WRONG), ("invalid", INVALID)):
        (folder / f"{name}.yaml").write_text(text)
    with chdir(folder):
        for name in ("good", "wrong", "invalid", "both"):
            specs = ("good.yaml", "wrong.yaml") if name == "both" else (f"{name}.yaml",)
            run_process(["run", *specs, "--format", "json", "-o", f"{name}.json", "-q"])
    return folder


@pytest.fixture
def reports(call: Caller, made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)


@pytest.mark.usefixtures("reports")
def test_diff_says_what_got_worse(call: Caller) -> None:
    same = call("diff", "both.json", "both.json")
    assert (same.code, same.out, same.err) == (0, "not worse: 2 unchanged\n", "")
    worse = call("diff", "good.json", "both.json")
    assert worse.code == 1
    assert worse.out.startswith("new\n  wrong.yaml::spatial_batchnorm (reshape_without_swap)  fail\n")
    assert call("diff", "both.json", "good.json").code == 1
    assert call("diff", "wrong.json", "wrong.json").code == 0


@pytest.mark.usefixtures("reports")
def test_merge_is_the_run_in_one(call: Caller) -> None:
    called = call("merge", "good.json", "wrong.json", "-o", "all.json")
    assert (called.code, called.out) == (1, "")
    assert called.err == "convcheck: 2 checks: 1 pass, 1 fail; the report is in all.json\n"
    assert call("diff", "all.json", "both.json").code == 0
    assert json.loads(call("merge", "good.json").out) == json.loads(Path("good.json").read_text())


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize(
    ("parts", "code"), [(["good"], 0), (["wrong"], 1), (["good", "wrong"], 1), (["good", "invalid"], 2)]
)
def test_merge_exits_as_the_run_would_have(call: Caller, parts: list[str], code: int) -> None:
    called = call("merge", *(f"{part}.json" for part in parts))
    assert called.code == code
    assert called.code == call("run", *(f"{part}.yaml" for part in parts)).code


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, 0), ({"interrupted": True}, 130), ({"fault": True}, 3), ({"checks": []}, 5)],
)
@pytest.mark.usefixtures("reports")
def test_merge_knows_how_a_part_ended(call: Caller, changes: dict[str, object], code: int) -> None:
    document = json.loads(Path("good.json").read_text())
    if "checks" in changes:
        document["summary"] |= {"checks": 0, "pass": 0}
    Path("part.json").write_text(json.dumps(document | changes))
    assert call("merge", "part.json").code == code


@pytest.mark.usefixtures("reports")
def test_code_that_declined_all_it_was_asked_for_is_no_pass_in_the_merged_report_either(call: Caller) -> None:
    document = json.loads(Path("good.json").read_text())
    untested = {"code": "untested", "severity": "note", "message": "not seen", "tensor": None, "hint": None}
    skipped = document["checks"][0] | {"status": "skipped", "implementation": "f", "findings": [untested]}
    document["summary"] |= {"checks": 2, "skipped": 1}
    Path("part.json").write_text(json.dumps(document | {"checks": [*document["checks"], skipped]}))
    assert call("merge", "part.json").code == 1


@pytest.mark.usefixtures("reports")
def test_no_part_is_replaced_by_the_whole(call: Caller) -> None:
    before = Path("good.json").read_text()
    called = call("merge", "good.json", "wrong.json", "-o", "./good.json")
    assert (called.code, called.out) == (2, "")
    assert "'./good.json' is read in this run" in called.err
    assert Path("good.json").read_text() == before


@pytest.mark.usefixtures("reports")
def test_what_is_no_report_is_wrong_usage(call: Caller, good: Path) -> None:
    spec = good.name
    for arguments in (["diff", "good.json", spec], ["merge", "good.json", spec], ["merge", spec, "-o", "out.json"]):
        called = call(*arguments)
        assert (called.code, called.out) == (2, "")
        assert f"{spec} is not a report of convcheck: it is not JSON" in called.err
    assert not Path("out.json").exists()
    assert "cannot read 'gone.json': No such file" in call("diff", "gone.json", "good.json").err
    Path("latin.json").write_bytes(b'"\xe9"')
    assert "'latin.json' is not a report of convcheck: it is not UTF-8" in call("merge", "latin.json").err
    assert call("merge").code == 2


@pytest.mark.usefixtures("reports")
def test_a_check_in_two_parts_is_wrong_usage(call: Caller) -> None:
    called = call("merge", "good.json", "both.json")
    assert (called.code, called.out) == (2, "")
    assert "is in good.json and in both.json" in called.err


def test_two_shards_of_three_are_wrong_usage(call: Caller, several: Path) -> None:
    parts = [f"part{number}.json" for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        assert call("run", several.name, "--shard", f"{number}/3", "-o", part, "-q").code == 0
    called = call("merge", *parts[:2], "-o", "all.json")
    assert (called.code, Path("all.json").exists()) == (2, False)
    assert "shard 3/3 is missing: expected the reports of all 3, received 1/3 (part1.json) and 2/3" in called.err
    assert "shard 1/3 is there 2 times" in call("merge", parts[0], *parts).err
    assert call("merge", *parts, "-o", "all.json").code == 0
    # What was put together is a run like any other, and can be a part of something else.
    assert call("merge", "all.json").code == 0


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize("name", ["all.html", "all.xml", "all.md"])
def test_what_is_merged_is_json_and_no_file_of_another_name(call: Caller, name: str) -> None:
    called = call("merge", "good.json", "wrong.json", "-o", name)
    assert called.code == 2
    assert f"{name!r}: merge writes JSON: expected a name that ends in .json, received " in called.err
    assert not Path(name).exists()
    assert call("merge", "good.json", "-o", "all").code == 0


@pytest.mark.usefixtures("reports")
def test_a_part_that_has_lost_checks_is_an_error(call: Caller) -> None:
    document = json.loads(Path("both.json").read_text())
    del document["checks"][1]
    Path("cut.json").write_text(json.dumps(document))
    called = call("merge", "cut.json")
    assert (called.code, called.out) == (2, "")
    assert "cut.json counts 2 checks and holds 1: it is not as convcheck wrote it" in called.err


def test_shards_of_different_runs_say_in_what_they_differ(call: Caller, good: Path) -> None:
    for number, seed in ((1, 0), (2, 3)):
        call("run", good.name, "--shard", f"{number}/2", "--seed", str(seed), "-o", f"part{number}.json", "-q")
    called = call("merge", "part1.json", "part2.json")
    assert called.code == 2
    assert "part1.json and part2.json are shards of different runs: seed is 0 and 3\n" in called.err
    assert "shard 2/2 is missing" in called.err
