"""What is said of code of no layer whose gradients are wrong. Covers diagnosis/sayings.py."""

from __future__ import annotations

from convcheck.checking.result import Entry, Finding, Result, TensorResult
from convcheck.diagnosis.of_no_layer import conclude_of_no_layer
from convcheck.diagnosis.sayings import example


def tensor(name, verdict, shape=(2,)):
    worst = Entry((0,), 1.0, 2.0, 1e-12) if verdict == "wrong" else None
    wrong = 2 if verdict == "wrong" else 0
    return TensorResult(name, shape, verdict, 2, 2, wrong, 0, 1.0, 1.0, 1.0, "", "", worst=worst)


def result(wrong, right=(), findings=(), **spec):
    tensors = (*(tensor(name, "wrong") for name in wrong), *(tensor(name, "exact") for name in right))
    status = "fail" if wrong or findings else "pass"
    return Result(
        "n",
        "network",
        {"X": [5, 3], **spec},
        (),
        "net.py:Net",
        "float64",
        "given",
        0,
        "auto",
        "pass",
        status,
        tensors,
        tuple(findings),
        1,
        1,
        0.0,
    )


def causes(*results):
    made = conclude_of_no_layer(results, lambda one: "again")
    return [(cause.sentence, cause.mend, cause.seen) for cause in made.causes]


def test_as_many_digits_are_shown_as_it_takes_to_see_that_numbers_differ():
    (shown,) = result(["dx"]).tensors
    near = result(["dx"])._replace(tensors=(shown._replace(worst=Entry((0,), 1.0 + 3e-12, 1.0, 1e-15)),))
    assert example(near, ["dx"]) == "dx[0] is 1.000000000003, should be 1"
    nan = float("nan")
    neither = result(["dx"])._replace(tensors=(shown._replace(worst=Entry((0,), nan, nan, nan)),))
    assert example(neither, ["dx"]) == "dx[0] is nan, should be nan"


def lacks(name, reg):
    message = f"d{name} lacks reg·{name}, and reg is {reg} here"
    hint = f"look at the gradient of the penalty on {name}: c·Σ {name}² has the gradient 2·c·{name}"
    return Finding("of-input", "error", message, f"d{name}", hint)


def test_what_several_tensors_are_wrong_by_is_said_once():
    both = [lacks("W1", 0.3), lacks("W2", 0.3)], [lacks("W1", 0.4), lacks("W2", 0.4)]
    failing = [result(("dW1", "dW2"), findings=one, reg=0.3) for one in both]
    mend = "look at the gradient of the penalty on w: c·Σ w² has the gradient 2·c·w"
    assert causes(*failing) == [("dW1 and dW2 lack reg times their own inputs, and reg is 0.3 here", mend, 2)]
    assert causes(result(("dW1",), findings=both[0][:1]))[0][0] == "dW1 lacks reg·W1, and reg is 0.3 here"


def test_a_factor_that_shows_in_some_checks_explains_the_others():
    scaled = Finding("scaled", "error", "dW1 is 5 times the right gradient, and N is 5 here", "dW1")
    assert causes(result(("dW1",), findings=[scaled]), result(("dW1",), reg=0.3)) == [(scaled.message, "", 1)]


def test_where_layers_are_wrong_up_to_one_and_right_from_the_next_it_is_said_where_to_look():
    mend = "dW3 and db3 are right: look at what backward hands on from layer 3 to layer 2"
    wrong = ("dW1", "db1", "dW2", "db2")
    assert causes(result(wrong, ("dW3", "db3"))) == [("dW1, db1, dW2 and db2 are wrong", mend, 1)]
    assert causes(result(("dW1", "dW3"), ("dW2",)))[0][1] == ""


def test_a_setting_is_blamed_where_enough_checks_pass_without_it():
    passing = [result((), ("dW1",)), result((), ("dW1",), reg=0.1), result((), ("dW1",))]
    failing = result(("dW1",), batchnorm=True)
    assert causes(failing, *passing)[0][0] == "dW1 is wrong only where batchnorm is set"
    assert causes(failing, passing[0])[0][0] == "dW1 is wrong"
    # One example against several.
    several = result(("dW1",))
    alone = result((), ("dW1",))._replace(spec={"X": [1, 3]})
    assert causes(several, several, alone, alone)[0][0] == "dW1 is wrong only where there is more than one example"


def test_a_shape_and_an_exception_are_said_as_they_were_found():
    shape = Finding("wrong-shape", "error", "backward returned an array of shape (3,) as db1, expected (6,)", "db1")
    assert causes(result(("db1",), findings=[shape])) == [(shape.message, "", 1)]
    raised = Finding("raised", "error", "backward raised KeyError: 'W3'; called with X (5, 3)", None, "a hint")
    ended = result((), findings=[raised])._replace(status="error", tensors=())
    assert causes(ended, ended) == [("backward raised KeyError: 'W3'", "a hint", 2)]
