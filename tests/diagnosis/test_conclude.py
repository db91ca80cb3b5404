"""What is said of an implementation after all its checks: the mistake that it makes, or what its failing checks share.

Covers diagnosis/conclude.py, diagnosis/conclusion.py, diagnosis/data.py and diagnosis/reproduce.py.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from convcheck.checking.check import run_variant
from convcheck.checking.result import Finding
from convcheck.checking.run_source import run_source
from convcheck.diagnosis.conclude import NOT_KNOWN, conclude
from convcheck.diagnosis.data import CheckData
from convcheck.layers.catalogue import LAYERS, NAMES, mistakes_of
from convcheck.layers.layer import Variant
from convcheck.layers.mistakes import values_of
from convcheck.spec.check import Check, Manner
from tests.corpus.edited import RIGHT
from tests.implementations.files import found, write
from tests.layers.cases import CASES as CASES_OF
from tests.layers.cases import suite_of, with_observed


def wrong_variant(layer, tensor, code):
    """The layer's reference, whose tensor is what this readable code gives."""
    known = LAYERS[layer]
    right = known.variants[known.reference]
    names = ["d" + name for name in known.input_names]

    def forward(*arguments):
        inputs, params = arguments[: len(names)], (arguments[len(names) :] or (None,))[0]
        before = None if params is None else with_observed(known, inputs, dict(params))
        out, cache = right.forward(*arguments)
        if tensor == "forward":
            out = values_of(code, inputs, out, before).astype(inputs[0].dtype)
        if tensor.startswith("running"):
            params[tensor] = values_of(code, inputs, out, before).astype(inputs[0].dtype)
        return out, (cache, [a.copy() for a in inputs], before)

    def backward(dout, cache):
        of_right, inputs, before = cache
        gradients = right.backward(dout, of_right)
        gradients = list(gradients) if isinstance(gradients, tuple) else [gradients]
        if tensor in names:
            gradients[names.index(tensor)] = values_of(code, inputs, dout, before).astype(dout.dtype)
        return tuple(gradients) if len(gradients) > 1 else gradients[0]

    return Variant(forward, backward, "wrong")


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    @cache
    def of(layer):
        return suite_of(layer, tmp_path_factory.mktemp(layer))

    return of


def results_of(layer, variant, checks):
    return [run_variant(check, LAYERS[layer], variant) for check in checks]


def made_of(layer):
    """One or two of a layer's mistakes, from all of them, and of each one of the codes that make it."""
    known = mistakes_of(layer)
    tensors = sorted({mistake.tensor for mistake in known})
    hidden = CASES_OF[layer].not_told_apart
    made = [one for tensor in tensors for one in known.of(tensor) if one.id not in hidden]
    every = max(23, len(made) // 2)
    return [(one, one.code[number % len(one.code)]) for number, one in enumerate(made) if number % every == 3]


@pytest.mark.parametrize("layer", NAMES)
def test_a_mistake_of_the_catalogue_is_concluded_from_what_it_leaves(layer, suite):
    for made, code in made_of(layer):
        _is_concluded(layer, made, code, suite(layer))


def _is_concluded(layer, made, code, checks):
    tensor = made.mistake.tensor
    try:
        results = results_of(layer, wrong_variant(layer, tensor, code), checks)
    except AttributeError:  # it raises at some sizes
        return
    failed = [result for result in results if result.status in ("fail", "error")]
    if not any(result.samples for result in failed):  # the suite does not see it, or tolerates it
        return
    (conclusion,) = conclude(results, lambda result: f"again {result.id}")
    assert tensor in conclusion.wrong
    (cause,) = (cause for cause in conclusion.causes if tensor in cause.tensors)
    # Some mistakes are the same in other words.
    assert made.id in cause.mistakes
    assert cause.seen <= conclusion.failed == len(failed)
    assert conclusion.checks == len(results)
    assert conclusion.repeat == f"again {conclusion.smallest}"


def test_what_is_right_leads_to_no_conclusion(suite):
    known = LAYERS["conv"]
    assert conclude(results_of("conv", known.variants["naive"], suite("conv")), str) == []


def test_two_mistakes_at_once_are_told_tensor_by_tensor(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, db = known.backward(dout, cache)
        return dx, dw[..., ::-1, ::-1].copy(), db / dout.shape[0]

    results = results_of("conv", Variant(known.forward, backward, "two"), suite("conv"))
    (conclusion,) = conclude(results, lambda result: "")
    sentences = [cause.sentence for cause in conclusion.causes]
    assert sentences[0].startswith("dw comes out turned by 180°")
    assert sentences[1] == "db is the mean over images, not the sum"
    assert conclusion.causes[0].evidence == "equal to this mistake to the last bit"


def test_a_gradient_that_is_the_layers_is_not_blamed_for_another_output(suite):
    known = LAYERS["relu"].variants["vectorized"]

    def forward(x):
        out, cache = known.forward(x)
        return out * 2, cache

    (conclusion,) = conclude(results_of("relu", Variant(forward, known.backward, "twice"), suite("relu")), lambda r: "")
    cause = next(cause for cause in conclusion.causes if cause.tensors == ("dx",))
    assert cause.sentence == "dx is the layer's, and wrong only because the output is another one's"
    assert cause.mend == "mend the output first"


def test_another_output_is_blamed_only_where_the_output_is_wrong(suite):
    # No check of random data tells 0.01 from 0; those near the kink do.
    known = LAYERS["relu"].variants["vectorized"]
    wrong = Variant(known.forward, lambda dout, cache: known.backward(dout, cache) * (np.abs(cache) > 0.01), "near")
    (conclusion,) = conclude(results_of("relu", wrong, suite("relu")), str)
    assert conclusion.wrong == ("dx",)
    assert "output" not in " ".join(cause.sentence for cause in conclusion.causes)


def test_a_tensor_of_another_shape_is_told_where_its_values_are_right(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, _ = known.backward(dout, cache)
        return dx, dw, dout.sum(axis=(2, 3))

    # For one image that is (1, F), with the right values.
    (conclusion,) = conclude(results_of("conv", Variant(known.forward, backward, "by image"), suite("conv")), str)
    (cause,) = conclusion.causes
    assert cause.mistakes == ("db-other-axes[(2, 3)]",)


def test_what_is_wrong_at_a_further_point_alone_is_told_by_that_point(suite):
    known = LAYERS["relu"].variants["vectorized"]

    def forward(x):
        out, cache = known.forward(x)
        return np.minimum(out, 6), cache

    def backward(dout, cache):
        return known.backward(dout, cache) * (cache < 6)

    results = results_of("relu", Variant(forward, backward, "six"), suite("relu"))
    (conclusion,) = conclude(results, lambda result: "")
    assert [cause.sentence for cause in conclusion.causes] == ["the output is cut off at 6: a ReLU6"]


def test_a_mistake_that_is_made_where_entries_tie_is_told_by_data_with_ties(suite):
    known = LAYERS["max_pool"].variants["vectorized"]
    every_winner = mistakes_of("max_pool").right("dx")[0]

    def forward(x, params):
        return known.forward(x, params)[0], (x.copy(), params)

    def backward(dout, cache):
        return values_of(every_winner, cache[:1], dout, cache[1]).astype(dout.dtype)

    results = results_of("max_pool", Variant(forward, backward, "all"), suite("max_pool"))
    (conclusion,) = conclude(results, lambda result: "")
    (cause,) = conclusion.causes
    assert cause.sentence == "where entries of a window tie each of the largest has the whole gradient"
    assert cause.seen == 1


def test_running_statistics_that_are_right_beside_a_wrong_output_count_as_right(suite):
    known = LAYERS["batchnorm"].variants["vectorized"]

    def forward(x, gamma, beta, params):
        out, cache = known.forward(x, gamma, beta, params)
        if len(x) == 1:
            params["running_var"] = params["running_var"] * np.nan
        return out + np.arange(out.size).reshape(out.shape), cache

    results = results_of("batchnorm", Variant(forward, known.backward, "two"), suite("batchnorm"))
    (conclusion,) = conclude(results, lambda result: "")
    sentences = [cause.sentence for cause in conclusion.causes]
    assert "running_var is wrong in the one check where N = 1, and in no other" in sentences


def test_checks_that_an_exception_ended_are_told_from_those_that_are_wrong(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, params):
        out, cache = known.forward(x, w, b, params)
        if x.shape[0] > 2:
            raise TypeError("three images")
        return out + (x.shape[0] > 1) * np.sin(np.arange(out.size)).reshape(out.shape), cache

    results = results_of("conv", Variant(forward, known.backward, "two"), suite("conv"))
    (conclusion,) = conclude(results, lambda result: "")
    assert conclusion.causes[0].sentence == (
        "the output is wrong in 12 checks, and an exception ended 1: all where N > 1, and in no other"
    )


def fails_where(condition):
    """A convolution whose dx is spoilt, in a way that nobody knows, where a condition holds of x, w and the params."""
    known = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, params):
        out, cache = known.forward(x, w, b, params)
        return out, (cache, condition(x.shape, w.shape, params["stride"], params["pad"]))

    def backward(dout, cache):
        dx, dw, db = known.backward(dout, cache[0])
        return dx * (1 + cache[1] * np.sin(np.arange(dx.size).reshape(dx.shape))).astype(dx.dtype), dw, db

    return Variant(forward, backward, "spoilt")


WHERE = {
    "stride > 1": lambda x, w, stride, pad: stride > 1,
    "pad = 0": lambda x, w, stride, pad: pad == 0,
    "N = 1": lambda x, w, stride, pad: x[0] == 1,
    "N > 1": lambda x, w, stride, pad: x[0] > 1,
    "H1 ≠ W1": lambda x, w, stride, pad: w[2] != w[3],
    "H1 or W1 is even": lambda x, w, stride, pad: w[2] % 2 == 0 or w[3] % 2 == 0,
    "H ≠ W": lambda x, w, stride, pad: x[2] != x[3],
    "N > 1 and F > 1": lambda x, w, stride, pad: x[0] > 1 and w[0] > 1,
    "rows or columns are left over": lambda x, w, stride, pad: (
        (x[2] + 2 * pad - w[2]) % stride > 0 or (x[3] + 2 * pad - w[3]) % stride > 0
    ),
}


@pytest.mark.parametrize("where", WHERE)
def test_where_no_mistake_explains_it_the_condition_is_found_by_checks_made_on_purpose(where, suite):
    variant = fails_where(WHERE[where])
    made = []
    results = results_of("conv", variant, suite("conv"))
    (conclusion,) = conclude(results, lambda result: "", made_at("conv", variant, made))
    (cause,) = conclusion.causes
    checks = f"all {cause.seen} checks" if cause.seen > 1 else "the one check"
    assert cause.sentence == f"dx is wrong in {checks} where {where}, and in no other"
    assert len(made) <= 12 + 24


def test_where_no_check_can_be_made_nothing_is_said_of_what_several_conditions_would_explain(suite):
    results = results_of("conv", fails_where(WHERE["N = 1"]), [c for c in suite("conv") if c.sizes.N == 1][:1])
    results += results_of("conv", fails_where(WHERE["N = 1"]), [c for c in suite("conv") if c.sizes.N > 1][:1])
    (conclusion,) = conclude(results, lambda result: "")
    assert [cause.sentence for cause in conclusion.causes] == [f"{NOT_KNOWN} dx"]


def made_at(layer, variant, made):
    """What makes a check of the variant at other sizes, and counts them."""

    def another(result, sizes):
        given = {name: value for name, value in sizes.items() if name != "dtype"}
        made.append(given)
        check = Check(f"made/{len(made)}", layer, LAYERS[layer].sizes(**given), Manner(dtype=sizes["dtype"]))
        return run_variant(check, LAYERS[layer], variant)

    return another


@pytest.mark.parametrize(
    ("spoil", "evidence"),
    [
        (lambda dx, dw, db: (dx, dw, db / len(dx)), "all where N > 1, equal to this mistake but for rounding"),
        # Its shape is wrong where N = 1, too.
        (
            lambda dx, dw, db: (dx, dw, np.broadcast_to(db, (len(dx), *db.shape))),
            "equal to this mistake to the last bit",
        ),
    ],
)
def test_beside_a_mistake_stands_what_the_checks_share_in_which_it_was_seen(spoil, evidence, suite):
    known = LAYERS["conv"].variants["vectorized"]
    wrong = Variant(known.forward, lambda dout, cache: spoil(*known.backward(dout, cache)), "wrong")
    made = []
    (conclusion,) = conclude(results_of("conv", wrong, suite("conv")), str, made_at("conv", wrong, made))
    assert conclusion.causes[0].evidence == evidence


def test_the_smallest_sizes_at_which_it_fails_are_found_and_repeated(suite):
    variant, made = fails_where(WHERE["N > 1 and F > 1"]), []
    results = results_of("conv", variant, suite("conv"))
    (conclusion,) = conclude(results, lambda result: f"again {result.id}", made_at("conv", variant, made))
    least = {"N": 2, "C": 1, "H": 1, "W": 1, "F": 2, "H1": 1, "W1": 1, "stride": 1, "pad": 0}
    assert conclusion.sizes in ({**least, "W": 2}, least)
    assert conclusion.repeat.startswith("again made/")
    assert conclusion.example.startswith("dx[")
    assert conclusion.smallest in {result.id for result in results}
    assert len(made) <= 12 + 24


def test_an_exception_that_a_mistake_raises_at_the_same_sizes_is_explained_by_it(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, params):
        # As code that pads by 1, whatever it is told.
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        H2, W2 = (
            (size + 2 * params["pad"] - w.shape[2 + axis]) // params["stride"] + 1
            for axis, size in enumerate(x.shape[2:])
        )
        out = np.zeros((x.shape[0], w.shape[0], H2, W2), x.dtype)
        for h in range(H2):
            for v in range(W2):
                rows = slice(h * params["stride"], h * params["stride"] + w.shape[2])
                columns = slice(v * params["stride"], v * params["stride"] + w.shape[3])
                out[:, :, h, v] = (padded[:, None, :, rows, columns] * w).sum(axis=(2, 3, 4)) + b
        return out, known.forward(x, w, b, params)[1]

    plain = [check for check in suite("conv") if not check.manner.where_taken]
    results = results_of("conv", Variant(forward, known.backward, "pad of 1"), plain)
    assert {result.status for result in results} == {"pass", "fail", "error"}
    (conclusion,) = conclude(results, lambda result: "")
    cause = conclusion.causes[0]
    assert cause.sentence == "the output is of images that are padded by 1, whatever pad is"
    assert cause.evidence.endswith("and raises ValueError in the same checks as this mistake, and in no other")
    assert not any("raised" in cause.sentence for cause in conclusion.causes)


def test_an_exception_that_no_mistake_raises_there_is_said_beside_the_mistake_that_explains_the_rest(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, db = known.backward(dout, cache)
        if db.size == 3:
            raise ValueError("three filters")
        return dx, dw, db / dout.shape[0]

    (conclusion,) = conclude(
        results_of("conv", Variant(known.forward, backward, "two"), suite("conv")), lambda result: ""
    )
    sentences = [cause.sentence for cause in conclusion.causes]
    assert sentences[0] == "db is the mean over images, not the sum"
    assert sentences[1].startswith("backward raised ValueError: three filters")


def test_an_exception_is_said_once_with_where_it_came_up(suite):
    known = LAYERS["conv"].variants["vectorized"]

    def forward(x, w, b, params):
        if params["pad"] == 0:
            raise TypeError("no padding to speak of")
        return known.forward(x, w, b, params)

    results = results_of("conv", Variant(forward, known.backward, "raises"), suite("conv"))
    (conclusion,) = conclude(results, lambda result: "")
    assert conclusion.wrong == ()
    assert [cause.sentence.partition(": ")[2][:22] for cause in conclusion.causes] == ["no padding to speak of"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda dx: -dx, "dx has the wrong sign, and is right otherwise"),
        (lambda dx: 2 * dx, "dx is 2 times the right gradient"),
        (lambda dx: 0 * dx, "dx is zero everywhere, and should not be"),
    ],
)
def test_a_factor_that_all_failing_checks_agree_on_is_said(spoil, sentence, suite):
    known = LAYERS["conv"].variants["vectorized"]

    def backward(dout, cache):
        dx, dw, db = known.backward(dout, cache)
        return spoil(dx), dw, db

    (conclusion,) = conclude(results_of("conv", Variant(known.forward, backward, "spoilt"), suite("conv")), str)
    assert [cause.sentence for cause in conclusion.causes] == [sentence]


def test_what_differs_from_call_to_call_is_put_down_to_no_sizes(suite):
    known, calls = LAYERS["relu"].variants["vectorized"], []

    def forward(x):
        out, cache = known.forward(x)
        calls.append(1)
        return out * (1 + len(calls) % 3), cache

    (conclusion,) = conclude(results_of("relu", Variant(forward, known.backward, "chance"), suite("relu")), str)
    assert not any(" where " in cause.sentence for cause in conclusion.causes if not cause.mistakes)


def test_what_was_found_of_code_that_hangs_on_chance_is_said_and_not_that_nothing_is_known(suite):
    known, calls = LAYERS["relu"].variants["vectorized"], []

    def forward(x):
        out, cache = known.forward(x)
        calls.append(1)
        return out * (1 + len(calls)), cache

    (conclusion,) = conclude(results_of("relu", Variant(forward, known.backward, "chance"), suite("relu")), str)
    assert "different bits" in " ".join(cause.sentence for cause in conclusion.causes)
    assert not any(cause.sentence.startswith(NOT_KNOWN) for cause in conclusion.causes)


def test_code_that_does_not_end_is_not_called_again(suite):
    results = results_of("conv", fails_where(WHERE["N = 1"]), suite("conv"))
    hangs = Finding("timed-out", "error", "it did not finish in time")
    results[0] = results[0]._replace(status="error", findings=(hangs,))

    def another(result, sizes):
        raise AssertionError("it would take its time limit once more")

    (conclusion,) = conclude(results, str, another)
    assert "it did not finish in time" in [cause.sentence for cause in conclusion.causes]


def test_what_checks_made_on_purpose_do_not_tell_apart_is_not_said(suite):
    made = []

    def another(result, sizes):
        made.append(sizes)
        return result._replace(status="undecided", tensors=(), samples=(), findings=())

    several = [c for c in suite("conv") if c.sizes.N == 1][:1] + [c for c in suite("conv") if c.sizes.N > 1][:1]
    (conclusion,) = conclude(results_of("conv", fails_where(WHERE["N = 1"]), several), str, another)
    assert [cause.sentence for cause in conclusion.causes] == [f"{NOT_KNOWN} dx"]
    assert 0 < len(made) <= 12 + 24


def test_large_checks_are_explained_by_a_small_one_and_mistakes_are_not_made_at_their_sizes(monkeypatch):
    known, made = LAYERS["conv"].variants["vectorized"], []

    def backward(dout, cache):
        dx, dw, db = known.backward(dout, cache)
        return dx, dw, db / dout.shape[0]

    variant = Variant(known.forward, backward, "mean")
    sizes = LAYERS["conv"].sizes(N=4, C=8, H=64, W=64, F=8, H1=3, W1=3, stride=1, pad=1)
    large = run_variant(Check("large", "conv", sizes, Manner()), LAYERS["conv"], variant)
    held = []
    monkeypatch.setattr(
        "convcheck.diagnosis.reproduce.values_of",
        lambda code, inputs, *more: held.append(inputs[0].size) or values_of(code, inputs, *more),
    )
    (conclusion,) = conclude([large], str, made_at("conv", variant, made))
    (cause,) = conclusion.causes
    assert cause.sentence == "db is the mean over images, not the sum"
    assert cause.evidence == "equal to this mistake to the last bit, in a small check made for it"
    assert max(held) < 1000
    assert conclusion.sizes["H"] <= 4
    (alone,) = conclude([large], str)
    assert [cause.sentence for cause in alone.causes] == ["db is 0.25 times the right gradient, and 1/N is 0.25 here"]


def test_the_data_of_code_that_lacks_an_input_is_that_of_its_check(tmp_path):
    # Drawn with an h0 the rest would be other numbers, and no mistake be equal to what the code makes of them.
    text = (RIGHT / "rnn_zero_start.py").read_text().replace("self.states[t - 1].T @ draw", "self.states[t].T @ draw")
    source = write(tmp_path, text)
    (one,) = found(source)
    check = Check("rnn", "rnn", LAYERS["rnn"].sizes(N=2, T=3, D=2, H=2), Manner(), None, None)
    result = run_source(check, source, one)
    x, h0, *_ = CheckData(result).inputs
    assert (x.shape, h0.shape, h0.any()) == ((2, 3, 2), (2, 2), False)
    dWh = next(tensor for tensor in result.tensors if tensor.name == "dWh")
    assert dWh.verdict == "wrong"
    (conclusion,) = conclude([result], lambda *_: "")
    assert "dWh is of the state after each step" in conclusion.causes[0].sentence


def test_a_wrong_number_of_gradients_is_said_once(suite):
    known = LAYERS["conv"].variants["vectorized"]
    variant = known._replace(backward=lambda dout, cache: known.backward(dout, cache)[:2])
    (conclusion,) = conclude(results_of("conv", variant, suite("conv")), lambda result: result.id)
    assert [cause.sentence for cause in conclusion.causes] == ["backward returned 2 gradients, expected 3: dx, dw, db"]
    assert conclusion.causes[0].tensors == ("dx", "dw", "db")


JOINT = """
import numpy as np

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    z, W = np.hstack([prev_h, x]), np.vstack([Wh, Wx])
    h = np.tanh(z @ W + b)
    return h, (z, W, h, len(Wx), len(Wh))

def rnn_step_backward(dnext_h, cache):
    z, W, h, D, H = cache
    da = dnext_h * (1 - h ** 2)
    dz, dW = da @ W.T, z.T @ da
    return dz[:, H:], dz[:, :H], dW[H:], dW[:H], da.sum(0)
"""


def concluded(folder, text, layer, suite):
    """The one conclusion on the code of this text."""
    source = write(folder, text)
    (one,) = found(source, layer)
    results = [run_source(check, source, one) for check in suite(layer)]
    (conclusion,) = conclude(results, lambda result: result.id)
    return conclusion


@pytest.mark.parametrize(
    ("right", "wrong", "sentence", "tensors"),
    [
        (
            "dz[:, H:], dz[:, :H]",
            "dz[:, :D], dz[:, D:]",
            "dz is taken apart as [dx, dprev_h], and z is [prev_h, x]",
            ("dx", "dprev_h"),
        ),
        (
            "dW[H:], dW[:H]",
            "dW[:D], dW[D:]",
            "dW is taken apart as [dWx, dWh], and its rows are those of Wh and Wx",
            ("dWx", "dWh"),
        ),
    ],
)
def test_an_order_that_explains_one_check_alone_gives_way_to_what_explains_all(
    right, wrong, sentence, tensors, suite, tmp_path
):
    (cause,) = concluded(tmp_path, JOINT.replace(right, wrong), "rnn_step", suite).causes
    assert (cause.sentence, cause.tensors) == (sentence, tensors)


def test_an_order_that_leaves_other_checks_unexplained_is_said_with_the_rest(suite, tmp_path):
    # Where D = H the one is the other; what comes elsewhere is no mistake that is known.
    text = JOINT.replace("dz[:, H:], dz[:, :H]", "dz[:, :D], dz[:, -H:] * (1 + (D != H))")
    causes = [cause.sentence for cause in concluded(tmp_path, text, "rnn_step", suite).causes]
    assert any(one.startswith("backward returned the gradients in the order dprev_h, dx") for one in causes)
    assert any("dprev_h" in one and "the order" not in one for one in causes)


def test_gradients_in_another_order_do_not_hide_what_is_wrong_with_others(suite, tmp_path):
    text = JOINT.replace("dz[:, H:], dz[:, :H]", "dz[:, :H], dz[:, H:]").replace("da.sum(0)", "2 * da.sum(0)")
    causes = [cause.sentence for cause in concluded(tmp_path, text, "rnn_step", suite).causes]
    assert "db is twice what it should be" in causes
    assert any(one.startswith("backward returned the gradients in the order dprev_h, dx") for one in causes)
    assert len(causes) == 2


RNN = """
import numpy as np

def rnn_forward(x, h0, Wx, Wh, b):
    hs = [h0]
    for t in range(x.shape[1]):
        hs.append(np.tanh(x[:, t] @ Wx + hs[-1] @ Wh + b))
    return np.stack(hs[1:], axis=1), (x, hs, Wx, Wh)

def rnn_backward(dh, cache):
    x, hs, Wx, Wh = cache
    dx, dWx, dWh, db, before = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh)), 0 * hs[0]
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + before) * (1 - hs[t + 1] ** 2)
        dx[:, t] = da @ Wx.T
        dWx, dWh, db = dWx + x[:, t].T @ da, dWh + hs[t].T @ da, db + da.sum(0)
        before = da @ Wh.T
    return dx, before, dWx, dWh, db
"""


def test_a_loop_that_ends_early_is_blamed_where_all_is_wrong_that_it_makes(suite, tmp_path):
    text = RNN.replace("in reversed(range(x.shape[1]))", "in range(x.shape[1] - 1, 0, -1)")
    (cause,) = concluded(tmp_path, text, "rnn", suite).causes
    assert "the loop of backward runs to the second step, and the first is left out" in cause.sentence
    assert {*cause.tensors} == {"dx", "dh0", "dWx", "dWh", "db"}


def test_it_is_not_blamed_where_the_rest_is_right(suite, tmp_path):
    (cause,) = concluded(tmp_path, RNN.replace("dx[:, t] =", "if t: dx[:, t] ="), "rnn", suite).causes
    assert cause.sentence == "dx is left at zero in the first step"


def test_what_is_unexplained_in_several_tensors_has_nothing_in_common(suite, tmp_path):
    # By numbers that no condition on the sizes tells, each in other checks.
    wrong = "dWx, db = dWx * (1 + Wx * (x.sum() > 0)), db * (1 + np.abs(Wx).sum(0) * (Wh.sum() > 0))"
    text = RNN.replace("    return dx,", f"    {wrong}\n    return dx,")
    (cause,) = concluded(tmp_path, text, "rnn", suite).causes
    assert cause.sentence == f"{NOT_KNOWN} db or dWx"
    assert cause.seen > 0
