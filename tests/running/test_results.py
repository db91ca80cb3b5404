"""What becomes of a reply: a Result or a Survey, whatever the code did instead, or a fault of convcheck."""

import pytest

from convcheck.implementations.source import Survey
from convcheck.running.message import Failure, Fault, Reply
from convcheck.running.results import ONE_PROCESS_HINT, WorkerFault, outcome_of, survey_of, unfinished_built_in
from convcheck.running.worker.isolation import Isolation
from tests.reports.samples import drawn
from tests.reports.samples import result as sample
from tests.running.code import FOUND, GOOD, SETTINGS, source
from tests.running.test_message import RESULT, TENSOR

FAILURE = Failure("crashed", "the code under test crashed its process: SIGSEGV", "run it elsewhere")
FAULT = Fault("KeyError: 9", "Traceback")
RIGHT = TENSOR._replace(verdict="exact", wrong=0, worst=None, listed=())
UNDECIDED = RIGHT._replace(verdict="undecided", undecided=1)


def outcome(reply, tmp_path):
    return outcome_of(reply, GOOD, source(tmp_path), FOUND, 2.5, "printed")


def test_what_did_not_return_is_an_error_of_its_check(tmp_path):
    result, output, fault = outcome(Reply(error=FAILURE), tmp_path)
    assert (result.id, result.status, result.seconds, output, fault) == (GOOD.id, "error", 2.5, "printed", None)
    assert (result.tensors, result.output_shape) == ((), (4, 5))
    assert result.implementation == ",".join(FOUND.names)
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.message, finding.hint) == (FAILURE[0], "error", *FAILURE[1:])


def test_an_import_that_did_not_end_is_a_problem_of_the_survey():
    survey = survey_of(Reply(error=FAILURE))
    assert survey.problem == f"importing it did not end well: {FAILURE.message}; {FAILURE.hint}"
    assert not survey.opened
    assert survey_of(Reply(Survey((FOUND,)))) == Survey((FOUND,))
    assert "is no survey" in survey_of(Reply(RESULT)).problem


def test_a_fault_is_one_of_its_check_and_of_a_survey_is_raised(tmp_path):
    with pytest.raises(WorkerFault, match="KeyError: 9") as caught:
        survey_of(Reply(error=FAULT))
    assert caught.value.__notes__ == ["Traceback"]
    ran = outcome(Reply(error=FAULT), tmp_path)
    assert (ran.fault, ran.result.status) == (FAULT, "error")
    assert "a fault in convcheck itself: KeyError: 9" in ran.result.findings[0].message


def test_of_a_built_in_check_it_is_not_said_that_it_is_code_under_test():
    (finding,) = unfinished_built_in(GOOD, FAILURE, 0.0).findings
    assert finding.message == "the check crashed its process: SIGSEGV"
    assert finding.hint == ONE_PROCESS_HINT


@pytest.mark.parametrize(
    ("tensors", "expect", "status", "believed"),
    [
        ((RIGHT,), "pass", "pass", True),
        ((RIGHT,), "fail", "fail", True),
        ((TENSOR,), "pass", "fail", True),
        ((TENSOR,), "fail", "pass", True),
        ((UNDECIDED,), "pass", "undecided", True),
        ((), "pass", "skipped", True),
        ((RIGHT, TENSOR), "pass", "pass", False),
        ((RIGHT._replace(wrong=3),), "pass", "pass", False),
        ((UNDECIDED,), "pass", "pass", False),
        ((), "pass", "pass", False),
        ((RIGHT,), "fail", "pass", False),
        ((TENSOR,), "pass", "skipped", False),
    ],
)
def test_the_status_must_be_what_the_verdicts_say(tensors, expect, status, believed, tmp_path):
    given = RESULT._replace(id=GOOD.id, tensors=tensors, expect=expect, status=status, findings=())
    result = outcome(Reply(given), tmp_path).result
    assert result.status == (status if believed else "error")
    assert [finding.code for finding in result.findings] == ([] if believed else ["tampered"])


MAP = drawn(TENSOR.shape)


@pytest.mark.parametrize(
    "odd",
    [
        {"shape": (1, *TENSOR.shape)},
        {"shape": (TENSOR.shape[0] + 1, *TENSOR.shape[1:])},
        {"block": (0,) * len(TENSOR.shape)},
        {"block": ()},
        {"states": MAP.states + "="},
        {"states": MAP.states[:-1] + "X"},
        {"ratio": MAP.ratio[1:]},
        {"analytic": ()},
        {"axes": ("h",) * (len(TENSOR.shape) + 1)},
        {"axes": ("\x1b[31m",) * len(TENSOR.shape)},
        {"pad": (-1,) * len(TENSOR.shape)},
        {"unread": ((99,),) * len(TENSOR.shape)},
    ],
)
def test_a_map_that_cannot_be_drawn_is_left_out_and_the_result_believed(odd, tmp_path):
    wrong = RESULT._replace(
        id=GOOD.id, expect="pass", status="fail", tensors=(TENSOR._replace(map=MAP._replace(**odd)),)
    )
    failed = Reply(wrong._replace(status="error"), FAILURE)
    assert [outcome(reply, tmp_path).result.tensors for reply in (Reply(wrong), failed)] == [(TENSOR,)] * 2
    sound = wrong._replace(tensors=(TENSOR._replace(map=MAP),))
    assert outcome(Reply(sound), tmp_path).result == sound


def test_nor_is_a_result_of_another_check_believed(tmp_path):
    for value in (sample(id="another"), 3, None):
        (finding,) = outcome(Reply(value), tmp_path).result.findings
        assert finding.code == "tampered"


def test_code_that_changes_how_it_is_judged_is_found_out(tmp_path):
    # Whatever is asked for, none of it is so.
    code = source(tmp_path, "import builtins; builtins.any = lambda values: False")
    layers = tmp_path / "layers.py"
    text = layers.read_text().replace("x.shape == (2, 3)", "True")
    layers.write_text(text.replace("return dout * (cache > 0)", "return 2 * dout * (cache > 0)"))
    with Isolation(timeout=20.0) as isolation:
        ran = isolation.run(GOOD, code, FOUND, SETTINGS)
    assert ran.result.status in ("fail", "error")
