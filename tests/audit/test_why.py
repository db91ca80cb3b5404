"""Why no check notices a mistake, in a sentence that is true of all sizes that were tried.

Covers audit/adequacy.py as well.
"""

from __future__ import annotations

import pytest

from convcheck.audit.adequacy import adequacy_of
from convcheck.audit.why import Reasons, sizes_text
from convcheck.layers.catalogue import LAYERS
from tests.audit.specs import checks_of

CONV = {"N": 2, "C": 3, "H": 5, "W": 5, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
USUAL = {"dtype": "float64", "data": "dyadic", "seed": 0}
KIND = LAYERS["conv"].sizes


def conv(**letters):
    return {**CONV, **USUAL, **letters}


def why(checks, others, shows):
    return Reasons(KIND, checks, others).why(shows, len(others))


def test_the_condition_that_separates_what_shows_from_what_does_not():
    others = [conv(H1=2), conv(H1=4, N=1), conv(N=1), conv(W1=2, H1=2), conv(stride=2)]
    assert why([conv()], others, [0, 1]) == "H1 = W1 in the one check: shows only where H1 ≠ W1"
    checks = [conv(), conv(pad=0)]
    assert why(checks, [conv(stride=2), conv(N=1)], [0]) == "stride = 1 in every check: shows only where stride > 1"


def test_it_holds_wherever_a_mistake_shows_and_in_no_check():
    # With one channel the first shows, with another stride the second: neither is why.
    said = why([conv()], [conv(C=1), conv(stride=2), conv(N=1)], [0, 1])
    assert "stride" not in said.partition(":")[2].partition("with")[0]
    assert said == "the sizes of the one check hide it: shows with C = 1, for one"


def test_the_numbers_that_were_drawn_are_told_from_sizes():
    said = why([conv()], [conv(seed=2), conv(stride=2)], [0, 1])
    assert said == "the numbers that were drawn hide it: shows at the same sizes with seed = 2"


def test_where_nothing_shows_that_is_said():
    assert why([conv()], [conv(stride=2), conv(N=1)], []) == "shows at no sizes that were tried, 2 of them"


def test_letters_that_no_condition_was_written_for_have_conditions_as_well():
    kind = LAYERS["lstm"].sizes
    check = {"N": 2, "T": 1, "D": 3, "H": 4, **USUAL}
    others = [{**check, "T": 2}, {**check, "T": 3, "D": 4}, {**check, "D": 5}]
    assert Reasons(kind, [check], others).why([0, 1], 3) == "T = 1 in the one check: shows only where T > 1"


def test_settings_in_words_and_dtypes_have_conditions():
    kind, check = LAYERS["batchnorm"].sizes, {"N": 3, "D": 2, "mode": "train", **USUAL}
    others = [{**check, "mode": "test"}, {**check, "N": 4}]
    assert Reasons(kind, [check], others).why([0], 2) == "mode is train in the one check: shows only where mode is test"
    others = [{**check, "dtype": "float32"}, {**check, "N": 4}]
    assert "dtype is float32" in Reasons(kind, [check], others).why([0], 2)


def test_sizes_are_said_without_what_is_as_usual():
    assert sizes_text({"N": 2, "D": (2, 3), **USUAL, "dtype": "float32"}) == "N=2 D=2×3 dtype=float32"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{N: 1, C: 2, H: 5, W: 4, F: 3, H1: 2, W1: 2, stride: 1, pad: 1}", "N = 1: an axis of length one"),
        ("{N: 1, C: 1, H: 5, W: 4, F: 3, H1: 2, W1: 2, stride: 1, pad: 1}", "N = C = 1: axes of length one"),
        ("{N: 3, C: 2, H: 5, W: 5, F: 7, H1: 4, W1: 6, stride: 1, pad: 1}", "H = W: one taken for the other"),
        ("{N: 3, C: 2, H: 5, W: 6, F: 7, H1: 4, W1: 2, stride: 1, pad: 0}", "pad = 0"),
        ("{N: 3, C: 2, H: 6, W: 8, F: 7, H1: 2, W1: 2, stride: 2, pad: 1}", "windows do not overlap"),
        ("{N: 3, C: 2, H: 6, W: 8, F: 7, H1: 2, W1: 2, stride: 2, pad: 1}", "no rows or columns are left over"),
        ("{N: 3, C: 2, H: 6, W: 8, F: 7, H1: 2, W1: 2, stride: 2, pad: 1}", "dtype is float64 alone"),
        ("{N: 1, C: 1, H: 2, W: 2, F: 1, H1: 2, W1: 2, stride: 1, pad: 0}", "dout is one number"),
        ("{layer: batchnorm, N: 3, D: 2}", "mode is train alone, and never test"),
        ("{layer: affine, N: 3, D: 4, M: 4}", "D = M: one taken for the other"),
    ],
)  # fmt: skip
def test_what_all_checks_have_in_common(spec, said):
    sentences = [*adequacy_of([one.check for one in checks_of(spec)])]
    assert any(sentence.startswith(said) for sentence in sentences), sentences


def test_what_one_check_has_otherwise_is_not_said():
    checks = checks_of("{layer: affine, N: 1, M: 2, matrix: {D: [2, 3], dtype: [float64, float32]}}")
    sentences = [*adequacy_of([one.check for one in checks])]
    assert sentences == ["N = 1: an axis of length one, which a squeeze removes and a sum can forget"]
