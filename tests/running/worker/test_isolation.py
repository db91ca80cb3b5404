"""Importing a source, which runs it: in the worker, with the same care as a check. See also test_hostile_code.py."""

import pytest

from convcheck.implementations.source import Source
from convcheck.running.worker.isolation import Isolation
from tests.running.code import FOUND, GOOD, SETTINGS, left_behind, source

IMPORTS = {
    "while True: pass": "had not finished after 1 s",
    "import os; os._exit(7)": "exit code 7",
    "import ctypes; ctypes.string_at(0)": "SIGSEGV",
    "import sys; sys.exit(3)": "sys.exit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "1 / 0": "ZeroDivisionError",
}


@pytest.fixture(scope="module")
def isolation():
    with Isolation(timeout=1.0) as isolation:
        yield isolation
    assert left_behind() == []


@pytest.mark.parametrize("text", IMPORTS)
def test_an_import_that_does_not_end_well_is_a_problem(text, tmp_path, isolation):
    path = tmp_path / "layers.py"
    path.write_text(text)
    survey = isolation.survey(Source(str(path)))
    assert survey.found == ()
    assert not survey.opened
    assert IMPORTS[text] in survey.problem


def test_what_is_there_is_found_and_nothing_is_printed(tmp_path, isolation, capfd):
    code = source(tmp_path)
    with open(code.place, "a") as file:
        file.write("print('loud')")
    survey = isolation.survey(code, ("relu",))
    assert [found.names for found in survey.found] == [FOUND.names]
    assert survey.problem is None
    assert capfd.readouterr() == ("", "")


def test_a_source_that_deletes_itself_cannot_be_opened_again(tmp_path, isolation):
    code = source(tmp_path)
    with open(code.place, "a") as file:
        file.write("os.remove(__file__)")
    first, second = (isolation.run(GOOD, code, FOUND, SETTINGS).result for _ in range(2))
    assert first.status == "pass"
    assert (second.status, second.findings[0].code) == ("error", "cannot-open")
