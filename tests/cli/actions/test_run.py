"""`convcheck run`: what is chosen, what is changed, what is said.

Covers actions/run.py, actions/execute.py and options/selection.py; for what stops a run see test_execute_faults.py and
test_execute_interrupt.py.

Covers cli/commands/run.py and cli/options/selection.py as well.
"""

import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.calling import Caller, many, process
from tests.cli.conftest import WRONG
from tests.reports.test_json import SCHEMA


def report(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text)
    jsonschema.validate(loaded, SCHEMA, jsonschema.Draft7Validator)
    return loaded


def ids(text: str) -> list[str]:
    return [check["id"].rpartition("::")[2] for check in report(text)["checks"]]


def test_a_good_spec_passes(call: Caller, good: Path) -> None:
    called = call("run", "good.yaml")
    assert called.code == 0
    assert called.out.startswith("pass  good.yaml::relu\n")
    assert "exact" in called.out
    assert "1 check: 1 pass" in called.out
    assert called.err == ""


def test_a_wrong_one_fails_and_says_how_to_repeat_it(call: Caller, wrong: Path) -> None:
    wrong.write_text(WRONG.replace("W: 2", "W: 5"))
    called = call("run", "wrong.yaml")
    assert called.code == 1
    assert "fail  wrong.yaml::" in called.out
    assert "wrong forward: " in called.out
    assert "  echo '{layer: spatial_batchnorm, N: " in called.out


def test_quiet_and_verbose(call: Caller, good: Path, wrong: Path) -> None:
    assert call("run", "-q", "good.yaml").out.startswith("1 check: 1 pass (")
    quiet = call("run", "-q", good, wrong).out
    assert "good.yaml" not in quiet
    assert "entries of forward, worst first" not in quiet
    assert "entries of forward, worst first" in call("run", "-v", wrong).out


def test_a_budget_of_nothing_leaves_directions(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "smooth.yaml").write_text("{layer: spatial_batchnorm, N: 2, C: 3, H: 8, W: 8}")
    called = call("run", "smooth.yaml", "--budget", "0")
    assert called.code == 0
    assert "by directions (dx): every entry to within" in called.out
    assert "1 check: 1 pass (" in called.out


def test_numbers_are_refused_in_words(call: Caller, good: Path) -> None:
    said = call("run", good, "--seed", "x").err
    assert "'--seed': expected a whole number of at least 0 and at most 2147483647, received 'x'" in said
    assert "'--tolerance': expected a number of at least 0, received '-1'" in call("run", good, "--tolerance", "-1").err


def test_fail_fast_stops_and_counts_what_it_left(call: Caller, wrong: Path, good: Path) -> None:
    called = call("run", "-x", wrong, good, "--format", "json")
    assert called.code == 1
    assert report(called.out)["summary"] == {
        "checks": 2, "pass": 0, "fail": 1, "undecided": 0, "error": 0, "skipped": 0, "not_run": 1, "warnings": 0,
    }  # fmt: skip


def test_options_replace_what_the_spec_says(call: Caller, good: Path) -> None:
    options = ["--impl", "vectorized", "--seed", 7, "--dtype", "float32", "--data", "normal", "--scheme", "full"]
    check = report(call("run", good, "--format", "json", *options).out)["checks"][0]
    assert [check[key] for key in ("implementation", "seed", "dtype", "data")] == ["vectorized", 7, "float32", "normal"]
    assert "full" in check["scheme"]
    assert check["repeat"].endswith("--impl vectorized --seed 7 --dtype float32 --data normal --scheme full")


def test_a_tolerance_becomes_the_criterion(call: Caller, good: Path) -> None:
    assert "0.125" in call("run", good, "--tolerance", "0.125").out


def test_an_option_that_fits_no_check_is_wrong_usage_and_the_others_run(call: Caller, good: Path, wrong: Path) -> None:
    called = call("run", good, wrong, "--impl", "reshape_without_swap", "--format", "json")
    assert called.code == 2
    assert "good.yaml::relu: relu has no implementation" in called.err
    document = report(called.out)
    assert document["summary"]["checks"] == 1
    assert document["errors"][0]["file"] == str(good)


def test_options_that_fit_nothing_are_not_said_a_hundred_times(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(many(10))
    called = call("run", "many.yaml", "--impl", "closed_form")
    assert called.code == 2
    assert called.err == (
        'convcheck: many.yaml::relu[shape=2] (and 9 more checks): relu has no implementation "closed_form": '
        "it has naive and vectorized\n"
    )


def test_an_invalid_spec_is_said_where_it_is_and_the_others_run(call: Caller, good: Path, invalid: Path) -> None:
    called = call("run", "invalid.yaml", "good.yaml")
    assert called.code == 2
    assert called.err.startswith("invalid.yaml:3:1: ")
    assert "pass  good.yaml::relu" in called.out
    assert "1 check: 1 pass, 1 error in specs or options" in called.out
    error = report(call("run", "invalid.yaml", "--format", "json").out)["errors"][0]
    assert (error["file"], error["line"], error["column"]) == ("invalid.yaml", 3, 1)


def test_standard_input_is_a_spec_like_any_other() -> None:
    ran = process("run", "-", "--format", "json", input="layer: relu\nshape: [2]\n")
    check = report(ran.stdout)["checks"][0]
    assert ran.returncode == 0
    assert check["id"] == "<stdin>::relu"
    assert check["repeat"] == "convcheck run - -k relu"


def test_the_same_file_named_twice_is_checked_once(call: Caller, good: Path) -> None:
    (good.parent / "link.yaml").symlink_to(good)
    assert len(ids(call("run", "good.yaml", "./good.yaml", good, "link.yaml", ".", "--format", "json").out)) == 1


def test_two_runs_say_the_same_and_so_does_a_check_alone(call: Caller, several: Path) -> None:
    def untimed(*options: str) -> dict[str, Any]:
        document = report(call("run", "several.yaml", "--format", "json", *options).out)
        del document["seconds"]
        for check in document["checks"]:
            del check["seconds"]
        return document

    whole = untimed()
    assert untimed() == whole
    assert untimed("-k", "small wide")["checks"] == [whole["checks"][1]]


def test_the_repeat_command_repeats_that_check_alone(call: Caller, tmp_path: Path) -> None:
    name = "odd $HOME 'name' [x].yaml"
    (tmp_path / name).write_text(
        "defaults: {layer: spatial_batchnorm, N: 2, C: 3, H: 4, W: 5, implementation: reshape_without_swap}\n"
        'checks:\n  - {name: "it\'s; $(ls) [bold] \\e[1m"}\n  - {name: another}\n'
    )
    failed = report(call("run", tmp_path, "--format", "json", "--seed", "3", "--max-memory", "1GiB").out)["checks"][0]
    words = shlex.split(failed["repeat"])
    assert words[:2] == ["convcheck", "run"]
    again = report(call(*words[1:], "--format", "json").out)["checks"]
    assert [check["id"] for check in again] == [failed["id"]]
    for check in (again[0], failed):
        del check["seconds"]
    assert again[0] == failed


def test_no_spec_says_what_to_type(call: Caller) -> None:
    called = call("run")
    assert called.code == 2
    assert "convcheck run configs/conv.yaml" in called.err
    assert called.out == ""


@pytest.mark.parametrize(
    "option",
    [
        ["--seed", "-1"], ["--seed", "1.5"], ["--seed", "9999999999"], ["--dtype", "int8"], ["--data", "x"],
        ["--scheme", "x"], ["--tolerance", "-1"], ["--tolerance", "nan"], ["--tolerance", "inf"], ["--budget", "-1"],
        ["--budget", "nan"], ["--max-memory", "lots"], ["--format", "xml"], ["--color", "maybe"], ["--nope"],
    ],
)  # fmt: skip
def test_wrong_usage(call: Caller, good: Path, option: list[str]) -> None:
    called = call("run", good, *option)
    assert called.code == 2
    assert option[0] in called.err
    assert "Traceback" not in called.err
    assert called.out == ""


DECLINES = """
import numpy as np

def max_pool_forward(x, pool_param):
    assert pool_param["pool_height"] == 100, "invalid pool_param"

def max_pool_backward(dout, cache):
    return dout

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, x):
    return dout * (x > 0)
"""


def test_a_layer_of_which_nothing_was_seen_but_refusals_is_no_pass(call: Caller) -> None:
    Path("declines.py").write_text(DECLINES)
    called = call("run", "--impl", "declines.py", "--no-isolation")
    assert called.code == 1
    assert "declines.py:max_pool_forward,max_pool_backward declined every max_pool that it was asked for, sizes that " \
        "tile as well: nothing of it was checked, which is no pass" in called.err  # fmt: skip
    assert "fail" not in called.out.rpartition("checks: ")[2]
    # One check of many, whose sizes may be a reason to decline it, says nothing of the layer.
    left_over = call(
        "run", "--impl", "declines.py:max_pool_forward,max_pool_backward", "-k", "left_over", "--no-isolation"
    )
    assert left_over.code == 5
