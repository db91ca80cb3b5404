"""Right code of many hands, with mistakes planted in it: the suites let none pass that nobody has looked at.

A sample of what `benchmarks/own_code_mutants.py` does by the thousand.
"""

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from convcheck.audit.mutants import mutants_of
from convcheck.audit.own_code import audit_own_code
from convcheck.implementations.source import parse_source

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("own_code_mutants", BENCHMARKS / "own_code_mutants.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def judged(benchmark):
    return yaml.safe_load(benchmark.JUDGED.read_text(encoding="utf-8"))


def test_what_was_looked_at_says_what_it_is(benchmark, judged):
    said = [one for those in judged.values() for one in those]
    assert {one["is"] for one in said} == {"equivalent", "open"}
    assert all(one["why"] for one in said)
    assert judged.keys() <= benchmark.CODE.keys()
    assert len({*benchmark.CODE.values()}) > 12


@pytest.mark.thorough
def test_what_was_looked_at_is_still_planted(benchmark, judged):
    for name, those in judged.items():
        text = (benchmark.FOLDER / name.partition(":")[0]).read_text(encoding="utf-8")
        planted = {(one.before, one.after) for one in mutants_of(text)}
        assert [one for one in those if (one["before"], one["after"]) not in planted] == [], name


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["avg_pool_reshape.py", "bn_nine_nodes.py", "rms_rows.py", "losses_course.py"])
def test_no_mistake_passes_that_nobody_has_looked_at(benchmark, judged, name):
    # As many as the benchmark tries: which they are hangs on that.
    result = audit_own_code(parse_source(str(benchmark.FOLDER / name)), workers=2, most=31)
    assert result.problem is None
    known = {(one["before"], one["after"]) for one in judged.get(name, ())}
    passed = [(one.mutant.before, one.mutant.after) for one in result.of("equal", "survived", "not run", "fault")]
    assert [one for one in passed if one not in known] == []
    assert result.score > 0.9


# What was let pass once, by the file and the new statement; and the check that notices it, or the first of them.
CLOSED = [
    ("losses_course.py:svm_loss", "np.maximum(0, x - correct_class_scores[:, np.newaxis])", "svm_loss"),
    ("avg_pool_reshape.py", "np.repeat(np.repeat(dout, k, axis=2), k, axis=3) / (k * 2)", "side_3"),
    ("avg_pool_im2col.py", "W + 2 * stride + stride - 1), dtype=col.dtype)", "padded"),
    ("convt_spread.py", "(n, c, oh + 2 + kh - 1, ow + 2 * padding + kw - 1)", "pad_3"),
    ("attn_einsum.py", "1)] = np.inf", "causal"),
    ("groupconv_split.py", "np.split(dout, G, axis=2)", "groups"),
]


@pytest.mark.parametrize(
    ("name", "after", "by"),
    [pytest.param(*one, marks=[pytest.mark.thorough] if number else []) for number, one in enumerate(CLOSED)],
    ids=[name for name, _, _ in CLOSED],
)
def test_what_was_let_pass_once_is_noticed(benchmark, name, after, by):
    source = parse_source(str(benchmark.FOLDER / name))
    layers = ("svm_loss",) if source.names else ()
    result = audit_own_code(source, layers, isolated=False, chosen=lambda mutant: after in mutant.after)
    assert result.problem is None
    assert [(one.fate, by in one.by) for one in result.tried] == [("killed", True)]
