"""The JSON report: valid, complete, finite, and described by its schema."""

import io
import json
import re
import shutil
import subprocess
from importlib.resources import files
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance, Invalid, RunEnd
from tests.reports.documents import holds, in_json
from tests.reports.hostile import NAMES, hostile, texts
from tests.reports.readers import read_json
from tests.reports.rendering import ENDING, invocation, render
from tests.reports.samples import EVERY, PASSED, result, tensor

SCHEMA = json.loads(files("convcheck.reports").joinpath("report.schema.json").read_text("utf-8"))


def document(*results: Result, ending: RunEnd = ENDING) -> dict[str, Any]:
    return read_json(render(results, name="json", ending=ending))


def test_fits_its_schema_and_holds_nothing_that_the_schema_does_not_speak_of() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    strict = json.loads(json.dumps(SCHEMA), object_hook=_closed)
    for results in ((), EVERY, (PASSED,)):
        jsonschema.validate(document(*results), strict, jsonschema.Draft7Validator)


def _closed(found: dict[str, Any]) -> dict[str, Any]:
    return {"additionalProperties": False, **found} if "properties" in found else found


@pytest.mark.parametrize(
    ("record", "name"),
    [(TensorResult, "tensor"), (Entry, "entry"), (Finding, "finding"), (Result, "check"), (Invalid, "error")],
)
def test_every_field_of_every_record_is_there(record: Any, name: str) -> None:
    described = SCHEMA["definitions"][name]
    # What mistakes are told by is no report's, and maps are for people.
    assert set(record._fields) - {"samples", "observed", "map"} <= set(described["required"])
    assert set(described["required"]) == set(described["properties"])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), np.float32("inf"), np.float64("nan")])
def test_what_is_not_finite_is_null(value: float) -> None:
    bad = Entry((0,), value, 1.0, 0.0, "overflow")
    one = result(tensors=(tensor("dx", max_abs_error=value, worst=bad, listed=(bad,)),), spec={"eps": value})
    found = document(one)["checks"][0]
    assert found["tensors"][0]["max_abs_error"] is None
    assert found["tensors"][0]["worst"]["analytic"] is None
    assert found["spec"] == {"eps": None}


def test_numpy_scalars_are_numbers() -> None:
    one = result(spec={"N": np.int64(2), "eps": np.float32(0.5), "on": np.bool_(True), "shape": (np.int32(3),)})
    assert document(one)["checks"][0]["spec"] == {"N": 2, "eps": 0.5, "on": True, "shape": [3]}


def test_what_has_no_place_in_the_report_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no place in the report"):
        document(result(spec={"N": object()}))


def test_numbers_too_large_for_a_float_are_kept() -> None:
    assert document(result(spec={"N": 10**400}))["checks"][0]["spec"] == {"N": 10**400}


def reads_back(text: str) -> None:
    found = document(hostile(text), ending=RunEnd(errors=(Invalid(text, text, 1, 1, text, text),)))
    holds(found["checks"][0], text)
    [error] = found["errors"]
    said = in_json(text)
    assert error == {"message": said, "file": said, "line": 1, "column": 1, "source": said, "hint": said}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_read_back(name: str) -> None:
    reads_back(name)


@given(texts)
def test_any_text_is_read_back(text: str) -> None:
    reads_back(text)


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_half_a_surrogate_pair_is_shown_so_that_every_reader_takes_it(name: str) -> None:
    one = hostile("a\udcffé\ud83d\ude00\U0001f600")._replace(spec={"\ud800": 1})
    text = render([one], name=name)
    json.loads(text)["checks"][0]["id"].encode() if name == "json" else json.loads(text)["id"].encode()
    # What is left stands in pairs.
    assert re.sub(r"\\ud83d\\ude00", "", text).count("\\ud") == text.count("\\\\ud")
    if jq := shutil.which("jq"):
        path = ".checks[0].layer" if name == "json" else ".layer"
        read = subprocess.run([jq, "-j", path], input=text, capture_output=True, encoding="utf-8", check=True)
        assert read.stdout == "a\\udcffé\\ud83d\\ude00\U0001f600"


def test_counts_add_up() -> None:
    summary = document(*EVERY)["summary"]
    statuses = {"pass": 3, "fail": 3, "undecided": 1, "error": 2, "skipped": 0, "not_run": 2}
    assert summary == {"checks": 11, **statuses, "warnings": 0}


def test_modules_that_are_not_there_are_named_where_there_are_any() -> None:
    text = io.StringIO()
    FORMATS["json"](text, invocation()._replace(stubs=("cs231n",)), Appearance()).finish(RunEnd())
    made = json.loads(text.getvalue())
    jsonschema.validate(made, SCHEMA, jsonschema.Draft7Validator)
    assert made["stubs"] == ["cs231n"]
    assert "stubs" not in document()


def test_only_times_differ_between_two_runs() -> None:
    slow = document(result(seconds=1.0), ending=RunEnd(seconds=9.0))
    fast = document(result(seconds=2.0), ending=RunEnd(seconds=8.0))
    assert slow != fast
    for one in (slow, fast):
        del one["seconds"], one["checks"][0]["seconds"]
    assert slow == fast
