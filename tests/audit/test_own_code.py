"""Code of one's own with mistakes planted in it, run by the suite: what is noticed, and what is not."""

import linecache
import re

import pytest

from convcheck.audit.own_code import audit_own_code
from convcheck.implementations.source import Source

RELU = """import numpy as np
from beside import positive

EPS = 0


def relu_forward(x):
    out = np.empty(x.shape, dtype=x.dtype)
    out[...] = np.maximum(x, 0)
    return out, x


def relu_backward(dout, cache):
    if cache is None:
        return dout + 1
    return dout * positive(cache)


def unused(x):
    return x + 1
"""
WARNED = """import numpy as np


def relu_forward(x):
    scale = 1 if x.shape == (7, 7, 7) else 1
    return np.maximum(x, 0) * scale, x


def relu_backward(dout, x):
    g = np.zeros(dout.shape, dtype=dout.dtype)
    g += dout * (x > 0)
    return g
"""
BESIDE = "def positive(x):\n    return x > 0\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "beside.py").write_text(BESIDE)
    (tmp_path / "layers.py").write_text(RELU)
    return tmp_path


def audit(folder, *needles, isolated=False, **settings):
    """Of the mutants of layers.py those whose new statement has one of these parts."""
    return audit_own_code(
        Source(str(folder / "layers.py")),
        isolated=isolated,
        chosen=lambda mutant: not needles or any(re.search(needle, mutant.after) for needle in needles),
        **settings,
    )


def test_what_becomes_of_each_mutant(folder, capfd):
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    result = audit(folder)
    tried = {one.mutant.after: one for one in result.tried}
    assert result.problem is None
    # A wrong output, with the check that saw it first.
    noticed = tried["out[...] = np.minimum(x, 0)"]
    assert (noticed.fate, noticed.checks, noticed.layers) == ("killed", 1, ("relu",))
    assert "relu" in noticed.by
    assert noticed.mutant.line == 9
    assert tried["return dout / positive(cache)"].fate == "killed"
    # A line that no check comes by.
    assert {one.fate for one in result.tried if one.mutant.line == 15} == {"not run"}
    assert not [one for one in result.tried if one.mutant.line > 16]
    # The text of the file is its own, here and there.
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before
    assert "".join(linecache.getlines(str(folder / "layers.py"))) == RELU
    assert capfd.readouterr() == ("", "")


def test_what_is_equal_is_told_from_what_is_not_and_passes(folder):
    (folder / "layers.py").write_text(WARNED)
    result = audit(folder, "^g ", "^scale")
    fates = {one.mutant.after: (one.fate, one.how) for one in result.tried}
    assert fates["g = dout * (x > 0)"] == ("equal", "")
    # No check has these sizes: it is equal at all of them, and that is all that is said.
    assert fates["scale = 2 if x.shape == (7, 7, 7) else 1"] == ("equal", "")
    assert fates["scale = 1 if x.shape == (7, 7, 7) else 2"][0] == "killed"
    assert fates["g = np.zeros(dout.shape)"] == ("warned", "wrong-dtype")
    assert {one.checks for one in result.of("equal", "warned")} == {result.checks}


def test_code_that_is_wrong_is_to_be_mended_first(folder):
    (folder / "layers.py").write_text(RELU.replace("return dout * ", "return 2 * dout * "))
    result = audit(folder)
    assert result.tried == ()
    assert re.search(r"is fail: .*mend that first", result.problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file"),
        ("def f(:\n", "is not Python 3"),
        ("x = 1\n", "no function or class"),
        ("import no_such_module_anywhere\nraise OSError(1)\n", "OSError"),
    ],
)
def test_what_cannot_be_audited_is_said(folder, text, said):
    (folder / "layers.py").unlink()
    if text is not None:
        (folder / "layers.py").write_text(text)
    result = audit(folder)
    assert said in result.problem
    assert result.tried == ()


def test_a_module_by_its_name_has_no_text_to_plant_in():
    assert "FILE.py" in audit_own_code(Source("os.path"), isolated=False).problem


def test_code_that_declines_all_that_it_is_asked_for_is_noticed(folder):
    (folder / "layers.py").write_text(
        RELU.replace("    out = np.empty", "    if x.ndim == 9:\n        raise ValueError('sizes')\n    out = np.empty")
    )
    tried = {one.mutant.after: one for one in audit(folder, "^if x.ndim").tried}
    assert tried["if x.ndim != 9"].fate == "killed"
    assert tried["if x.ndim == 10"].fate == "equal"


def test_so_many_as_are_asked_for_are_tried_all_over_the_file(folder):
    whole, some = audit(folder, "^out", "^return"), audit(folder, "^out", "^return", most=3)
    assert some.planted == whole.planted > 3
    assert [one.mutant for one in some.tried] == [whole.tried[n * whole.planted // 3].mutant for n in range(3)]


@pytest.mark.thorough
def test_processes_find_the_same_and_end_what_does_not_end(folder):
    (folder / "layers.py").write_text(
        RELU.replace("    out[...] =", "    n = 0\n    while n < 3:\n        n += 1\n    out[...] =")
    )
    told = []
    chosen = ("^n ", "^out", "^return dout")
    kept = audit(folder, *chosen, isolated=True, workers=2, timeout=2.0, announce=lambda *done: told.append(done))
    by_text = {one.mutant.after: one for one in kept.tried}
    assert (by_text["n -= 1"].fate, by_text["n -= 1"].how) == ("killed", "timed-out")
    assert told == [(number, kept.planted, one) for number, one in enumerate(kept.tried, start=1)]
    others = audit(folder, "^out", "^return dout")
    assert others.tried == tuple(one for one in kept.tried if not one.mutant.after.startswith("n "))
