"""Which terms of somebody's own sum are wrong: missing, foreign, doubled, or with another factor; and right code is not
accused.

Covers explain/own_terms.py, explain/agreement.py and explain/entry.py.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from convcheck.explain.entry import ChosenEntry, entry_section, parse_entry
from convcheck.explain.subject import Explained
from convcheck.implementations.loading.load import load_source
from convcheck.implementations.open import binding_on, found_in
from convcheck.implementations.pair import built_in_pair
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import FORMS, LAYERS, NAMES, suite_text
from convcheck.layers.layer import Variant
from convcheck.spec.reader import read_text

WRONG = Path(__file__).parents[1] / "corpus" / "files" / "wrong"
CONV = "{N: 2, C: 3, H: 5, W: 5, F: 2, H1: 3, W1: 3, stride: 1, pad: 1}"
# A file of the corpus, an entry that is wrong in it, and what is said of it.
SAID = [
    ("conv_dx_assigned.py", "dx[0,0,0,0]", "6 of 8 terms are missing: dout[0, 0, 1, 1] and dout[0, 1, 1, 1] alone are"),
    ("conv_pairs.py", "dx[0,0,0,0]", "6 of 8 terms are missing: dout[0, 0, 1, 1] and dout[0, 1, 1, 1] alone are there"),
    ("conv_dw_last_image.py", "dw[0,0,0,0]", "16 of 32 terms are missing: those with n = 0"),
    ("conv_divided_by_batch.py", "dw[0,0,0,0]", "all 32 terms are taken half"),
    ("conv_refuses_and_first_image.py", "db[0]", "25 of 50 terms are missing: those with n = 1"),
    (
        "conv_flipped.py",
        "out[0,0,0,0]",
        "another factor in 9 of 12 terms: x[0, 0, 0, 1] times w[0, 0, 1, 0], not w[0, 0, 1",
    ),
    ("conv_width_first.py", "out[0,0,0,1]", "6 of 18 terms are missing: those with w = 2"),
    ("conv_without_bias.py", "out[0,0,0,0]", "b[0] is missing"),
    (
        "conv_keeps_size.py",
        "dw[0,0,0,1]",
        "terms or more that do not belong there: dout[0, 0, 0, 1] times x[0, 0, 0, 0]",
    ),
    ("conv_class_reshape.py", "dx[0,0,0,0]", "6 terms that do not belong there: dout[0, 0, 0, 2] times w[0, 0, 1, 0]"),
    ("conv_uninitialised.py", "dx[0,0,0,0]", "no sum of such terms"),
]


def of_file(place, layer="conv", text=CONV):
    (check,) = read_text(text, "spec.yaml", FORMS).checks
    source = Source(str(place))
    loaded = load_source(source)
    found, _ = found_in(loaded, source, (layer,))
    return Explained(check, LAYERS[layer], binding_on(loaded, found[0], LAYERS[layer], check.sizes))


def last_words(about, entry):
    section = entry_section(about, parse_entry(entry, about))
    return section.blocks[-1].text


@pytest.mark.parametrize(("file", "entry", "said"), SAID, ids=[file for file, *_ in SAID])
def test_the_terms_that_are_wrong_are_named(file, entry, said):
    assert said in last_words(of_file(WRONG / file), entry)


def edited(backward):
    """The reference of a convolution with another backward."""
    variant = LAYERS["conv"].variants["vectorized"]
    (check,) = read_text(CONV, "spec.yaml", FORMS).checks
    changed = Variant(variant.forward, lambda dout, cache: backward(variant.backward, dout, cache), "")
    return Explained(check, LAYERS["conv"], lambda params: built_in_pair("edited", changed, params))


def test_a_term_that_is_doubled_and_one_with_its_sign_turned():
    def backward(right, dout, cache):
        more = dout.copy()
        more[0, 1, 1, 1] *= 2
        more[0, 0, 0, 0] *= -1
        return right(more, cache)

    said = last_words(edited(backward), "dx[0,2,0,0]")
    assert "1 of 8 terms is taken with the sign turned: dout[0, 0, 0, 0]" in said
    assert "1 of 8 terms is taken twice: dout[0, 1, 1, 1]" in said


def test_of_very_many_terms_no_more_is_said_than_was_asked():
    about = of_file(WRONG / "conv_dw_last_image.py", text=CONV.replace("H: 5, W: 5", "H: 16, W: 16"))
    said = last_words(about, "dw[0,0,0,0]")
    assert said.endswith(": the first 200 terms are missing.")


def test_one_term_that_does_not_belong_there():
    def backward(right, dout, cache):
        dx, dw, db = right(dout, cache)
        dx[0, 2, 0, 0] += dout[1, 0, 4, 4] * cache[1][1, 1, 2, 2] if isinstance(cache, tuple) else dout[1, 0, 4, 4]
        return dx, dw, db

    said = last_words(edited(backward), "dx[0,2,0,0]")
    assert "1 term that does not belong there: dout[1, 0, 4, 4] times" in said


@pytest.mark.parametrize(("dtype", "data"), [("float64", "dyadic"), ("float32", "normal")])
@pytest.mark.parametrize("layer", NAMES)
def test_right_code_is_not_accused_in_any_dtype(layer, dtype, data):
    check = read_text(suite_text(layer), "suite.yaml", FORMS).checks[0]
    check = check._replace(manner=replace(check.manner, dtype=dtype, data=data))
    known = LAYERS[layer]
    about = Explained(check, known, lambda params: built_in_pair("naive", known.variants[known.default], params))
    rng = np.random.default_rng(1)
    tensors = {"forward": about.facts.output, **{f"d{claim.name}": claim.shape for claim in about.facts.inputs}}
    for tensor, shape in tensors.items():
        index = tuple(int(rng.integers(n)) for n in shape)
        blocks = entry_section(about, ChosenEntry(tensor, index)).blocks
        assert blocks[-1].text == "It is right here.", (tensor, index)


def test_where_entries_tie_another_winner_is_not_accused():
    layer = LAYERS["max_pool"]
    text = "{layer: max_pool, N: 1, C: 2, H: 4, W: 4, H1: 2, W1: 2, stride: 2, data: ties}"
    (check,) = read_text(text, "spec.yaml", FORMS).checks

    def backward(dout, cache):
        return layer.variants["vectorized"].backward(dout, cache)[..., ::-1, ::-1]

    other = Variant(layer.variants["vectorized"].forward, backward, "")
    about = Explained(check, layer, lambda params: built_in_pair("other", other, params))
    dx, right = about.own.gradients["dx"], about.right.gradients["dx"]
    index = tuple(map(int, np.argwhere(dx != right)[0]))
    assert "is a choice" in entry_section(about, ChosenEntry("dx", index)).blocks[-1].text


def times(layer, text, **factors):
    """The reference of a layer with tensors that are taken so many times."""
    right = LAYERS[layer].variants["vectorized"]
    (check,) = read_text(text, "spec.yaml", FORMS).checks

    def forward(*arguments):
        out, cache = right.forward(*arguments)
        return out * factors.get("out", 1), cache

    def backward(dout, cache):
        returned = right.backward(dout, cache)
        if not isinstance(returned, tuple):
            return returned * factors.get("dx", 1)
        names = LAYERS[layer].input_names
        return tuple(g * factors.get(f"d{name}", 1) for g, name in zip(returned, names, strict=True))

    return Explained(
        check, LAYERS[layer], lambda params: built_in_pair("edited", Variant(forward, backward, ""), params)
    )


@pytest.mark.parametrize(
    ("layer", "text", "factors", "entry", "said"),
    [
        ("relu", "{shape: [3]}", {"dx": 1 + 3e-9}, "dx[1]", ": the one term is taken 1.000000003 times: dout[1]."),
        ("layernorm", "{N: 3, D: 4}", {"dgamma": 1.0004}, "dgamma[0]", ": all 3 terms are taken 1.0004 times."),
        ("affine", "{N: 3, D: 4, M: 2}", {"dw": 1 / 3}, "dw[0,1]", "taken 0.3333333 times, which is 1/N here."),
        ("affine", "{N: 3, D: 5, M: 2}", {"dw": 5**0.5}, "dw[0,1]", "taken 2.236068 times, which is √D here."),
        ("affine", "{N: 2, D: 5, M: 3}", {"dw": 2}, "dw[0,1]", ": both terms are taken twice, which is N here."),
        ("tanh", "{shape: [3]}", {"out": 1.5}, "out[0]", "It is wrong here by "),
        ("tanh", "{shape: [3]}", {"out": 1 + 1e-12}, "out[0]", "It is wrong here by "),
    ],
)
def test_what_rounding_does_not_explain_is_called_wrong_however_near_it_is(layer, text, factors, entry, said):
    whole = f"{{layer: {layer}, {text[1:]}"
    told = last_words(times(layer, whole, **factors), entry)
    assert told.startswith("It is wrong here by ")
    assert said in told


def test_what_a_tolerance_allows_is_not_called_wrong():
    spec = "{layer: affine, N: 2, D: 5, M: 3, tolerance: 1.0e-3}"
    assert last_words(times("affine", spec, dw=1 + 1e-5), "dw[0,1]") == "It is right here."
    assert "1.00001 times" in last_words(
        times("affine", spec.replace(", tolerance: 1.0e-3", ""), dw=1 + 1e-5), "dw[0,1]"
    )


def test_a_factor_that_differs_is_shown_with_the_digits_in_which_it_does():
    def backward(right, dout, cache):
        more = dout.copy()
        more[0, 1, 1, 1] *= 1 + 1e-9
        more[0, 0, 0, 0] *= 1 + 2e-9
        return right(more, cache)

    said = last_words(edited(backward), "dx[0,2,0,0]")
    numbers = re.findall(r"times (-?[\d.]+), not w", said)
    assert len(numbers) == 2
    assert all(len(number) > 9 for number in numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dy[0]", "there is no dy here; there are out, dx, dw and db"),
        ("dz[0,0,0,0]", "there is no dz here"),
        ("dx[0,0,0]", "expected 4 indices up to [1, 2, 4, 4]"),
        ("dx[0,0,0,5]", "expected 4 indices up to [1, 2, 4, 4]"),
        ("dx", "expected 4 indices"),
        ("0,1", "expected a tensor and an index, such as db[0]"),
    ],
)
def test_an_entry_that_there_is_not(text, message):
    with pytest.raises(ValueError) as refused:
        parse_entry(text, of_file(WRONG / "conv_pairs.py"))
    assert message in str(refused.value)
