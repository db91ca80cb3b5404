"""Modules that are not there: replaced for the user's own imports, used by nobody unnoticed, left nowhere."""

import sys

import numpy as np
import pytest

from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from tests.implementations.files import found, pair_of, problem, write

LAYER = """
def relu_forward(x):
    return {forward}, x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def relu(forward="x * (x > 0)"):
    return LAYER.format(forward=forward)


def test_missing_modules_are_named_and_nothing_of_them_stays(tmp_path):
    text = """
    from nowhere.fast_layers import conv_forward_fast, conv_backward_fast
    import nowhere.plot as plt, elsewhere
    from .missing_sibling import *
    plt.rcParams["figure.figsize"] = (10, 8)
    elsewhere.use("Agg")
    get_ipython().run_line_magic("matplotlib", "inline")
    """
    before = set(sys.modules)
    result = survey(write(tmp_path, text, "cs/layers.py"))
    assert result.missing == ("nowhere", "nowhere.fast_layers", "nowhere.plot", "elsewhere", "cs.missing_sibling")
    assert not {name for name in set(sys.modules) - before if "nowhere" in name or "elsewhere" in name}


def test_what_is_missing_is_no_implementation(tmp_path):
    source = write(tmp_path, "from nowhere import conv_forward_fast, conv_backward_fast\n" + relu())
    assert [f.layer for f in found(source)] == ["relu"]
    named = Source(source.place, ("conv_forward_fast", "conv_backward_fast"))
    assert problem(named, "conv").startswith("conv_forward_fast comes from a module that is not there")


def test_names_of_python_2_work(tmp_path):
    text = "from past.builtins import xrange\nfrom six.moves import cPickle\nfrom builtins import range\n"
    source = write(tmp_path, text + relu("x + sum(xrange(3))"))
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [4]


@pytest.mark.parametrize("caught", ["ImportError", "ModuleNotFoundError", "Exception", "(ValueError, ImportError)", ""])
def test_an_import_that_may_fail_fails(tmp_path, caught):
    text = f"try:\n    from .cython import fast\n    HAS = 1\nexcept {caught}:\n    HAS = 0\n"
    source = write(tmp_path, text + relu("x + HAS"), "p/layers.py")
    assert survey(source).missing == ()
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [1]


def test_a_handler_falls_back_on_a_stub(tmp_path):
    text = "try:\n    import nowhere\nexcept ImportError:\n    import elsewhere\n"
    assert survey(write(tmp_path, text + relu())).missing == ("elsewhere",)
    text = "try:\n    import nowhere\nexcept ValueError:\n    pass\n"
    assert survey(write(tmp_path, text + relu())).missing == ("nowhere",)


def test_optional_imports_of_libraries_and_functions_are_left_alone(tmp_path):
    text = "import importlib.util\nHAS = importlib.util.find_spec('nowhere') is not None\n"
    source = write(tmp_path, text + relu("x + HAS"))
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [1]
    source = write(tmp_path, "def relu_forward(x):\n    import nowhere\ndef relu_backward(d, x): return d\n")
    with pytest.raises(Raised, match="No module named 'nowhere'"):
        pair_of(source, found(source)[0]).forward(np.ones(1))


def test_a_real_package_is_not_written_to(tmp_path):
    source = write(tmp_path, "from numpy import nothing_of_the_kind\n" + relu())
    assert survey(source).missing == ("numpy.nothing_of_the_kind",)
    assert not hasattr(np, "nothing_of_the_kind")


def test_without_stubs_the_import_fails_with_what_to_do(tmp_path):
    source = write(tmp_path, "import numpy\nimport skimage.nowhere\n" + relu())
    assert problem(Source(source.place, stubs=False)) == (
        f"importing {source.place} raised ModuleNotFoundError: No module named 'skimage' (line 2 of layers.py, in "
        "<module>): import skimage.nowhere; pip install scikit-image, or leave out --no-stubs"
    )
