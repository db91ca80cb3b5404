"""What is not written yet, and what is written and returns nothing."""

import functools

import numpy as np
import pytest

from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.unwritten import is_unwritten, returned_none
from tests.implementations.files import found, pair_of, status, write
from tests.implementations.running import module_of


@pytest.mark.parametrize(
    ("body", "unwritten"),
    [
        ("pass", True),
        ('"""Later."""', True),
        ("return None", True),
        ("raise NotImplementedError('later')", True),
        ("...", True),
        ("return x", False),
        ("raise ValueError", False),
        ("x = 1", False),
    ],
)
def test_a_body_that_does_nothing_is_not_written(tmp_path, body, unwritten):
    assert is_unwritten(module_of(f"def f(x):\n    {body}\n", tmp_path).f) is unwritten


def test_what_has_no_source_counts_as_written():
    assert not is_unwritten(len)
    assert not is_unwritten(functools.partial(len))


STUBS = [
    "pass",
    "'A docstring.'\n    ...",
    "out = None\n    # TODO: to be written\n    return out, x",
    "out: None = None\n    return",
    "out, cache = None, None\n    n, d = x.shape\n    eps = x.get('eps', 1e-5)\n    cache = (x, eps)\n"
    "    return out, cache",
    "mode = x['mode']\n    out = None\n    if mode == 'train':\n        # banner\n        pass\n"
    "    elif mode == 'test':\n        out = None\n    else:\n        raise ValueError(mode)\n    return out, x",
    # One branch is done, and the other is still the exercise.
    "out = None\n    if x:\n        y = x * 2\n        x['mean'] = y\n    else:\n        pass\n    return out, x",
    "out, cache = None, None\n    mode = x.get('mode', 'train')\n    if mode == 'train':\n        out = x * 2\n"
    "    elif mode == 'test':\n        pass\n    x['mean'] = mode\n    return out, cache",
    "return None, None, None",
    "out: object = None\n    return out",
    "import math\n    del x",
    "global COUNT\n    pass",
]
WRITTEN = [
    "out = x * 2",
    "out = x",
    "# TODO: tidy up\n    out = abs(x)",
    "x = x + 1\n    return",
    "out = None\n    y = x * 2\n    return out, x",
    "out = None\n    for i in x:\n        out = i\n    return out, x",
    "if x is None:\n        return x * 2",
    "print(x)",
    "raise ValueError(x)",
    # A branch that has nothing to do, and work outside of it.
    "out = None\n    if x:\n        pass\n    y = x * 2\n    return out, x",
]


@pytest.mark.parametrize("body", STUBS)
def test_a_none_that_a_stub_returns_is_not_written_yet(tmp_path, body):
    error = returned_none(module_of(f"def f(x):\n    {body}\n", tmp_path).f, "f", "forward")
    assert isinstance(error, NotWritten)
    assert (str(error), error.what) == ("f is not written yet: it returns None", "forward")


@pytest.mark.parametrize("body", WRITTEN)
def test_a_none_of_code_that_does_something_is_a_mistake(tmp_path, body):
    module = module_of(f"\ndef f(x):\n    {body}\n", tmp_path)
    error = returned_none(module.f, "f", "backward")
    assert isinstance(error, Raised)
    file = f"{module.__name__}.py"
    assert error.sentence() == (
        f"backward returned None: f (line 2 of {file}) ends without a value: look for a `return` that is missing"
    )
    assert not error.refusal()


def test_what_has_no_text_is_taken_to_be_written():
    assert isinstance(returned_none(exec, "exec", "forward"), Raised)


FORGOTTEN = {
    "functions": """
import numpy as np
def relu_forward(x):
    out = np.maximum(x, 0)
    return out, x
def relu_backward(dout, cache):
    dx = dout * (cache > 0)
    return dx
""",
    "class": """
import numpy as np
class Relu:
    def forward(self, x):
        self.mask = x > 0
        out = np.maximum(x, 0)
        return out
    def backward(self, dout):
        dx = dout * self.mask
        return dx
""",
    "adapter": """
import numpy as np
layer = "relu"
def forward(x):
    out = np.maximum(x, 0)
    return out, x
def backward(dout, cache):
    dx = dout * (cache > 0)
    return dx
""",
}


@pytest.mark.parametrize("kind", FORGOTTEN)
@pytest.mark.parametrize(("forgotten", "what"), [("return out", "forward"), ("return dx", "backward")])
def test_a_forgotten_return_is_an_error_in_every_kind_of_code(tmp_path, kind, forgotten, what):
    text = FORGOTTEN[kind]
    source = write(tmp_path, text, "right.py")
    assert status(source, found(source)[0]) == "pass"
    line = next(line for line in text.splitlines() if line.strip().startswith(forgotten))
    source = write(tmp_path, text.replace(line, ""))
    (one,) = found(source)
    assert status(source, one) == "error"
    x = np.ones((2, 3, 4, 5))
    pair = pair_of(source, one)
    with pytest.raises(Raised) as caught:
        pair.backward(x, pair.forward(x)[1])
    assert caught.value.sentence().startswith(f"{what} returned None: ")
