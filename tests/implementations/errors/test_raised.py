"""Exceptions of the code under test: the user's line, refusals told apart from failures, hints.

Covers implementations/errors/line.py as well.
"""

import types
from pathlib import Path

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.implementations.errors.declined import NotWritten, Refusal
from convcheck.implementations.errors.raised import Raised, guarded
from tests.implementations.running import module_of


def raised_by(function, *arguments):
    with pytest.raises(Raised) as error:
        guarded("forward", function, *arguments)
    return error.value


def asserts():
    assert 5 % 2 == 0, "does not tile"


def asserts_deeper():
    np.testing.assert_array_equal(1, 2)


def asserts_nothing_itself():
    library = types.ModuleType("library")
    file = Path(np.__file__).with_name("_no_such_module.py")
    exec(compile("def pad(x): raise AssertionError('no GPU here')", file, "exec"), library.__dict__)
    return library.pad(1)


def raises_value_error():
    raise ValueError("bad input")


def raises_about_sizes():
    raise Exception("Invalid output dimension!")


def raises_about_something_else():
    raise RuntimeError("no such file")


def broadcasts():
    return np.ones((2, 3)) + np.ones((3, 2))


def takes_a_float_for_a_size():
    return np.zeros(2.5)


def has_no_way():
    raise Refusal("f takes no pad: only pad 0 can be asked of it")


@pytest.mark.parametrize(
    ("line", "refuses"),
    [
        ("assert x.shape[0] % stride == 0", True),
        ("if x.shape[0] % stride: raise ValueError('bad input')", True),
        ("if x.shape[0] % stride: raise Exception('Invalid output dimension!')", True),
        ("if x.shape[0] % stride: raise RuntimeError('no such file')", False),
        ("assert x.sum() == 1", False),
        # Its own work, and not what it was given.
        ("out = x[::stride]; assert out.shape == x.shape", False),
        ("raise ValueError('bad input')", False),
        ("x + x[:2]", False),
        ("np.zeros(x.shape[0] / stride)", False),
    ],
)
@pytest.mark.parametrize("what", ["forward", "backward"])
def test_a_refusal_is_said_on_purpose_in_forward_on_account_of_sizes_alone(tmp_path, what, line, refuses):
    layer = module_of(f"import numpy as np\n\n\ndef layer(x, stride=2):\n    {line}\n", tmp_path).layer
    with pytest.raises(Raised) as caught:
        guarded(what, layer, np.ones(3))
    assert caught.value.refusal() is (refuses and what == "forward")


def test_a_librarys_assertion_is_no_refusal_of_the_codes():
    raised = raised_by(asserts_nothing_itself)
    assert "pad" in raised.line.text
    assert not raised.refusal()


def test_what_cannot_be_asked_is_a_refusal_always():
    raised = raised_by(has_no_way)
    assert raised.refusal()
    assert raised.sentence() == "forward cannot be asked for this: f takes no pad: only pad 0 can be asked of it"


def test_the_line_is_theirs_even_if_a_library_raised_deeper():
    line = raised_by(asserts_deeper).line
    assert (line.file, line.function) == ("test_raised.py", "asserts_deeper")
    assert line.text == "np.testing.assert_array_equal(1, 2)"


def test_a_program_that_ends_itself_does_not_end_us():
    assert raised_by(exit).sentence().startswith("forward called sys.exit")


def test_what_is_known_already_passes_unchanged():
    for error in (NotWritten("f is not written yet"), Raised("backward", ValueError("x"))):

        def function(error=error):
            raise error

        with pytest.raises(type(error)) as caught:
            guarded("forward", function)
        assert caught.value is error


def test_not_implemented_is_not_written():
    def layer():
        raise NotImplementedError

    with pytest.raises(NotWritten, match="layer is not written yet: it raises NotImplementedError") as caught:
        guarded("backward", layer)
    assert caught.value.what == "backward"


@pytest.mark.parametrize(
    ("assertion", "said"),
    [
        ('assert False, "TODO"', ": TODO"),
        ("assert False", ""),
        ("assert 0", ""),
        ('assert x == 1, "not implemented"', ": not implemented"),
    ],
)
def test_an_assertion_that_something_is_to_do_declines_no_sizes(assertion, said, tmp_path):
    layer = module_of(f"def layer(x=2):\n    {assertion}\n", tmp_path).layer
    with pytest.raises(NotWritten) as caught:
        guarded("forward", layer)
    assert str(caught.value) == f"layer is not written yet: it raised AssertionError{said}"


def test_a_long_message_is_one_line():
    def fails():
        raise ValueError("one\ntwo " + "x" * 1000)

    assert "raised ValueError: one two xxx" in raised_by(fails).sentence()
    assert len(raised_by(fails).sentence()) < 450


def takes_dout(dout):
    return dout


class Step:
    def __call__(self, dout):
        return dout


def calls_wrongly(dout, cache):
    return takes_dout(dout, cache)


@pytest.mark.parametrize(
    ("function", "text"), [(takes_dout, "def takes_dout(dout):"), (Step(), "def __call__(self, dout):")]
)
def test_a_call_that_does_not_fit_shows_where_the_function_is_defined_and_what_it_was_given(function, text):
    raised = raised_by(function, np.ones((2, 3)), (1, 2))
    assert raised.line.text == text
    assert Path(__file__).read_text().splitlines()[raised.line.number - 1].strip() == text
    said = raised.sentence()
    assert " positional argument" in said
    assert f"(line {raised.line.number} of test_raised.py, in {raised.line.function}): {text}" in said
    assert said.endswith("; called with (array (2, 3), tuple of 2)")


def test_a_call_that_does_not_fit_inside_of_the_function_shows_that_line():
    raised = raised_by(calls_wrongly, 1, 2)
    assert raised.line.text == "return takes_dout(dout, cache)"
    assert "called with" not in raised.sentence()


def test_no_line_of_the_checker_is_shown_for_what_is_written_in_c():
    assert raised_by(len, 1, 2).line is None


def test_gradcheck_shows_the_users_line_for_a_signature_that_does_not_fit():
    result = gradcheck(lambda x: 2 * x, takes_dout, [np.ones(3)])
    assert result.status == "error"
    message = result.findings[0].message
    assert message.startswith(
        "backward raised TypeError: takes_dout() takes 1 positional argument but 2 were given (line"
    )
    assert message.endswith("in takes_dout): def takes_dout(dout):; called with (array (3,), array (3,))")
