"""What code under test replaces in NumPy and Python: it computes with that, and convcheck never does.

Of `checking/contract/replaced.py` too.
"""

from __future__ import annotations

import ast
import builtins
import math
import threading
from pathlib import Path

import numpy as np
import pytest

import convcheck
from convcheck.checking.run_source import run_source
from convcheck.implementations.module_snapshot import BUILTINS, OF_NUMPY, modules_kept, run_code
from convcheck.running.blame import blame
from convcheck.running.no_isolation import NoIsolation
from convcheck.spec.check import Check, Manner
from tests.implementations.files import found, sizes_of, write

PACKAGE = Path(convcheck.__file__).parent
REAL = {"np.abs": np.abs, "np.allclose": np.allclose, "any": builtins.any, "isclose": math.isclose}

SIZES = sizes_of("relu", N=1, C=1, H=2, W=3)
ZEROS = "np.abs = lambda a, *k, **q: np.zeros_like(a)"
PATCHES = {
    "numpy.abs": ZEROS,
    "numpy.allclose": "np.allclose = lambda *k, **q: True",
    "numpy.array_equal": "np.array_equal = lambda *k, **q: True",
    "numpy.isfinite": "np.isfinite = lambda a, *k, **q: np.zeros(np.shape(a), bool)",
    "builtins.any": "import builtins; builtins.any = lambda *k: False",
    "builtins.max": "import builtins; builtins.max = lambda *k, **q: 0",
    "math.isclose": "import math; math.isclose = lambda *k, **q: True",
    "numpy._core.fromnumeric._wrapreduction": "import numpy._core.fromnumeric as f; f._wrapreduction = None",
    "numpy.sum": "vars(np).pop('sum', None)",
}
FUNCTIONS = """
    import numpy as np
    {at_import}

    def relu_forward(x):
        {in_forward}
        return np.maximum(x, 0), x

    def relu_backward(dout, cache):
        {in_backward}
        return {factor} * dout * (cache > 0)
"""
CLASS = """
    import numpy as np
    {at_import}

    class ReLU:
        def forward(self, x):
            {in_forward}
            self.x = x
            return np.maximum(x, 0)

        def backward(self, dout):
            {in_backward}
            return {factor} * dout * (self.x > 0)
"""
ADAPTER = FUNCTIONS.replace("relu_forward", "forward").replace("relu_backward", "backward") + "\n    layer = 'relu'\n"
TORCH = """
    import numpy as np
    import torch
    {at_import}

    class ReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            {in_forward}
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, dout):
            {in_backward}
            return {factor} * dout * (ctx.saved_tensors[0] > 0)
"""


def result_of(folder, template=FUNCTIONS, factor=1, **places):
    lines = {"at_import": "pass", "in_forward": "pass", "in_backward": "pass"} | places
    source = write(folder, template.format(factor=factor, **lines))
    one = found(source, "relu")[0]
    return run_source(Check("relu", "relu", SIZES, Manner(), None, None), source, one)


def said(result):
    return [(f.severity, f.message) for f in result.findings if f.code == "replaced"]


def verdicts(result):
    return {tensor.name: tensor.verdict for tensor in result.tensors}


@pytest.mark.parametrize("place", ["at_import", "in_forward", "in_backward"])
@pytest.mark.parametrize("name", PATCHES)
def test_a_doubled_gradient_is_wrong_whatever_is_replaced_and_where(name, place, tmp_path):
    result = result_of(tmp_path, factor=2, **{place: PATCHES[name]})
    assert result.status == "fail"
    assert verdicts(result) == {"forward": "exact", "dx": "wrong"}
    assert said(result) == [
        ("warning", f"replaces {name} while it runs: convcheck put it back, and compared without it")
    ]
    assert {"np.abs": np.abs, "np.allclose": np.allclose, "any": builtins.any, "isclose": math.isclose} == REAL


@pytest.mark.parametrize("template", [CLASS, ADAPTER, pytest.param(TORCH, marks=pytest.mark.torch)])
@pytest.mark.parametrize("place", ["at_import", "in_forward", "in_backward"])
def test_whatever_kind_of_code_it_is(template, place, tmp_path):
    if template is TORCH:
        pytest.importorskip("torch")
    result = result_of(tmp_path, template, factor=2, **{place: ZEROS})
    assert (result.status, verdicts(result)["dx"]) == ("fail", "wrong")
    assert [severity for severity, _ in said(result)] == ["warning"]
    assert np.abs is REAL["np.abs"]


def test_right_code_passes_with_what_it_replaced_and_is_told(tmp_path):
    """Without its own np.maximum the code would be another."""
    result = result_of(
        tmp_path,
        at_import="own = np.maximum; np.maximum = lambda x, y: own(x, y) * 1",
        in_forward="assert np.maximum is not own",
        in_backward="assert np.maximum is not own",
    )
    assert result.status == "pass"
    assert [severity for severity, _ in said(result)] == ["warning"]


def test_what_is_replaced_and_put_back_by_the_code_itself_is_put_back(tmp_path):
    result = result_of(tmp_path, in_forward="own = np.abs; np.abs = None; np.abs = own")
    assert (result.status, said(result)) == ("pass", [])


@pytest.fixture
def state_of_numpy_kept():
    """In a process of its own, none of it would be left."""
    with np.errstate(), np.printoptions():
        yield


@pytest.mark.parametrize(
    "harmless",
    [
        "np.float_of_mine = float",
        "import numpy.testing, numpy.polynomial",
        "np.seterr(all='raise'); np.random.seed(1); np.set_printoptions(precision=3)",
        "import warnings; warnings.simplefilter('error')",
        "import sys, io; sys.stdout = io.StringIO()",
        "import builtins; builtins.of_mine = 1",
    ],
)
@pytest.mark.usefixtures("state_of_numpy_kept")
def test_what_is_new_or_looked_after_elsewhere_is_no_replacement(harmless, tmp_path):
    result = result_of(tmp_path, at_import=harmless)
    assert (result.status, said(result)) == ("pass", [])
    vars(np).pop("float_of_mine", None)
    vars(builtins).pop("of_mine", None)


LATE = """
    import numpy as np

    class Kept:
        def __init__(self, x):
            self.x = x

        def __del__(self, own=np.where):
            np.where = lambda *k: own(*k)

    def relu_forward(x):
        return np.maximum(x, 0), Kept(x)

    def relu_backward(dout, cache):
        return dout * (cache.x > 0)
"""


def test_what_is_replaced_while_convcheck_compares_is_an_error(tmp_path):
    """Nothing else of it is wrong: what is compared with somebody's own function could come out either way."""
    own = np.where
    result = result_of(tmp_path, LATE)
    assert set(verdicts(result).values()) == {"exact"}
    assert result.status == "fail"
    assert said(result) == [
        ("error", "replaces numpy.where while convcheck compares: what is compared then means nothing")
    ]
    assert np.where is own


def test_an_object_that_says_it_equals_everything_is_found_in_the_end():
    class Equal:
        def __eq__(self, other):
            return True

        __hash__ = None

    def work(value):
        np.abs = value

    with modules_kept() as replaced:
        run_code("forward", len, ())
        run_code("forward", work, Equal())
        assert "numpy.abs" in replaced().late
    assert np.abs is REAL["np.abs"]


def test_each_call_has_what_the_last_one_replaced_and_nobody_else():
    def work(value):
        before, np.abs = np.abs, value
        return before

    with modules_kept() as replaced:
        assert run_code("forward", work, "first") is REAL["np.abs"]
        assert np.abs is REAL["np.abs"]
        assert run_code("forward", run_code, "backward", work, "second") == "first"
        assert np.abs is REAL["np.abs"]
        assert run_code("forward", work, REAL["np.abs"]) == "second"
        assert run_code("forward", work, REAL["np.abs"]) is REAL["np.abs"]
        assert replaced() == (("numpy.abs",), ())


def test_outside_of_a_check_code_runs_as_it_is(monkeypatch):
    monkeypatch.setattr(np, "abs", np.abs)
    run_code("forward", setattr, np, "abs", None)
    assert np.abs is None


def test_another_thread_has_its_own(monkeypatch):
    seen = []
    with modules_kept():
        thread = threading.Thread(target=lambda: seen.append(run_code("forward", len, "five")))
        thread.start()
        thread.join()
    assert seen == [4]


def test_functions_of_no_layer_are_looked_after_too():
    def backward(dout, x):
        np.abs = lambda a, *k, **q: np.zeros_like(a)
        return 2 * dout * 2 * x

    outcome = convcheck.gradcheck(lambda x: x**2, backward, [np.array([1.0, 3.0])])
    assert (outcome.status, verdicts(outcome)) == ("fail", {"dx": "wrong"})
    assert [severity for severity, _ in said(outcome)] == ["warning"]
    assert np.abs is REAL["np.abs"]


def test_without_isolation_the_originals_are_back_after_the_survey_and_after_the_check(tmp_path):
    source = write(tmp_path, FUNCTIONS.format(at_import=ZEROS, in_forward="pass", in_backward="pass", factor=2))
    with NoIsolation() as here:
        one = here.survey(source).found[0]
        assert np.abs is REAL["np.abs"]
        check = Check("relu", "relu", SIZES, Manner(), None, None)
        assert here.run(check, source, one, convcheck.checking.settings.DEFAULT_SETTINGS).result.status == "fail"
    assert np.abs is REAL["np.abs"]


def test_a_check_that_cannot_go_on_for_what_came_late_is_no_fault_of_convcheck(tmp_path, monkeypatch):
    own = np.errstate

    def hindered(*arguments):
        np.errstate = None
        np.errstate()

    monkeypatch.setattr("convcheck.checking.run_source._checked", hindered)
    with pytest.raises(Exception, match=r"replaced numpy\.errstate while convcheck compared") as raised:
        result_of(tmp_path)
    assert blame(raised.value).code == "replaced"
    assert np.errstate is own


def functions_of_numpy(rooms):
    texts = [path.read_text() for room in rooms for path in (PACKAGE / room).rglob("*.py")]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)]
    names = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "np"}
    return {name for name in names if callable(getattr(np, name)) and not isinstance(getattr(np, name), type)}


def test_all_that_decides_is_looked_at():
    assert functions_of_numpy(["checking", "numeric"]) - OF_NUMPY == set()
    assert all(hasattr(np, name) for name in OF_NUMPY)
    assert all(hasattr(builtins, name) for name in BUILTINS)
