"""Which terms of somebody's own sum are wrong: missing, foreign, doubled, or with another factor; and right code is not
accused.

Covers explain/own_terms.py and explain/entry.py.
"""

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


def test_one_term_that_does_not_belong_there():
    def backward(right, dout, cache):
        dx, dw, db = right(dout, cache)
        dx[0, 2, 0, 0] += dout[1, 0, 4, 4] * cache[1][1, 1, 2, 2] if isinstance(cache, tuple) else dout[1, 0, 4, 4]
        return dx, dw, db

    said = last_words(edited(backward), "dx[0,2,0,0]")
    assert "1 term that does not belong there: dout[1, 0, 4, 4] times" in said


@pytest.mark.parametrize("layer", NAMES)
def test_right_code_is_not_accused(layer):
    check = read_text(suite_text(layer), "suite.yaml", FORMS).checks[0]
    known = LAYERS[layer]
    about = Explained(check, known, lambda params: built_in_pair("naive", known.variants[known.default], params))
    rng = np.random.default_rng(1)
    for claim in about.facts.inputs:
        index = tuple(int(rng.integers(n)) for n in claim.shape)
        blocks = entry_section(about, ChosenEntry(f"d{claim.name}", index)).blocks
        assert blocks[-1].text == "It is right here.", (claim.name, index)


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
