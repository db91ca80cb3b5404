"""Files as they are: siblings, packages, freshness, and one clear line where they cannot be imported."""

import sys
from types import ModuleType

import numpy as np

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


def test_a_module_is_found_by_its_dotted_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "", "mine/__init__.py")
    write(tmp_path, RELU, "mine/layers.py")
    assert [f.names for f in found(Source("mine.layers"))] == [("relu_forward", "relu_backward")]
    assert problem(Source("miner.layers")) == (
        f"there is no module 'miner' in {tmp_path} or among the installed packages; did you mean mine?"
    )
    assert "No module named 'mine.conv'" in problem(Source("mine.conv"))


def test_a_main_guard_does_not_run_and_arguments_are_not_ours(tmp_path):
    write_guard = "import sys\nassert len(sys.argv) == 1\nif __name__ == '__main__':\n    1 / 0\n"
    assert len(found(write(tmp_path, write_guard + RELU))) == 1


def test_what_is_not_there_has_a_nearest_name(tmp_path):
    write(tmp_path, RELU)
    assert problem(Source(str(tmp_path / "layer.py"))) == (
        f"{tmp_path}/layer.py: there is no such file; did you mean {tmp_path}/layers.py?"
    )
    assert "there is no folder" in problem(Source(str(tmp_path / "no" / "layer.py")))
    assert "is a folder: name the file" in problem(Source(str(tmp_path) + "/"))
    assert "jupyter nbconvert --to script" in problem(Source(str(tmp_path / "a.ipynb")))
    assert problem(Source("sub/conv.yaml")) == "conv.yaml is a spec, and no code: to run it, leave out --impl"
    assert (
        problem(Source("no such"))
        == "'no such' is neither a file (layers.py) nor the name of a module (package.layers)"
    )


def test_a_file_without_the_suffix_of_code_is_no_module(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layers.txt").write_text(RELU)
    assert problem(Source("layers.txt")) == (
        "layers.txt is a file, and the name of a file of code ends in .py: save it under such a name"
    )


def test_a_file_that_has_the_name_of_a_module_is_read_anew_each_time(tmp_path, monkeypatch):
    other = ModuleType("taken_already")
    other.__file__ = str(tmp_path / "elsewhere" / "taken_already.py")
    monkeypatch.setitem(sys.modules, "taken_already", other)
    source = write(tmp_path, RELU, "taken_already.py")
    assert [one.names for one in found(source)] == [("relu_forward", "relu_backward")]
    write(tmp_path, RELU.replace("relu", "tanh"), "taken_already.py")
    assert [one.names for one in found(source)] == [("tanh_forward", "tanh_backward")]
