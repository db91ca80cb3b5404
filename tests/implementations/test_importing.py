"""Files as they are: siblings, packages, freshness, and one clear line where they cannot be imported."""

import sys

import numpy as np
import pytest

from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from tests.implementations.files import found, pair_of, problem, write

RELU = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def test_a_sibling_is_found_and_imported_afresh(tmp_path):
    source = write(tmp_path, "from helpers import factor\ndef relu_forward(x): return factor * x, x\n"
                             "def relu_backward(dout, x): return dout\n")  # fmt: skip
    write(tmp_path, "factor = 2", "helpers.py")
    before = list(sys.path)
    (one,) = found(source)
    assert pair_of(source, one).forward(np.ones(1))[0] == [2]
    write(tmp_path, "factor = 3", "helpers.py")
    assert pair_of(source, one).forward(np.ones(1))[0] == [3]
    assert sys.path == before
    assert not list(tmp_path.rglob("__pycache__"))


def test_files_of_one_name_in_two_folders_do_not_see_each_others_siblings(tmp_path):
    text = "from helpers import factor\ndef relu_forward(x): return factor * x, x\ndef relu_backward(d, x): return d\n"
    for folder, factor in (("a", 2), ("b", 3)):
        source = write(tmp_path, text, f"{folder}/layers.py")
        write(tmp_path, f"factor = {factor}", f"{folder}/helpers.py")
        assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [factor]


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


def test_a_module_is_found_by_its_dotted_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "", "mine/__init__.py")
    write(tmp_path, RELU, "mine/layers.py")
    assert [f.names for f in found(Source("mine.layers"))] == [("relu_forward", "relu_backward")]
    assert problem(Source("miner.layers")) == (
        f"there is no module 'miner' in {tmp_path} or among the installed packages; did you mean mine?"
    )
    assert "No module named 'mine.conv'" in problem(Source("mine.conv"))


@pytest.mark.parametrize("name", ["random.py", "numpy.py", "2nd-try.py"])
def test_a_file_may_have_any_name(tmp_path, name):
    import random

    text = RELU.replace("import numpy as np", "") if name == "numpy.py" else RELU
    assert len(found(write(tmp_path, text, name))) == 1
    assert sys.modules["random"] is random
    assert sys.modules["numpy"] is np


def test_a_main_guard_does_not_run_and_arguments_are_not_ours(tmp_path):
    write_guard = "import sys\nassert len(sys.argv) == 1\nif __name__ == '__main__':\n    1 / 0\n"
    assert len(found(write(tmp_path, write_guard + RELU))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\nprint 'hello'\n", "layers.py is not Python 3: line 2: print 'hello': Missing parentheses in call to "
         "'print'. Did you mean print(...)?; this is Python 2: convert it with 2to3 -w layers.py"),
        ("%matplotlib inline\n", "layers.py is not Python 3: line 1: %matplotlib inline: invalid syntax; "
         "this is a notebook's command: take the line out"),
        ("if 1:\n\tx = 1\n        y = 2\n", "layers.py is not Python 3: line 3: y = 2: TabError: inconsistent use of "
         "tabs and spaces in indentation; indent with spaces only"),
        ("x = 08\n", "leading zeros in decimal integer literals are not permitted"),
        ("a = 1\nb = zoo\n", "importing {place} raised NameError: name 'zoo' is not defined (line 2 of layers.py, in "
         "<module>): b = zoo; what is not needed to define the layers belongs under if __name__ == \"__main__\":"),
        ("exit(3)\n", "importing {place} called sys.exit (line 1 of layers.py, in <module>): exit(3)"),
        ("for i in xrange(3): pass\n", "Python 2 had xrange: write range"),
        ("from numpy.linalg.nowhere import a\n1 + a\n", "there is no module numpy.linalg.nowhere"),
        ("import numpy as np\nx = np.int(3)\n", "np.int is gone since NumPy 1.24: write int"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_told_in_a_line(tmp_path, text, said):
    source = write(tmp_path, text)
    assert said.format(place=source.place) in problem(source)
    assert not survey(source).opened


def test_a_sibling_that_cannot_be_read_is_named(tmp_path):
    write(tmp_path, "print 1", "helpers.py")
    assert problem(write(tmp_path, "from helpers import *")).startswith("helpers.py is not Python 3: line 1: print 1: ")


def test_what_is_no_text_is_told(tmp_path):
    path = tmp_path / "layers.py"
    source = Source(str(path))
    path.write_bytes(b"x = 1\ny = '\xe9'\n")
    assert problem(source).startswith(
        "layers.py is not utf-8: byte 0xe9 in line 2; save it as UTF-8, or say what it is"
    )
    path.write_bytes(b"# -*- coding: latin-1 -*-\ny = '\xe9'\n" + RELU.encode())
    assert len(found(source)) == 1
    path.write_bytes(b"x = 1\0")
    assert problem(source) == "layers.py is not text: byte 6 is zero"
    path.write_bytes(b"#" * 6_000_000)
    assert problem(source) == "layers.py has 6,000,000 bytes; a file of code has less than 5,000,000"
    path.write_text("(" * 5000)
    assert "layers.py is not Python" in problem(source)


def test_what_is_not_there_has_a_nearest_name(tmp_path):
    write(tmp_path, RELU)
    assert problem(Source(str(tmp_path / "layer.py"))) == (
        f"{tmp_path}/layer.py: there is no such file; did you mean {tmp_path}/layers.py?"
    )
    assert "there is no folder" in problem(Source(str(tmp_path / "no" / "layer.py")))
    assert "is a folder: name the file" in problem(Source(str(tmp_path) + "/"))
    assert "jupyter nbconvert --to script" in problem(Source(str(tmp_path / "a.ipynb")))
    assert (
        problem(Source("no such"))
        == "'no such' is neither a file (layers.py) nor the name of a module (package.layers)"
    )


@pytest.mark.parametrize("statement", ["from net.nn.base import factor", "import net.nn.base as b; factor = b.factor"])
def test_a_file_may_be_part_of_a_program_that_starts_further_up(tmp_path, statement):
    write(tmp_path, "factor = 2", "project/net/nn/base.py")
    layer = "def relu_forward(x): return factor * x, x\ndef relu_backward(dout, cache): return dout"
    source = write(tmp_path, f"{statement}\n{layer}", "project/net/nn/layers.py")
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [2]
    assert survey(source).missing == ()
