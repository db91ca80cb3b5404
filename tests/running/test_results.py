"""What becomes of a reply: a Result or a Survey, whatever the code did instead, or a fault of convcheck."""

import pytest

from convcheck.implementations.source import Survey
from convcheck.running.message import Failure, Fault, Reply
from convcheck.running.results import (
    ONE_PROCESS_HINT,
    WorkerFault,
    check_fault,
    result_of,
    survey_of,
    unfinished_built_in,
)
from tests.running.code import FOUND, GOOD, source

FAILURE = Failure("crashed", "the code under test crashed its process: SIGSEGV", "run it elsewhere")
FAULT = Fault("KeyError: 9", "Traceback")


def test_what_did_not_return_is_an_error_of_its_check(tmp_path):
    result = result_of(Reply(error=FAILURE), GOOD, source(tmp_path), FOUND, 2.5)
    assert (result.id, result.status, result.seconds) == (GOOD.id, "error", 2.5)
    assert (result.tensors, result.output_shape) == ((), (4, 5))
    assert result.implementation == ",".join(FOUND.names)
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.message, finding.hint) == (FAILURE[0], "error", *FAILURE[1:])


def test_an_import_that_did_not_end_is_a_problem_of_the_survey():
    survey = survey_of(Reply(error=FAILURE))
    assert survey.problem == f"importing it did not end well: {FAILURE.message}; {FAILURE.hint}"
    assert not survey.opened
    assert survey_of(Reply(Survey((FOUND,)))) == Survey((FOUND,))


def test_a_fault_is_raised_with_the_traceback_as_a_note(tmp_path):
    with pytest.raises(WorkerFault, match="KeyError: 9") as caught:
        survey_of(Reply(error=FAULT))
    assert caught.value.__notes__ == ["Traceback"]
    with pytest.raises(WorkerFault):
        result_of(Reply(error=FAULT), GOOD, source(tmp_path), FOUND, 0.0)


def test_a_fault_of_another_process_is_as_one_of_this():
    error = check_fault(GOOD, FAULT)
    assert error.check is GOOD
    assert isinstance(error.__cause__, WorkerFault)


def test_of_a_built_in_check_it_is_not_said_that_it_is_code_under_test():
    (finding,) = unfinished_built_in(GOOD, FAILURE, 0.0).findings
    assert finding.message == "the check crashed its process: SIGSEGV"
    assert finding.hint == ONE_PROCESS_HINT
