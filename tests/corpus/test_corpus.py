"""Code as it is out there, run through the real command: what is right passes, and what is wrong is named."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from convcheck.cli.process import run_process
from convcheck.implementations.open import survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import NAMES
from tests.cli.calling import process
from tests.corpus.conclusions import suite_in
from tests.corpus.table import RIGHT, ROWS, WRONG, Row

FILES = Path(__file__).parent / "files"
TORCH = importlib.util.find_spec("torch") is not None
PASSED = ("pass", "skipped")


# One of so many is run each time, one of fewer by CI, and all of them by `pytest -m exhaustive`.
ONE_OF, THOROUGH = 12, 3


def marked(those):
    def marks(number, row):
        how_often = pytest.mark.exhaustive if number % THOROUGH else pytest.mark.thorough
        return [*([pytest.mark.torch] if row.torch else []), *([how_often] if number % ONE_OF else [])]

    return [pytest.param(row, marks=marks(number, row)) for number, row in enumerate(those)]


@cache
def report(row: Row) -> dict:
    with TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        spec = [suite_in(folder, row.spec)] if row.spec else []
        chosen = ["-k", row.k] if row.k else []
        arguments = ["run", *spec, *chosen, "--impl", str(FILES / row.impl), "-q", "-o", f"json={path}"]
        # Most without the time that processes take to start.
        own_process = row in RIGHT[::20]
        code = process(*arguments).returncode if own_process else run_process([*arguments, "--no-isolation"])
        assert code in (0, 1)
        return json.loads(path.read_text(encoding="utf-8"))


def said(checks, severities):
    """The tensors that are wrong and the codes of findings."""
    wrong = {t["name"] for check in checks for t in check["tensors"] if t["verdict"] == "wrong"}
    return wrong | {f["code"] for check in checks for f in check["findings"] if f["severity"] in severities}


def needs_torch(row):
    if row.torch and not TORCH:
        pytest.skip("PyTorch is not installed")


@pytest.mark.parametrize("row", marked(RIGHT), ids=lambda row: row.impl)
def test_what_is_right_passes_the_whole_suite(row):
    needs_torch(row)
    checks = report(row)["checks"]
    assert {check["layer"] for check in checks} == set(row.layers)
    assert [(c["id"], c["status"], c["findings"]) for c in checks if c["status"] not in PASSED] == []
    assert said(checks, ("error",)) == set()
    assert any(check["status"] == "pass" for check in checks)
    # What is skipped says why, and where nothing is to be said nothing is skipped but the gradients of a test mode.
    skipped = [check for check in checks if check["status"] == "skipped" and check["spec"].get("mode") != "test"]
    assert all(said([check], ("warning",)) & set(row.may) for check in skipped)


@pytest.mark.parametrize("row", marked(WRONG), ids=lambda row: row.impl)
def test_what_is_wrong_is_named(row, monkeypatch):
    needs_torch(row)
    # The smallest sizes at which it is wrong are nothing that is looked at here, and take up to 24 checks more.
    monkeypatch.setattr("convcheck.diagnosis.shrink.MOST_TRIED", 0)
    checks = report(row)["checks"]
    assert {check["layer"] for check in checks} == set(row.layers)
    failed = [check for check in checks if check["status"] not in PASSED]
    assert {check["layer"] for check in failed} == set(row.fails or row.layers), row.why
    alternatives = [set(name.split("|")) for name in row.says]
    named = said(failed, ("error", "warning"))
    assert [a for a in alternatives if not a & named] == [], (row.why, named)
    conclusions = report(row).get("conclusions", [])
    assert {one["layer"] for one in conclusions} == {
        check["layer"] for check in failed if check["status"] != "undecided"
    }
    sentences = [cause["sentence"] for one in conclusions for cause in one["causes"]]
    assert row.cause in " ".join(sentences), sentences
    # Nothing is accused that is not to blame.
    assert said(checks, ("error",)) - set(row.may) - set().union(*alternatives) == set(), row.why


def test_every_file_is_in_the_table_and_there_are_enough():
    named = {row.impl.partition(":")[0] for row in ROWS}
    beside = {"right/nhwc.py", "right/bare_arrays.py", "wrong/nhwc_dw.py"}
    files = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*.py")}
    assert {f for f in files if not f.startswith("right/package/nets/")} == named - {
        "right/package/nets/layers.py"
    } | beside
    assert len(RIGHT) >= 20
    assert len(WRONG) >= 35
    assert len({row.impl for row in ROWS}) == len(ROWS)
    assert all(row.why and row.says for row in WRONG)
    assert not any(row.why or row.says or row.k for row in RIGHT)


@pytest.mark.torch
def test_of_every_layer_there_is_right_code_as_functions_as_a_class_and_on_pytorch():
    pytest.importorskip("torch")
    kinds = {name: set() for name in NAMES}
    for row in RIGHT:
        place, _, names = row.impl.partition(":")
        source = Source(str(FILES / place), tuple(filter(None, names.split(","))))
        for one in survey(source, (row.spec,) if row.spec else ()).found:
            kinds.get(one.layer, set()).add(one.kind)
    assert {name: kinds[name] for name in NAMES if not kinds[name] >= {"functions", "classes", "pytorch"}} == {}


def test_an_adapter_is_ten_lines_at_most():
    for path in FILES.rglob("*_adapter.py"):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        assert len(lines) <= 10, path
