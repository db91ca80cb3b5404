"""`convcheck run --impl FILE.py`: what is checked, with what, and the message where there is nothing.

Covers actions/plan.py and options/impl.py; code that a spec names is in test_plan_trust.py.
"""

import json
import shlex
from pathlib import Path

import pytest

from convcheck.layers.catalogue import suite_text
from tests.cli.actions.test_run import report
from tests.cli.calling import Called, Caller, process

HERE = "--no-isolation"
TWO = """
def relu_backward_alt(dout, cache):
    return np.where(cache > 0, dout, 0.0)
"""
HALF = "def relu_forward(x):\n    pass\n\ndef relu_backward(dout, cache):\n    pass\n"


def checks(called: Called) -> list[dict[str, object]]:
    found: list[dict[str, object]] = report(called.out)["checks"]
    return found


def test_without_a_spec_the_suite_of_what_is_found_runs(call: Caller, own: Path) -> None:
    called = call("run", "--impl", own.name, HERE, "--format", "json")
    assert called.code == 0
    assert called.err == ""
    every = checks(called)
    assert len(every) == suite_text("relu").count("name:")
    assert {check["layer"] for check in every} == {"relu"}
    assert {check["file"] for check in every} == {"suite/relu.yaml"}
    assert {check["implementation"] for check in every} == {"layers.py:relu_forward,relu_backward"}


def test_the_repeat_command_repeats(call: Caller, own: Path) -> None:
    first = checks(call("run", "--impl", own.name, HERE, "--no-stubs", "--timeout", "9", "--format", "json"))[-1]
    words = shlex.split(str(first["repeat"]))
    assert words[:2] == ["convcheck", "run"]
    assert {"--impl", "layers.py:relu_forward,relu_backward", "--timeout", HERE, "--no-stubs"} <= {*words}
    (again,) = checks(call(*words[1:], "--format", "json"))
    times = {"seconds": 0}
    assert {**again, **times} == {**first, **times}


def test_a_spec_is_checked_with_it(call: Caller, own: Path, good: Path) -> None:
    called = call("run", good.name, "--impl", own.name, HERE)
    assert called.code == 0
    assert "implementation layers.py:relu_forward,relu_backward" in called.out


def test_every_pair_is_checked(call: Caller, own: Path, good: Path) -> None:
    own.write_text(own.read_text() + TWO)
    called = call("run", good.name, "--impl", own.name, HERE, "--format", "json")
    assert [str(check["implementation"]).partition(":")[2] for check in checks(called)] == [
        "relu_forward,relu_backward", "relu_forward,relu_backward_alt",
    ]  # fmt: skip


def test_names_choose_among_them(call: Caller, own: Path, good: Path) -> None:
    own.write_text(own.read_text() + TWO)
    called = call("run", good.name, "--impl", "layers.py:relu_forward,relu_backward_alt", HERE)
    assert called.out.count("implementation layers.py:relu_forward,relu_backward_alt") == 1
    assert "1 check: 1 pass" in called.out


def test_a_wrong_gradient_fails(call: Caller, own: Path, good: Path) -> None:
    own.write_text(own.read_text().replace("dout * (cache > 0)", "dout"))
    called = call("run", good.name, "--impl", own.name, HERE)
    assert called.code == 1
    assert "wrong dx: " in called.out
    assert f"}}' | convcheck run - --impl layers.py:relu_forward,relu_backward {HERE}" in called.out


def test_an_expected_failure_is_not_expected_of_other_code(call: Caller, own: Path, good: Path) -> None:
    good.write_text(good.read_text() + "expect: fail\n")
    assert call("run", good.name, "--impl", own.name, HERE).code == 0


def test_layers_that_it_does_not_have_are_left_out_and_counted(
    call: Caller, own: Path, good: Path, wrong: Path
) -> None:
    called = call("run", good.name, wrong.name, "--impl", own.name, HERE)
    assert called.code == 0
    assert "2 checks: 1 pass, 1 not run" in called.out
    assert called.err == (
        "convcheck: nothing in layers.py for spatial_batchnorm: 1 check left out\n"
        "    hint: `convcheck run --list-impl layers.py` shows what was found\n"
    )


def test_nothing_at_all_is_wrong_usage_and_says_what_there_is(call: Caller, own: Path, wrong: Path) -> None:
    called = call("run", wrong.name, "--impl", own.name, HERE, "--format", "json")
    assert called.code == 2
    assert "hint: there is layers.py:relu_forward,relu_backward (relu)" in called.err
    (error,) = report(called.out)["errors"]
    assert error["file"] == "layers.py"


@pytest.mark.parametrize("specs", [[], ["good.yaml"]], ids=["suite", "spec"])
def test_a_file_that_is_not_there(call: Caller, good: Path, specs: list[str]) -> None:
    called = call("run", *specs, "--impl", "missing.py", HERE)
    assert called.code == 2
    assert "missing.py" in called.err
    assert "Traceback" not in called.err


def test_what_is_not_written_yet_is_skipped_in_the_suite_alone(call: Caller, own: Path, good: Path) -> None:
    own.write_text(HALF)
    called = call("run", "--impl", own.name, HERE, "-v")
    assert called.code == 5
    assert "skip  suite/relu.yaml::" in called.out
    assert "\nSkipped\n  skip  not-written in " in called.out
    assert called.err == "convcheck: every check was skipped: nothing was checked\n"
    asked = call("run", good.name, "--impl", own.name, HERE)
    assert asked.code == 1
    assert "error  good.yaml::relu" in asked.out


def test_a_skip_beside_a_pass_is_no_failure(call: Caller, own: Path) -> None:
    own.write_text(own.read_text() + HALF.replace("relu", "batchnorm").replace("(x)", "(x, gamma, beta, bn_param)"))
    called = call("run", "-x", "-q", "--impl", own.name, HERE)
    assert called.code == 0
    assert "Skipped" in called.out
    assert "Did not pass" not in called.out


def test_modules_that_are_not_there_are_named(call: Caller, own: Path, good: Path) -> None:
    own.write_text("import cs231n.fast_layers\nimport not_installed\n" + own.read_text())
    called = call("run", good.name, "--impl", own.name, HERE, "--format", "json")
    assert called.code == 0
    assert called.err == (
        "convcheck: cs231n.fast_layers and not_installed are not installed: empty modules stand in for them "
        "(--no-stubs forbids that)\n"
    )
    assert "not_installed" in report(called.out)["stubs"]
    assert call("run", good.name, "--impl", own.name, HERE, "-q").err == ""
    refused = call("run", good.name, "--impl", own.name, HERE, "--no-stubs")
    assert refused.code == 2
    assert "cs231n" in refused.err


def test_without_stubs_the_report_does_not_speak_of_them(call: Caller, own: Path, good: Path) -> None:
    assert "stubs" not in report(call("run", good.name, "--impl", own.name, HERE, "--format", "json").out)


@pytest.mark.parametrize("command", ["run", "list"])
@pytest.mark.parametrize("word", ["layers", "naiv", "closed-form"])
def test_a_word_that_names_nothing_says_both_possibilities(
    call: Caller, own: Path, good: Path, word: str, command: str
) -> None:
    called = call(command, good.name, "--impl", word)
    assert called.code == 2
    assert f"no layer has an implementation called {word!r}; " in called.err
    meant = {"naiv": "did you mean naive?", "closed-form": "did you mean closed_form?"}
    assert meant.get(word, "`convcheck layers LAYER`") in called.err
    assert "For code of your own name its file or its module: --impl layers.py, " in called.err


def test_without_a_spec_a_built_in_name_is_wrong_usage(call: Caller) -> None:
    called = call("run", "--impl", "naive")
    assert called.code == 2
    assert "name a spec file" in called.err
    assert "convcheck run --impl layers.py" in called.err
    assert "no layer has an implementation called 'layers'" in call("run", "--impl", "layers").err


@pytest.mark.parametrize("text", ["layers.py:", "layers.py:a,b,c", "layers.py:1a", "layers.py:a,", ":f", "", " "])
def test_names_that_are_none_are_refused(call: Caller, own: Path, text: str) -> None:
    called = call("run", "--impl", text)
    assert called.code == 2
    assert "Invalid value for '--impl': expected " in called.err


@pytest.mark.parametrize("seconds", ["0", "x", "nan", "1e9"])
def test_a_timeout_is_a_number_of_seconds(call: Caller, own: Path, seconds: str) -> None:
    called = call("run", "--impl", own.name, "--timeout", seconds)
    assert called.code == 2
    assert "'--timeout': expected a number of at least 0.1 and at most 1000000" in called.err


def test_list_does_not_import_it(call: Caller, good: Path, tmp_path: Path) -> None:
    (tmp_path / "touch.py").write_text("open('touched', 'w')\n")
    called = call("list", good.name, "--impl", "touch.py", "--format", "json")
    assert called.code == 0
    assert [row["implementation"] for row in json.loads(called.out)["checks"]] == ["touch.py"]
    assert not (tmp_path / "touched").exists()


def test_it_runs_in_a_process_of_its_own(own: Path, good: Path) -> None:
    own.write_text("import os\nprint('pid', os.getppid())\n" + own.read_text())
    ran = process("run", good.name, "--impl", own.name, "-v", cwd=own.parent)
    assert (ran.returncode, ran.stdout.count("1 check: 1 pass")) == (0, 1), ran.stderr
    assert "convcheck: printed by layers.py:relu_forward,relu_backward in good.yaml::relu:\n  pid " in ran.stderr
    assert process("run", good.name, "--impl", own.name, cwd=own.parent).stderr == ""


def test_a_crash_and_an_endless_loop_cost_one_check_each(own: Path, tmp_path: Path) -> None:
    hostile = "    while x.shape == (3,):\n        pass\n    if x.shape == (4,):\n        os._exit(0)\n"
    own.write_text("import os\n" + own.read_text().replace("    return np.max", f"{hostile}    return np.max"))
    (tmp_path / "some.yaml").write_text("layer: relu\nmatrix: {shape: [[2], [3], [4], [5]]}\n")
    ran = process("run", "some.yaml", "--impl", own.name, "--timeout", "1", "--format", "json", cwd=tmp_path)
    assert ran.returncode == 1
    assert [check["status"] for check in report(ran.stdout)["checks"]] == ["pass", "error", "error", "pass"]


POOLS = """
import numpy as np

class MaxPool:
    def __init__(self, pool_h, pool_w, stride=1):
        self.k, self.s = (pool_h, pool_w), stride
    def forward(self, x):
        return np.lib.stride_tricks.sliding_window_view(x, self.k, axis=(2, 3))[:, :, :: self.s, :: self.s].max((4, 5))
    def backward(self, dout):
        raise NotImplementedError

class MaxPool2d(MaxPool):
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        super().__init__(pool_h, pool_w, stride)
        self.pad = pad
"""


def test_checks_for_code_that_has_a_word_for_a_setting_are_left_out_for_other_code(call: Caller, own: Path) -> None:
    own.write_text(POOLS)
    called = call("run", "--impl", own.name, HERE, "--format", "json")
    ran = [(str(check["implementation"]).partition(":")[2], check["id"]) for check in checks(called)]
    padded = [implementation for implementation, id_ in ran if "padded" in str(id_)]
    assert padded == ["MaxPool2d"] * 2
    assert "yaml::padded" not in call("run", "--impl", f"{own.name}:MaxPool", HERE, "-v").out
    alone = call("run", "--impl", f"{own.name}:MaxPool", HERE, "-k", "padded")
    assert alone.code == 5
    assert alone.err == f"convcheck: nothing to check: {own.name}:MaxPool has no word for a setting of 2 checks\n"
    # In a suite that was saved, too; but not where somebody asks for it.
    own.with_name("own.yaml").write_text(suite_text("max_pool"))
    again = call("run", "own.yaml", "--impl", f"{own.name}:MaxPool", HERE, "--format", "json")
    assert not [check for check in checks(again) if "padded" in str(check["id"])]
    own.with_name("own.yaml").write_text(suite_text("max_pool").replace(", where_taken: true", ""))
    asked = call("run", "own.yaml", "--impl", f"{own.name}:MaxPool", HERE, "-k", "padded", "--format", "json")
    assert [check["status"] for check in checks(asked)] == ["error"] * 2
