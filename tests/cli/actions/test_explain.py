"""`convcheck explain` as it is called: what it prints and writes, and what it says of calls that cannot be. Covers
cli/commands/explain.py.
"""

from pathlib import Path

import pytest

from tests.cli.calling import Caller
from tests.cli.conftest import OWN, RELU, SEVERAL

CONV = "{N: 1, C: 2, H: 4, W: 5, F: 2, H1: 2, W1: 3, stride: 1, pad: 1}\n"
WRONG_FILE = Path(__file__).parents[2] / "corpus" / "files" / "wrong" / "conv_dx_assigned.py"


@pytest.fixture
def conv(tmp_path: Path) -> Path:
    path = tmp_path / "conv.yaml"
    path.write_text(CONV)
    return path


def test_sizes_coverage_and_one_output(call: Caller, conv: Path) -> None:
    called = call("explain", conv)
    assert (called.code, called.err) == (0, "")
    assert "H2 = ⌊(H + 2·pad - H1) / stride⌋ + 1 = ⌊(4 + 2·1 - 2) / 1⌋ + 1 = 5  (1.2)" in called.out
    assert "how many windows cover each entry of an image" in called.out
    assert "out[0, 0, 2, 2]" in called.out
    assert "\nout[0, 1, 0, 4]\n" in call("explain", conv, "--at", "1,0,4").out
    assert "\nout[0, 1, 0, 4]\n" in call("explain", conv, "--at", "0 1 0 4").out


def test_entries_alone_with_code_of_ones_own(call: Caller, conv: Path) -> None:
    called = call("explain", conv, "--impl", WRONG_FILE, "--entry", "dx[0,0,1,1]", "--entry", "db[1]")
    assert called.code == 0
    assert "Sizes" not in called.out
    assert "terms are missing" in called.out
    assert called.out.count("It is right here.") == 1
    # What is printed by the code itself is no part of the explanation.
    noisy = conv.parent / "noisy.py"
    noisy.write_text("print('loaded')\n" + WRONG_FILE.read_text())
    called = call("explain", conv, "--impl", noisy, "--entry", "db[1]")
    assert "loaded" in called.err
    assert "loaded" not in called.out


def test_a_built_in_one_stands_beside_the_reference(call: Caller, conv: Path) -> None:
    assert "closed_form" in call("explain", conv, "--entry", "db[0]", "--impl", "closed_form").out
    bad = conv.parent / "bad.yaml"
    bad.write_text("{layer: spatial_batchnorm, N: 2, C: 3, H: 2, W: 3, implementation: reshape_without_swap}\n")
    assert "It is wrong here by" in call("explain", bad, "--entry", "dx[0,0,0,1]").out


def test_a_page_and_a_picture(call: Caller, conv: Path, tmp_path: Path) -> None:
    assert call("explain", conv, "-o", tmp_path / "x.html").code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    assert page.count("<svg") > 2
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert call("explain", conv, "-o", tmp_path / "x.svg").code == 0
    assert (tmp_path / "x.svg").read_text("utf-8").startswith("<svg")
    assert call("explain", conv, "-o", tmp_path / "x.svg").code == 2
    assert call("explain", conv, "-o", tmp_path / "x.svg", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "9,9"], "expected an index up to 0,1,4,4, received '9,9'"),
        (["--at", "a"], "expected an index up to"),
        (["--entry", "dy[0]"], "there is no dy here"),
        (["-o", "x.pdf"], "expected FILE.html or FILE.svg"),
        (["-o", "x.svg", "--entry", "db[0]"], "there is no picture in this explanation"),
        (["--impl", "naiv"], "no layer has an implementation called 'naiv'; did you mean naive?"),
        (["-k", "zzz"], "does not match the only check"),
    ],
)
def test_a_mistake_in_the_call_is_wrong_usage(call: Caller, conv: Path, arguments: list[str], message: str) -> None:
    called = call("explain", conv, *arguments)
    assert called.code in (2, 5)
    assert message in called.err
    assert "Traceback" not in called.err
    assert called.out == ""


def test_one_check_is_chosen_where_there_are_several(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "several.yaml"
    path.write_text(SEVERAL)
    called = call("explain", path)
    assert called.code == 2
    assert "has 3 checks: name one with -k" in called.err
    assert "::Other" in called.err
    assert call("explain", path, "-k", "Other").code == 0


def test_code_that_cannot_be_run_is_said(call: Caller, tmp_path: Path) -> None:
    spec, code = tmp_path / "relu.yaml", tmp_path / "layers.py"
    spec.write_text(RELU)
    code.write_text(OWN.replace("np.maximum(x, 0), x", "x.foo, x"))
    called = call("explain", spec, "--impl", code, "--entry", "dx[0,0]")
    assert "has no attribute 'foo'" in called.out + called.err
    assert "Traceback" not in called.out + called.err
    code.write_text("def f(:\n")
    called = call("explain", spec, "--impl", code, "--entry", "dx[0,0]")
    assert called.code == 2
    assert "SyntaxError" in called.err or "invalid syntax" in called.err
    code.write_text("def conv_forward(x): pass\n")
    called = call("explain", spec, "--impl", code, "--entry", "dx[0,0]")
    assert called.code == 2
    assert f"nothing in {code} for relu" in called.err
    called = call("explain", spec, "--impl", tmp_path / "no_such.py", "--entry", "dx[0,0]")
    assert (called.code, called.out) == (2, "")
    assert called.err.count("no_such.py") == 1
    function = tmp_path / "function.yaml"
    function.write_text("{layer: function, inputs: {x: [2]}}\n")
    assert "code of no layer" in call("explain", function).err


TWO = """import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, x):
    return dout * (x > 0)


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return 2 * dout * (self.x > 0)
"""

ALL_OF_DX = [part for index in range(4) for part in ("--entry", f"dx[0,{index}]")]


def test_of_several_implementations_it_is_said_which_one_this_is(call: Caller, tmp_path: Path) -> None:
    spec, code = tmp_path / "relu.yaml", tmp_path / "two.py"
    spec.write_text("{layer: relu, shape: [1, 4]}\n")
    code.write_text(TWO)
    called = call("explain", spec, "--impl", code, *ALL_OF_DX)
    assert f"of 2 implementations of relu in {code} this is relu_forward,relu_backward" in called.err
    assert f"--impl {code}:ReLU" in called.err
    assert "It is right here." in called.out
    called = call("explain", spec, "--impl", f"{code}:ReLU", *ALL_OF_DX)
    assert called.err == ""
    assert "is taken twice" in called.out


def test_code_that_a_spec_names_runs_only_where_it_is_trusted(call: Caller, tmp_path: Path) -> None:
    spec, code = tmp_path / "relu.yaml", tmp_path / "two.py"
    spec.write_text("{layer: relu, shape: [1, 4], implementation: {file: two.py, class: ReLU}}\n")
    code.write_text("print('imported')\n" + TWO)
    called = call("explain", spec, *ALL_OF_DX)
    assert called.code == 0
    assert "imported" not in called.err
    assert "runs only with --trust: this is the layer alone" in called.err
    assert "ReLU" not in called.out
    called = call("explain", spec, *ALL_OF_DX, "--trust")
    assert "imported" in called.err
    assert "is taken twice" in called.out


def test_code_that_does_without_an_optional_input_is_explained_without_it(call: Caller, tmp_path: Path) -> None:
    spec, code = tmp_path / "norm.yaml", tmp_path / "code.py"
    spec.write_text("{layer: affine, N: 2, D: 3, M: 2}\n")
    code.write_text(
        "def affine_forward(x, w):\n    return x @ w, (x, w)\n\n\n"
        "def affine_backward(dout, cache):\n    x, w = cache\n    return dout @ w.T, 2 * x.T @ dout\n"
    )
    called = call("explain", spec, "--impl", code, "--entry", "dw[0,1]", "--entry", "out[0,0]", "--entry", "dx[1,2]")
    assert called.code == 0
    assert called.out.count("taken twice") == 1
    assert called.out.count("It is right here.") == 2
    assert "there is no db here" in call("explain", spec, "--impl", code, "--entry", "db[0]").err


def test_code_is_looked_at_without_entries_as_well(call: Caller, conv: Path, tmp_path: Path) -> None:
    assert "It is right here." in call("explain", conv, "--impl", WRONG_FILE).out
    spec, code = tmp_path / "tanh.yaml", tmp_path / "code.py"
    spec.write_text("{layer: tanh, shape: [2]}\n")
    code.write_text(
        "import numpy as np\ndef tanh_forward(x): return np.tanh(2 * x), x\ndef tanh_backward(d, x): return d\n"
    )
    called = call("explain", spec, "--impl", code)
    assert called.out.count("It is wrong here by") == 2


def test_that_outputs_lie_side_by_side_is_said(call: Caller, tmp_path: Path) -> None:
    spec = tmp_path / "lstm.yaml"
    spec.write_text("{layer: lstm_step, N: 2, D: 3, H: 4}\n")
    for arguments in ([], ["--entry", "out[0,5]"], ["--entry", "dx[0,1]"]):
        assert "next_h is out[…, 0:4] and next_c is out[…, 4:8]" in " ".join(
            call("explain", spec, *arguments).out.split()
        )


@pytest.mark.parametrize("command", ["explain", "list", "init"])
def test_help_tells_the_exit_codes(call: Caller, command: str) -> None:
    assert "Exit codes:" in call(command, "--help").out
