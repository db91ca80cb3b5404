"""The most typical mistakes, each with the exact text that answers it.

Covers spec/build.py, spec/layer_keys.py, spec/sizes.py, spec/mappings.py, spec/nearest.py and spec/outline.py as well.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from convcheck.layers.catalogue import FORMS
from convcheck.spec.showing import listed
from tests.spec.conftest import conv

MISTAKES = {
    "quoted number": (
        conv(H1="'3'"),
        """\
        a.yaml:6:5: H1: expected a whole number of at least 1, received the text "3"
            H1: '3'
                ^
            hint: write 3, without the quotes""",
    ),
    "float for a size": (
        conv(stride="3.0"),
        """\
        a.yaml:8:9: stride: expected a whole number of at least 1, received 3.0
            stride: 3.0
                    ^
            hint: write 3""",
    ),
    "zero": (
        conv(N=0),
        """\
        a.yaml:1:4: N: expected a whole number of at least 1, received 0
            N: 0
               ^
            hint: write 1 or more""",
    ),
    "negative": (
        conv(pad=-1),
        """\
        a.yaml:9:6: pad: expected a whole number of at least 0, received -1
            pad: -1
                 ^
            hint: write 0 or more""",
    ),
    "out of range": (
        conv(N=10**30),
        """\
        a.yaml:1:4: N: expected a whole number of at least 1 and at most 2147483647, \
received 1000000000000000000000000000000
            N: 1000000000000000000000000000000
               ^
            hint: write 2147483647 or less""",
    ),
    "truth value": (
        conv(pad="yes"),
        """\
        a.yaml:9:6: pad: expected a whole number of at least 0, received the truth value yes
            pad: yes
                 ^
            hint: write a number such as 1""",
    ),
    "nothing": (
        conv(pad=""),
        """\
        a.yaml:9:5: pad: expected a whole number of at least 0, received nothing
            pad: \n\
                ^
            hint: write a value, or leave the key out""",
    ),
    "list": (
        conv(stride="[1, 2]"),
        """\
        a.yaml:8:9: stride: expected a whole number of at least 1, received a list
            stride: [1, 2]
                    ^
            hint: to check several values, list them under `matrix:`""",
    ),
    "octal": (
        conv(F="010"),
        """\
        a.yaml:5:4: F: expected a whole number of at least 1, received 010, \
which is octal in YAML 1.1 and decimal in YAML 1.2
            F: 010
               ^
            hint: write 10""",
    ),
    "base 60": (
        conv(F="1:30"),
        """\
        a.yaml:5:4: F: expected a whole number of at least 1, received 1:30, which is a number to base 60 in YAML 1.1
            F: 1:30
               ^
            hint: write the number in decimal digits""",
    ),
    "key of another library": (
        conv("pad", extra="padding: 1\n"),
        """\
        a.yaml:9:1: unknown key "padding" for conv
            padding: 1
            ^
            hint: did you mean pad?""",
    ),
    "one key for two": (
        conv("H1", "W1", extra="kernel_size: 3\n"),
        """\
        a.yaml:8:1: unknown key "kernel_size" for conv
            kernel_size: 3
            ^
            hint: did you mean H1 and W1?""",
    ),
    "case": (
        conv("N", extra="n: 2\n"),
        """\
        a.yaml:9:1: unknown key "n" for conv
            n: 2
            ^
            hint: did you mean N?""",
    ),
    "spelling": (
        conv("stride", extra="strid: 2\n"),
        """\
        a.yaml:9:1: unknown key "strid" for conv
            strid: 2
            ^
            hint: did you mean stride?""",
    ),
    "key of another layer": (
        "layer: max_pool\n" + conv(),
        """\
        a.yaml:6:1: unknown key "F" for max_pool
            F: 4
            ^
            hint: F belongs to conv, conv1d, conv_transpose and conv3d; max_pool takes N, C, H, W, H1, W1, stride and pad""",  # noqa: E501
    ),
    "missing": (
        conv("H1", "W1"),
        """\
        a.yaml:1:1: missing keys: conv also needs H1 and W1
            N: 2
            ^
            hint: H1: rows of a filter; W1: columns of a filter""",
    ),
    "duplicate": (
        conv(extra="stride: 2\n"),
        """\
        a.yaml:10:1: the key "stride" stands twice: first on line 8
            stride: 2
            ^
            hint: keep one of the two""",
    ),
    "unknown layer": (
        "layer: Conv2d\n" + conv(),
        f"""\
        a.yaml:1:8: layer: expected {listed(tuple(FORMS), "or")}, received the text "Conv2d"
            layer: Conv2d
                   ^
            hint: did you mean conv?""",
    ),
    "unknown implementation": (
        conv(extra="implementation: vectorised\n"),
        """\
        a.yaml:10:17: implementation: expected naive, vectorized or closed_form, received the text "vectorised"
            implementation: vectorised
                            ^
            hint: did you mean vectorized?""",
    ),
    "impossible": (
        conv(H1=11),
        """\
        a.yaml:6:5: H1 = 11 is more than H + 2·pad = 8 + 2·1 = 10: no window fits
            H1: 11
                ^""",
    ),
    "impossible in a matrix": (
        conv("H1", "pad", extra="matrix:\n  H1: [3, 9]\n  pad: [0, 1]\n"),
        """\
        a.yaml:9:11: H1 = 9 is more than H + 2·pad = 8 + 2·0 = 8: no window fits (in the combination H1=9, pad=0)
              H1: [3, 9]
                      ^""",
    ),
    "too large": (
        conv(N=2_000_000),
        """\
        a.yaml:1:4: this check needs about 133.5 GiB (143,360,017,920 bytes), and the limit is 2.0 GiB \
(2,147,483,648 bytes)
            N: 2000000
               ^
            hint: make the sizes smaller, or allow more with --max-memory 134GiB""",
    ),
    "two ways": (
        "layer: relu\nN: 2\nshape: [2]\n",
        """\
        a.yaml:3:1: shape: cannot stand beside N; relu takes either N, C, H and W, or shape
            shape: [2]
            ^
            hint: leave one of the two out""",
    ),
    "tab": (
        "N: 2\n\tC: 3\n",
        """\
        a.yaml:2:1: a tab in the indentation
            \\tC: 3
            ^
            hint: YAML indents with spaces only""",
    ),
    "no space after the colon": (
        "N:2\n",
        """\
        a.yaml:1:1: expected a mapping of keys to values, received the text "N:2"
            N:2
            ^
            hint: a space must follow the colon: `N: 2`""",
    ),
    "list at the top": (
        "- N: 2\n",
        """\
        a.yaml:1:1: expected a mapping of keys to values, received a list
            - N: 2
            ^
            hint: write `checks:` above the list, to have several checks in a file""",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_message(mistake, read) -> None:
    text, expected = MISTAKES[mistake]
    assert [error.text() for error in read(text).errors] == [dedent(expected)]


def test_all_errors_at_once_in_order(read) -> None:
    text = conv("pad", F="010", H1="'3'", extra="padding: 1\nseed: x\n---\nN: 0\n")
    places = [(error.line, error.column) for error in read(text).errors]
    assert places == [(5, 4), (6, 5), (9, 1), (10, 7), (12, 1), (12, 4)]


def test_sizes_are_not_held_against_each_other_where_one_is_bad(read) -> None:
    assert [error.line for error in read(conv(H1=99, pad="x")).errors] == [9]


def test_a_shared_value_is_reported_once(read) -> None:
    text = "defaults: " + "{N: 0, C: 3, H: 8, W: 8, F: 4, H1: 3, W1: 3, stride: 1, pad: 1}\nchecks: [{}, {}, {}]\n"
    assert len(read(text).errors) == 1


def test_a_fault_that_combinations_share_is_said_once(read) -> None:
    reading = read(conv("H", extra="matrix: {H: [1, 8], W: [8, 9], seed: [1, 2]}\n", pad=0).replace("W: 8\n", "", 1))
    assert len(reading.checks) == 4
    assert [error.message for error in reading.errors] == [
        "H1 = 3 is more than H + 2·pad = 1 + 2·0 = 1: no window fits (in the combination H=1, W=8, seed=1 and 3 others)"
    ]


def test_the_sound_checks_of_a_file_are_still_read(read) -> None:
    reading = read(conv() + "---\nN: 2\n---\n" + conv(N=5))
    assert [check.sizes.N for check in reading.checks] == [2, 5]
    assert len(reading.errors) == 1


def test_syntax_errors_end_the_reading_of_a_file_but_not_of_what_stands_before(read) -> None:
    reading = read(conv() + "---\nN: [\n")
    assert len(reading.checks) == 1
    assert len(reading.errors) == 1


OVER = "defaults: {{N: 2, C: 3, H: 8, W: 8, F: 4, H1: 3, W1: 3, stride: 1, pad: 1, {}}}\nchecks:\n"


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize(
    ("default", "own", "said"),
    [
        ("seed: x", "seed: {}", 'seed: expected a whole number of at least 0, received the text "x"'),
        ("layer: dense", "layer: conv", f'layer: expected {listed(tuple(FORMS), "or")}, received the text "dense"'),
        ("sede: 1", "seed: {}", 'unknown key "sede" for conv'),
        ("sede: 1", "sede: {}", 'unknown key "sede" for conv'),
        ("H1: 99", "seed: {}", "H1 = 99 is more than H + 2·pad = 8 + 2·1 = 10: no window fits"),
        ("seed: x", "matrix: {{seed: [{}]}}", 'seed: expected a whole number of at least 0, received the text "x"'),
        ("name: [1]", "name: n{}", "name: expected a text, received a list"),
    ],
)  # fmt: skip
def test_a_default_is_read_and_its_mistake_said_once_however_many_checks_have_their_own(
    default, own, said, count, read
) -> None:
    over = OVER.format(default).replace("H1: 3, ", "" if default.startswith("H1") else "H1: 3, ")
    reading = read(over + "".join(f"- {{{own.format(i)}}}\n" for i in range(count)))
    assert [error.message[: len(said)] for error in reading.errors if error.line == 1] == [said]


def test_the_check_that_has_sizes_of_its_own_is_blamed_for_them(read) -> None:
    reading = read(OVER.format("seed: 1") + "- {H: 8}\n- {H: 1, pad: 0}\n- {W: 1, pad: 0}\n")
    assert [(error.line, error.message) for error in reading.errors] == [
        (4, "H1 = 3 is more than H + 2·pad = 1 + 2·0 = 1: no window fits"),
        (5, "W1 = 3 is more than W + 2·pad = 1 + 2·0 = 1: no window fits"),
    ]
