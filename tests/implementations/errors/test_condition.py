"""Code that declines sizes and settings is told apart from code that is at odds with what it computed."""

import numpy as np
import pytest

from convcheck.implementations.errors.condition import on_sizes_alone
from tests.implementations.running import module_of

# What comes before the condition.
GIVEN = """
    N, C, H, W = x.shape
    ph, s = param["pool_height"], param.get("stride", 2)
    out = np.zeros((N, C, (H - ph) // s + 1))
    worst = x.max()
"""
ABOUT_SIZES = [
    "H % ph == 0 and (H - ph) % s == 0",
    "H == W",
    "x.ndim == 2",
    "len(x.shape) == 2",
    "x.shape[2] % param['pool_height'] == 0",
    "(H - ph) / s == int((H - ph) / s)",
    "(H, W) == (32, 32)",
    "isinstance(ph, float)",
    "param['mode'] in ('valid', 'same')",
    "LIMIT > H",
    "x.shape[1] == w.shape[1]",
    "len(w) == LIMIT",
    "x.dtype == np.float32",
]
ABOUT_VALUES = [
    "x.max() > 100",
    "np.isnan(x).any()",
    "worst > 100",
    "out.shape == x.shape",
    "out.any()",
    "(x > 5).all()",
    "np.allclose(out, 1)",
    "param['mean'].any()",
    "False",
    "len(out) == 7",
]


def raised(folder, body):
    """Whether what the body raises is raised on its sizes alone."""
    text = f"import numpy as np\nLIMIT = 4\ndef layer(x, w, param):{GIVEN}{body}"
    param = {"pool_height": 3, "stride": 2, "mode": "full", "mean": np.zeros(3)}
    try:
        module_of(text, folder).layer(np.ones((2, 3, 8, 7)), np.ones((2, 5)), param)
    except Exception as error:
        return on_sizes_alone(error)
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("condition", "about_sizes"), [*((c, True) for c in ABOUT_SIZES), *((c, False) for c in ABOUT_VALUES)]
)
def test_what_an_assertion_and_a_raise_have_to_do_with(tmp_path, condition, about_sizes):
    refused = f"    if not ({condition}):\n        for _ in x:\n            raise ValueError('no')\n"
    assert raised(tmp_path, f"    assert {condition}, 'no'\n") is about_sizes
    assert raised(tmp_path, refused) is about_sizes


def test_every_if_around_a_raise_counts(tmp_path):
    body = "    if H > 1:\n        if {}:\n            pass\n        else:\n            raise ValueError('no')\n"
    assert raised(tmp_path, body.format("W == H"))
    assert not raised(tmp_path, body.format("worst > 5"))


def test_settings_that_a_class_keeps_are_settings_and_what_it_computed_is_not(tmp_path):
    text = """
class Pool:
    def __init__(self):
        self.stride = 3
    def forward(self, x):
        self.x = x
        assert {}
"""
    for condition, about_sizes in (("x.shape[0] % self.stride == 0", True), ("self.x.sum() == 0", False)):
        with pytest.raises(AssertionError) as caught:
            module_of(text.format(condition), tmp_path).Pool().forward(np.ones(4))
        assert on_sizes_alone(caught.value) is about_sizes


def test_without_a_condition_or_a_line_of_theirs_it_is_not(tmp_path):
    assert not raised(tmp_path, "    raise ValueError('no')\n")
    assert not raised(tmp_path, "    np.ones(3) + np.ones(4)\n")
    assert not on_sizes_alone(ValueError("raised by nobody"))
