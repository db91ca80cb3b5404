"""Right code with one method broken, in every way of `odd_values.py`: findings, and neither a fault nor a pass."""

import pytest

from tests.fuzz import odd_values
from tests.fuzz.broken_methods import DRAWN, Case, outcome_of, run
from tests.fuzz.right_code import KINDS, right_code
from tests.implementations.files import statuses, write


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    return right_code(tmp_path_factory.mktemp("fuzz"))


def test_no_broken_method_is_a_fault_of_convcheck_or_passes():
    assert run(cases=80, seed=11) == []


@pytest.mark.parametrize("number", [1099, 4929, 14018])
def test_what_was_found_stays_mended(number):
    assert run(cases=1, seed=11, only=number) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layer", DRAWN)
def test_what_is_broken_is_right_before(layer, kind, code):
    result = outcome_of(Case(0, layer, kind, "nowhere", "none", "", 1, False), *code[layer, kind])
    assert result.status == "pass"


@pytest.mark.parametrize("exception", odd_values.EXCEPTIONS)
def test_whatever_backward_raises_is_a_finding_in_one_line(exception, code):
    result = outcome_of(Case(0, "relu", "functions", "gradient", "", exception, 1, False), *code["relu", "functions"])
    assert result.status == "error"
    assert [tensor.verdict for tensor in result.tensors] == ["exact"]
    said = result.findings[-1].message
    assert len(said) < 1000
    assert "\n" not in said
    assert type(said) is str


@pytest.mark.parametrize("odd", odd_values.WRONG)
def test_whatever_forward_returns_that_is_wrong_is_a_finding(odd, code):
    result = outcome_of(Case(0, "relu", "functions", "out", odd, "", 1, False), *code["relu", "functions"])
    assert result.status in ("fail", "error")
    assert any(finding.severity != "note" for finding in result.findings) or result.tensors[0].verdict == "wrong"


def test_a_fault_would_be_seen(monkeypatch, code):
    def fails(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("tests.fuzz.broken_methods.run_source", fails)
    outcome = outcome_of(Case(0, "relu", "functions", "out", "none", "", 1, False), *code["relu", "functions"])
    assert "escapes: " in outcome


def test_a_pass_would_be_seen(monkeypatch, code):
    monkeypatch.setitem(odd_values.WRONG, "none", lambda right: right)
    assert outcome_of(Case(0, "relu", "functions", "out", "none", "", 1, False), *code["relu", "functions"]) == "passes"


def test_a_file_full_of_odd_values_is_surveyed_and_what_is_right_in_it_passes(tmp_path):
    source = write(
        tmp_path,
        """
        import numpy as np
        from tests.fuzz import odd_values

        for number, make in enumerate(odd_values.WRONG.values()):
            globals()[f"odd_{number}"] = make(np.ones((2, 3)))
        for name, value in vars(odd_values).items():
            globals().setdefault(name, value)

        def relu_forward(x):
            return np.maximum(x, 0), x

        def relu_backward(dout, cache):
            return dout * (cache > 0)
        """,
    )
    assert "pass" in statuses(source, "relu", N=1, C=1, H=2, W=3)
