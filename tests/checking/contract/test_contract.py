"""What code is held to beside the mathematics: sound code has no finding, and each break of the contract has its own.

Covers contract/contract.py, contract/findings.py and contract/warnings.py, with the bugs of tests/planted.

Covers checking/contract/findings.py as well.
"""

import warnings

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.contract.bits import same_bits
from convcheck.layers.catalogue import LAYERS
from tests.checking.variants import SIZES, findings, run
from tests.implementations.strange import Closed, Own

RELU = LAYERS["relu"].variants["vectorized"]


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sound_code_has_no_finding(name, dtype):
    assert not [f for f in run(name, dtype=dtype).findings if f.code != "unread"]


def test_warnings_are_counted_and_named_once():
    def forward(x):
        for _ in range(3):
            np.log(-np.abs(x[0, 0, 0, :1]))
        warnings.warn("mind the step", UserWarning, stacklevel=1)
        return RELU.forward(x)

    result = run("relu", forward)
    messages = [f.message for f in findings(result, "warned")]
    assert len(messages) == 2
    assert messages[0].startswith("RuntimeWarning: invalid value encountered in log (line ")
    assert messages[0].endswith(" of test_contract.py), 3 times")
    assert result.status == "pass"


@pytest.mark.parametrize(
    ("widened", "severity", "said"),
    [(lambda a: a * np.sqrt(np.float64(4)), "warning", True), (lambda a: a.astype(np.float16), "error", False)],
)
def test_a_wider_dtype_may_come_of_numbers_and_a_narrower_one_of_what_is_allocated(widened, severity, said):
    x = np.array([[1.0, 2.0], [-0.5, 3.0]], np.float32)
    result = gradcheck(widened, lambda dout, x: dout, [x])
    (finding,) = (one for one in result.findings if one.code == "wrong-dtype" and one.tensor == "forward")
    assert finding.severity == severity
    assert finding.hint.startswith("allocate results with the dtype of x, np.zeros_like(x)")
    assert ("np.sqrt(2), np.where(x > 0, 1, 0)" in finding.hint) == said


class Nobody:
    @property
    def __class__(self):
        raise RuntimeError("no class")


def read_only(a):
    a.setflags(write=False)
    return a


# What is done to a right array before it is returned, with the code of the finding, None where there is none, and
# whether the numbers can be compared all the same.
STRANGE = {
    "read-only": (read_only, None, True),
    "bytes in the other order": (lambda a: a.astype(">f8"), None, True),
    "scattered": (lambda a: np.repeat(a, 2, axis=-1)[..., ::2], None, True),
    "more digits": (lambda a: a.astype(np.longdouble), "warning wrong-dtype", True),
    "mask that hides nothing": (np.ma.array, "warning wrong-type", True),
    "record array": (lambda a: a.view(np.recarray), "warning wrong-type", True),
    "methods that raise": (lambda a: a.view(Own), "warning wrong-type", True),
    "matrix": (lambda a: a.view(np.matrix), "warning wrong-type", True),
    "objects": (lambda a: a.astype(object), "error wrong-dtype", True),
    "complex": (lambda a: a.astype(complex), "error wrong-dtype", True),
    "few digits": (lambda a: np.float16(8) * a.astype(np.float16) / 8, "error wrong-dtype", True),
    "list": (lambda a: a.tolist(), "error wrong-type", True),
    "mask that hides one": (
        lambda a: np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 0),
        "error wrong-type",
        None,
    ),
    "imaginary parts": (lambda a: a + 1j, "error wrong-shape", False),
    "objects that are none": (lambda a: np.full(a.shape, None), "error wrong-shape", False),
    "texts": (lambda a: a.astype(str), "error wrong-shape", False),
    "structured": (lambda a: np.zeros(a.shape, [("a", float), ("b", int)]), "error wrong-shape", False),
    "dates": (lambda a: np.zeros(a.shape, "M8[s]"), "error wrong-shape", False),
    "number": (lambda a: 3, "error wrong-shape", False),
    "no axes": (lambda a: np.array(2.0), "error wrong-shape", False),
    "empty": (lambda a: a[:0], "error wrong-shape", False),
    "text": (lambda a: "dx", "error wrong-shape", False),
    "dictionary": (lambda a: {"a": a}, "error wrong-shape", False),
    "generator": (lambda a: (row for row in a), "error wrong-shape", False),
    "closed": (lambda a: Closed(), "error wrong-shape", False),
    "class that raises": (lambda a: Nobody(), "error wrong-shape", False),
}


def through_gradcheck(of_forward, of_backward):
    x = np.array([[1.0, 2.0], [-0.5, 3.0], [0.25, -4.0]])
    return gradcheck(lambda x: of_forward(2 * x), lambda dout, x: of_backward(2 * dout), [x])


def through_check(of_forward, of_backward):
    forward = lambda x: (of_forward(np.maximum(x, 0)), x)  # noqa: E731
    return run("relu", forward, lambda dout, x: of_backward(dout * (x > 0)), sizes={"shape": (3, 2)})


@pytest.mark.parametrize("door", [through_gradcheck, through_check])
@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("by", ["forward", "backward"])
def test_whatever_code_returns_is_a_finding_and_no_fault_of_the_checker(by, strange, door):
    changed, finding, compared = STRANGE[strange]
    returned = [changed, np.asarray] if by == "forward" else [np.asarray, changed]
    result = door(*returned)
    said = {f"{f.severity} {f.code}" for f in result.findings if f.severity != "note"}
    if finding is None:
        assert said == set()
    elif not (strange in ("number", "no axes") and by == "forward" and door is through_gradcheck):
        # Where no layer is known, an output may have any shape.
        assert finding in said
    verdicts = {tensor.verdict for tensor in result.tensors}
    if compared:
        # An output of few digits leaves differences none.
        assert verdicts <= {"exact", "within_bound"} or (strange, by) == ("few digits", "forward")
    assert result.status == ("pass" if finding is None or finding.startswith("warning") else result.status)
    assert (result.status in ("fail", "error")) == bool(finding and finding.startswith("error"))


@pytest.mark.parametrize(("factor", "status"), [(2, "pass"), (2.002, "fail")])
def test_an_output_that_has_another_shape_far_away_is_outside_the_domain_there(factor, status):
    result = gradcheck(lambda x: 2 * x[np.abs(x) < 50], lambda dout, x: factor * dout, [np.array([1.0, 2.0])])
    assert result.status == status


@pytest.mark.parametrize("later", [lambda x: x[:1], lambda x: None, lambda x: "x", lambda x: x + 1j])
def test_an_output_that_is_something_else_at_other_inputs_is_never_a_pass(later):
    x = np.array([1.0, 2.0])
    result = gradcheck(lambda given: given if (given == x).all() else later(given), lambda dout, x: dout, [x])
    assert result.status in ("undecided", "error")


@pytest.mark.parametrize("later", [None, "dx", (1.0, 2.0, 3.0), np.array([None, None])])
def test_a_backward_that_returns_something_else_in_later_calls_is_a_finding(later):
    calls = []

    def backward(dout, x):
        calls.append(dout)
        return dout if len(calls) < 3 else later

    result = gradcheck(lambda x: x * 1.0, backward, [np.array([1.0, 2.0])])
    assert result.status == "fail"
    assert findings(result, "backward-not-deterministic")


@pytest.mark.parametrize(
    ("left", "finding"),
    [
        ("none yet", "error wrong-shape"),
        (np.array([None] * 3), "error wrong-shape"),
        (np.ma.array(np.zeros(3)), "warning wrong-type"),
        ([0.0, 0.0, 0.0], "error wrong-type"),
    ],
)
def test_running_statistics_that_are_no_array_are_a_finding(left, finding):
    right = LAYERS["batchnorm"].variants["vectorized"]

    def forward(x, gamma, beta, bn_param):
        returned = right.forward(x, gamma, beta, bn_param)
        bn_param["running_mean"] = left
        return returned

    result = run("batchnorm", forward)
    assert finding in {f"{f.severity} {f.code}" for f in result.findings}


@pytest.mark.parametrize("dtype", [np.longdouble, np.clongdouble])
@pytest.mark.parametrize("order", "<>")
def test_long_doubles_are_the_same_whatever_their_padding_holds(dtype, order):
    dtype = np.dtype(dtype).newbyteorder(order)
    one = np.frombuffer(np.array([1.0], dtype).tobytes(), np.uint8).copy()
    other = one.copy()
    if np.dtype(np.longdouble).itemsize == 16:
        other[-1 if order == "<" else 0] ^= 255
    assert same_bits(one.view(dtype), other.view(dtype))
    assert not same_bits(np.array([0.0], dtype), np.array([-0.0], dtype))
    result = gradcheck(lambda x: x.astype(np.longdouble) * 2, lambda dout, x: dout * 2, [np.array([1.0, -2.0])])
    assert (result.status, findings(result, "not-deterministic")) == ("pass", [])


def test_what_is_overwritten_is_what_is_to_be_copied():
    def backward(dout, x):
        dout *= x > 0
        return dout

    (finding,) = findings(run("relu", backward=backward), "input-overwritten")
    assert (finding.tensor, finding.hint) == ("dout", "work on a copy: dout = dout.copy()")


ORDINARY = {"N": 2, "C": 3, "H": 6, "W": 7, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 0}
CROPPED = "a crop like [pad:-pad] selects nothing where pad is 0: [pad:pad + H]"
TWO_OFF = "two rows and two columns are off: look for a padding or a crop that is written as 1 and not as pad"


@pytest.mark.parametrize(
    ("crop", "layer", "hint"),
    [
        (np.s_[..., 0:0, 0:0], "conv", CROPPED),
        (np.s_[..., 0:0], "conv", CROPPED),
        (np.s_[..., 1:-1, 1:-1], "conv", TWO_OFF),
        (np.s_[..., 1:, 1:], "conv", None),
        (np.s_[..., 0:0, 0:0], "max_pool", None),
        (np.s_[0:0], "batchnorm", None),
    ],
)
def test_what_is_said_of_a_wrong_shape_is_the_layers_own(crop, layer, hint):
    right = LAYERS[layer].variants["vectorized"]

    def backward(dout, cache):
        returned = right.backward(dout, cache)
        return (returned[0][crop], *returned[1:]) if isinstance(returned, tuple) else returned[crop]

    result = run(layer, backward=backward, sizes=ORDINARY if layer == "conv" else {})
    assert [f.hint for f in findings(result, "wrong-shape")] == [hint]


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("conv", "two shapes do not fit: compare the sizes of the output with H2 = (H + 2·pad - H1) // stride + 1"),
        ("max_pool", "two shapes do not fit: compare the sizes of the output with H2 = (H - pool_height) // stride"),
        ("batchnorm", "two shapes do not fit: mean and variance are of the columns of x, over axis 0"),
        ("relu", "two shapes do not fit"),
    ],
)
def test_what_is_said_of_two_shapes_that_do_not_fit_is_the_layers_own(layer, said):
    def backward(dout, cache):
        return np.ones(dout.shape) + np.ones((7, 11, 13))

    (finding,) = findings(run(layer, backward=backward), "raised")
    assert finding.hint.startswith(said)
    assert ("pad" in finding.hint) == (layer == "conv")
