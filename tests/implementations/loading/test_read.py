"""A file of code that cannot be read is told in a line: what it is, where, and what to do."""

import pytest

from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from tests.implementations.files import found, problem, write

RELU = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


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
