"""A check of code of no layer, from the command line: a spec, `--input`, a network. Covers checking/examine_pair.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import Caller
from tests.corpus.edited import RIGHT

CODE = """
import numpy as np


def swish_forward(x, beta):
    s = 1 / (1 + np.exp(-beta * x))
    return x * s, (x, beta, s)


def swish_backward(dout, cache):
    x, beta, s = cache
    return dout * (s + beta * x * s * (1 - s)), (dout * x * x * s * (1 - s)).sum()
"""
PAIR = "own.py:swish_forward,swish_backward"
HERE = "--no-isolation"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Caller:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(CODE)
    return Caller(capsys)


def test_a_function_needs_no_file_where_its_inputs_are_said(call: Caller) -> None:
    called = call("run", "--impl", PAIR, "--input", "x=4,5", "--input", "beta=", HERE)
    assert (called.code, called.err) == (0, "")
    assert "function x=4×5 beta=() → 4×5" in called.out
    assert "note no-reference: forward was compared with nothing" in called.out


def test_what_fails_has_one_conclusion_and_a_command_that_repeats_it(call: Caller) -> None:
    Path("own.py").write_text(CODE.replace("(dout * x * x", "(2 * dout * x * x"))
    called = call("run", "--impl", PAIR, "--input", "x=4x5", "--input", "beta={shape: [], low: 1, high: 2}", HERE)
    assert called.code == 1
    assert "swish_forward,swish_backward  function  wrong: dbeta" in called.out
    repeat = (
        f"convcheck run -k function --impl {PAIR} --input x=4x5 --input 'beta={{shape: [], low: 1, high: 2}}' {HERE}"
    )
    assert repeat in called.out


def test_a_spec_names_the_code_or_the_command_line_does(call: Caller) -> None:
    spec = "layer: function\ninputs: {x: [4, 5], beta: []}\n"
    Path("f.yaml").write_text(spec)
    called = call("run", "f.yaml", HERE)
    assert called.code == 2
    assert "f.yaml::function: a function is code of your own, and none is named" in called.err
    assert call("run", "f.yaml", "--impl", PAIR, HERE).code == 0
    Path("f.yaml").write_text(
        spec + "implementation: {file: own.py, forward: swish_forward, backward: swish_backward}\n"
    )
    assert call("run", "f.yaml", HERE).code == 2
    assert call("run", "f.yaml", "--trust", HERE).code == 0
    listed = call("list", "f.yaml")
    assert listed.out.splitlines()[-1] == "1 check, 0 forward evaluations, and those of 1 check of no layer"


def test_an_expected_failure_that_does_not_fail_is_one(call: Caller) -> None:
    named = "implementation: {file: own.py, forward: swish_forward, backward: swish_backward}"
    Path("f.yaml").write_text(f"layer: function\ninputs: {{x: [4, 5], beta: []}}\nexpect: fail\n{named}\n")
    called = call("run", "f.yaml", "--trust", HERE)
    assert called.code == 1
    assert "this check was expected to fail, and all of it is right" in called.out
    Path("own.py").write_text(CODE.replace("(dout * x * x", "(2 * dout * x * x"))
    assert call("run", "f.yaml", "--trust", HERE).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--input", "x"), "expected NAME=4,5 (its sizes; none for one number), received 'x'"),
        (("--input", "x=a"), "expected NAME=4,5"),
        (
            ("--input", "x=4,5", "f.yaml"),
            "--input goes with --impl FILE.py:NAME and nothing else: a SPEC has `inputs:`",
        ),
        (("--input", "x=4,5", "--layer", "relu"), "nothing else: a layer has its own"),
        (("--input", "x={shape: 4}"), "inputs.x.shape: expected a list of sizes, received 4"),
        (("--input", "x={shape: [4}"), "--input x:1:"),
    ],
)
def test_inputs_that_are_none_say_what_to_write(call: Caller, arguments: tuple[str, ...], message: str) -> None:
    called = call("run", "--impl", PAIR, *arguments, HERE)
    assert called.code == 2
    assert message in called.err.replace("\n", " ")


def test_a_network_of_a_file_runs_through_the_checks_that_it_has_words_for(call: Caller) -> None:
    called = call("run", "--impl", str(RIGHT / "net_two_layer.py"), "-o", "json=report.json", HERE)
    assert called.code == 0
    checks = json.loads(Path("report.json").read_text())["checks"]
    assert [check["id"] for check in checks] == [
        f"suite/network.yaml::{name}" for name in ("rows", "regularised", "one example")
    ]
    assert [tensor["name"] for tensor in checks[0]["tensors"]] == ["dW1", "db1", "dW2", "db2"]
    listed = call("run", "--list-impl", str(RIGHT / "net_two_layer.py"), HERE)
    assert "TwoLayerNet(input_size, hidden_size, output_size, std).loss(X, y)" in listed.out


def test_a_network_may_have_a_spec_of_its_own(call: Caller) -> None:
    Path("net.yaml").write_text(
        "layer: network\ninputs: {X: [3, 6], y: {shape: [3], dtype: int64, high: 2}}\n"
        "settings: {input_size: 6, hidden_size: 4, output_size: 2, reg: 0.1}\n"
    )
    net = f"{RIGHT / 'net_two_layer.py'}:TwoLayerNet"
    assert call("run", "net.yaml", "--impl", net, HERE).code == 0
    Path("net.yaml").write_text(Path("net.yaml").read_text().replace("hidden_size", "hidden_sise"))
    called = call("run", "net.yaml", "--impl", net, HERE)
    assert called.code == 1
    assert "takes hidden_sise; did you mean hidden_size?" in called.out


def test_where_its_text_tells_the_shapes_nothing_need_be_said(call: Caller) -> None:
    told = CODE.replace("beta):\n", 'beta):\n    """x: (N, D); a number:\n    beta: ()"""\n', 1).replace(
        "swish", "gated"
    )
    Path("own.py").write_text(told)
    pair = PAIR.replace("swish", "gated")
    called = call("run", "--impl", pair, HERE)
    assert called.code == 0, called
    assert called.err == (
        f"convcheck: {pair} is of no layer: checked with the shapes that its text tells: --input x=3,4 --input beta=\n"
    )
    assert "function x=3×4 beta=() → 3×4" in called.out


def test_a_layer_whose_setting_is_learnt_is_that_layer_all_the_same(call: Caller) -> None:
    called = call("run", "--impl", "own.py", "-q", HERE)
    assert (called.code, called.out.splitlines()[-1][:17]) == (0, "6 checks: 6 pass ")


def test_init_writes_a_spec_of_code_of_no_layer_that_runs(call: Caller) -> None:
    written = call("init", "function", "--impl", PAIR).out
    assert "in its order: name: [sizes]\n  x: [4, 5]\n  beta: [4, 5]\n" in written
    assert f"# Run it: convcheck run FILE --impl {PAIR}" in written
    assert "{file: own.py, forward: swish_forward, backward: swish_backward}" in written
    Path("f.yaml").write_text(written.replace("beta: [4, 5]", "beta: []"))
    assert call("run", "f.yaml", "--impl", PAIR, HERE).code == 0
    Path("net.yaml").write_text(call("init", "network").out)
    assert "  X: [5, 11]\n" in Path("net.yaml").read_text()
    called = call("layers", "function")
    assert "a function is code of your own, and no layer: `convcheck init function` prints" in called.err
