"""The name of a file as a module, and the folders above it as packages."""

import sys

import numpy as np
import pytest

from convcheck.implementations.open import survey
from tests.implementations.files import found, pair_of, write

RELU = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


@pytest.mark.parametrize("init", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        "from .layer_utils import *",
        "from cs231n.layer_utils import *",
        "from layer_utils import *",
        "import cs231n.layer_utils as u; f = u.f",
    ],
)
def test_a_folder_is_a_package_with_or_without_an_init(tmp_path, init, statement):
    if init:
        write(tmp_path, "", "cs231n/__init__.py")
    write(tmp_path, "def f(x): return 2 * x", "cs231n/layer_utils.py")
    source = write(tmp_path, f"{statement}\ndef relu_forward(x): return f(x), x\ndef relu_backward(d, c): return d",
                   "cs231n/layers.py")  # fmt: skip
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [2]
    assert survey(source).missing == ()


def test_an_init_that_fails_does_not_matter(tmp_path):
    write(tmp_path, "1 / 0", "pkg/__init__.py")
    assert len(found(write(tmp_path, RELU, "pkg/layers.py"))) == 1


@pytest.mark.parametrize("name", ["random.py", "numpy.py", "2nd-try.py"])
def test_a_file_may_have_any_name(tmp_path, name):
    import random

    text = RELU.replace("import numpy as np", "") if name == "numpy.py" else RELU
    assert len(found(write(tmp_path, text, name))) == 1
    assert sys.modules["random"] is random
    assert sys.modules["numpy"] is np


@pytest.mark.parametrize("statement", ["from net.nn.base import factor", "import net.nn.base as b; factor = b.factor"])
def test_a_file_may_be_part_of_a_program_that_starts_further_up(tmp_path, statement):
    write(tmp_path, "factor = 2", "project/net/nn/base.py")
    layer = "def relu_forward(x): return factor * x, x\ndef relu_backward(dout, cache): return dout"
    source = write(tmp_path, f"{statement}\n{layer}", "project/net/nn/layers.py")
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [2]
    assert survey(source).missing == ()
