"""`convcheck audit`: the score and why it is not higher, checks that would mend it, and the exit code.

Covers cli/commands/audit.py as well.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.audit.specs import WEAK, found_of_weak
from tests.cli.calling import Caller

SECONDS = re.compile(r"\d\.\d+(?= s|\"| *,)")


def steady(text: str) -> str:
    return SECONDS.sub("0", text)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The weak spec, which is audited once for all tests."""
    (tmp_path / "spec.yaml").write_text(WEAK)
    monkeypatch.setattr("convcheck.cli.actions.audit.audit_layer", lambda layer, checks, run: found_of_weak())


def test_the_score_and_why_it_is_not_higher(call: Caller) -> None:
    called = call("audit", "spec.yaml")
    assert called.code == 0
    assert "mode is train in the one check: shows only where mode is test" in called.out
    assert called.out.splitlines()[-1].startswith("score 0.550: 22 of 40 mistakes noticed, 18 right at these sizes (")
    assert call("audit", "spec.yaml", "-q").out.startswith("score 0.550")
    assert "and 15 more" not in call("audit", "spec.yaml", "-v").out


@pytest.mark.parametrize(("least", "code"), [("0.55", 0), ("0.56", 1), ("1.5", 2), ("much", 2)])
def test_a_score_that_is_too_low_is_exit_code_1(call: Caller, least: str, code: int) -> None:
    assert call("audit", "spec.yaml", "--min-score", least).code == code


def test_checks_are_suggested_to_a_file_that_is_none_yet(call: Caller, tmp_path: Path) -> None:
    called = call("audit", "spec.yaml", "--suggest", "more.yaml")
    assert called.code == 0
    assert "3 checks would notice 18 mistakes more" in called.out
    written = (tmp_path / "more.yaml").read_text()
    assert "{N: 1, D: 1, mode: test}" in written
    assert call("run", "more.yaml").code == 0
    again = call("audit", "spec.yaml", "--suggest", "more.yaml")
    assert (again.code, "'more.yaml' exists; --force replaces it" in again.err) == (2, True)
    assert call("audit", "spec.yaml", "--suggest", "spec.yaml", "--force").code == 2
    assert (tmp_path / "spec.yaml").read_text() == WEAK
    assert call("audit", "spec.yaml", "--suggest", "-").out == written


@pytest.mark.parametrize("form", ["json", "junit", "markdown", "html"])
def test_a_report_in_the_format_of_its_suffix_or_of_the_option(call: Caller, tmp_path: Path, form: str) -> None:
    suffix = {"json": "json", "junit": "xml", "markdown": "md", "html": "html"}[form]
    assert call("audit", "spec.yaml", "-o", f"a.{suffix}").out == ""
    shown = call("audit", "spec.yaml", "--format", form).out
    written = (tmp_path / f"a.{suffix}").read_text()
    assert steady(written) == steady(shown)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "name a spec file"),
        (["none.yaml"], 2, "none.yaml"),
        (["--suite", "no_such"], 2, "no suite is called 'no_such'"),
        (["spec.yaml", "-o", "a.pdf"], 2, "no format with the suffix .pdf"),
        (["spec.yaml", "-o", "a.csv"], 2, "no format with the suffix .csv"),
        (["spec.yaml", "-k", "nothing"], 5, "nothing to audit"),
        (["function.yaml"], 5, "nothing to audit"),
    ],
)
def test_what_is_no_audit(call: Caller, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    (tmp_path / "function.yaml").write_text("{layer: function, inputs: {x: [2]}, implementation: {file: f.py}}")
    called = call("audit", *arguments)
    assert (called.code, said in called.err) == (code, True), called.err


def test_a_spec_that_is_not_valid_is_exit_code_2_and_the_others_are_audited(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("{layer: relu, N: 0}")
    called = call("audit", "bad.yaml", "spec.yaml", "--format", "json")
    assert called.code == 2
    document = json.loads(called.out)
    assert document["errors"]
    assert [layer["layer"] for layer in document["layers"]] == ["dropout"]


def test_a_suite_is_audited_as_such(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(
        "convcheck.cli.actions.audit.audit_layer", lambda layer, checks, run: seen.extend(checks) or found_of_weak()
    )
    assert call("audit", "spec.yaml", "--suite", "dropout").code == 0
    assert [one.suite for one in seen] == [False, *[True] * (len(seen) - 1)]
    assert len(seen) > 2


def test_workers_are_as_many_as_asked_for(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    seen = []
    monkeypatch.setattr(
        "convcheck.cli.actions.audit.in_processes", lambda workers: seen.append(workers) or nullcontext(map)
    )
    call("audit", "spec.yaml", "-j", "3")
    call("audit", "spec.yaml")
    assert seen == [3, 1]


def test_an_interruption_leaves_no_report(call: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(layer: object, checks: object, run: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("convcheck.cli.actions.audit.audit_layer", interrupted)
    assert call("audit", "spec.yaml", "-o", "a.json").code == 130
    assert not (tmp_path / "a.json").exists()
