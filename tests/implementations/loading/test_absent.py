"""What stands for a name of a missing module may be passed on, and says what is missing where it is used."""

import numpy as np
import pytest

from convcheck.implementations.errors.raised import Raised
from tests.implementations.files import found, pair_of, write

LAYER = """
def relu_forward(x):
    return {forward}, x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def relu(forward="x * (x > 0)"):
    return LAYER.format(forward=forward)


USES = (
    "fast(x)",
    "fast + x",
    "x * fast",
    "fast.deep.er(x)",
    "fast[0]",
    "list(fast)",
    "len(fast)",
    "x if fast else x",
    "np.asarray(fast)",
    "Net(x)",
    "fast < x",
)


@pytest.mark.parametrize("use", USES)
def test_using_it_says_what_is_missing(tmp_path, use):
    text = "import numpy as np\nfrom nowhere import fast, Base\nclass Net(Base): pass\n"
    source = write(tmp_path, text + relu(use))
    with pytest.raises(Raised) as error:
        pair_of(source, found(source)[0]).forward(np.ones(2))
    assert "was used, but there is no module nowhere" in error.value.sentence()
    assert error.value.line.text == f"return {use}, x"
    assert error.value.hint == "pip install nowhere"


def test_decorators_bases_and_annotations_survive(tmp_path):
    text = """
    from nowhere import jit, Module, Tensor
    @jit
    def f(x: Tensor[int], y: Tensor | None = None): return x
    @jit(nopython=True)
    def g(x): return x
    class Net(Module): pass
    DEVICE = "fast" if jit.available() else "slow"
    def relu_forward(x):
        assert DEVICE == "slow" and not isinstance(x, Tensor)
        return f(x), x
    def relu_backward(dout, x): return dout
    """
    source = write(tmp_path, text)
    assert pair_of(source, found(source)[0]).forward(np.ones(1))[0] == [1]
