"""Whatever the text, there is a reading; whatever the spec, reader and schema agree."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_bytes, read_mapping, read_text
from tests.spec.conftest import CONV, SPECS, valid_by_schema

TEXTS = [path.read_text() for path in sorted(SPECS.glob("*/*.yaml"))]
PIECES = st.sampled_from(
    ["\t", "  ", "\n", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "'", '"', "|\n", ">\n", "---\n", "...\n",
     "!!int ", "!x ", "? ", "%", "@", "`", "#", ",", "\x00", "\x1b", "\ufeff", "\u2028", "\ud800", "\r", "é", "漢",
     "010", "1:30", "null"]
)  # fmt: skip


def sound(reading: Any) -> None:
    """A reading that can be printed, in order, and holds something."""
    assert reading.checks or reading.errors
    assert len({check.id for check in reading.checks}) == len(reading.checks)
    places = [(error.line, error.column) for error in reading.errors]
    assert places == sorted(places)
    for error in reading.errors:
        shown = error.text().replace("\n", "")
        assert shown.isprintable()
        assert error.message


@given(st.one_of(st.text(), st.text("NCHW:1 \n-[]{}&*a'\"#!|>\t"), st.lists(PIECES).map("".join)))
@settings(max_examples=100, deadline=None)
def test_garbage_gives_a_reading(text: str) -> None:
    sound(read_text(text, "a.yaml", FORMS))


@given(st.binary())
@settings(max_examples=50, deadline=None)
def test_bytes_give_a_reading(data: bytes) -> None:
    sound(read_bytes(data, "a.yaml", FORMS))


@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_spoilt_specs_give_a_reading(text: str, edits: list[tuple[float, int, str]]) -> None:
    for where, cut, piece in edits:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + cut :]
    sound(read_text(text, "a.yaml", FORMS))


sizes = st.integers(1, 20)
valid = st.fixed_dictionaries(
    {"N": sizes, "C": sizes, "H": st.integers(5, 20), "W": st.integers(5, 20), "F": sizes, "H1": st.integers(1, 5),
     "W1": st.integers(1, 5), "stride": sizes, "pad": st.integers(0, 5)},
    optional={
        "layer": st.just("conv"), "seed": st.integers(0, 2**31 - 1), "dtype": st.sampled_from(["float32", "float64"]),
        "data": st.sampled_from(["dyadic", "normal", "ties"]), "scheme": st.sampled_from(["auto", "entries", "full"]),
        "tolerance": st.floats(0, allow_infinity=False, allow_nan=False), "expect": st.sampled_from(["pass", "fail"]),
        "implementation": st.sampled_from(["naive", "vectorized", "closed_form"]),
        "name": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip),
    },
)  # fmt: skip


@given(valid, st.booleans())
@settings(max_examples=60, deadline=None)
@example({**CONV, "name": "\x85"}, True)
def test_what_is_written_is_read(spec: dict[str, Any], flow: bool) -> None:
    if not spec.get("name", "x").strip():
        return
    text = yaml.safe_dump(spec, default_flow_style=flow, sort_keys=False)
    for reading in (read_text(text, "a.yaml", FORMS), read_mapping(spec, FORMS)):
        assert [error.text() for error in reading.errors] == []
        (check,) = reading.checks
        said = {**{key: getattr(check.sizes, key) for key in CONV}, **vars(check.manner), "layer": check.layer}
        assert {key: said[key] for key in spec} == spec


# Values of which every combination is possible, so that only what a schema can say is ever wrong.
VALUES: dict[str, list[Any]] = {
    **{key: [5, 6, 7, 0, "5", None, 5.5, True] for key in "NCHWFD"},
    **{key: [1, 2, 3, 0, [2], -1] for key in ("H1", "W1", "stride")},
    "pad": [0, 1, 2, -1, "x"],
    "shape": [[2], [3, 4], [5], [], [0], 3],
    "layer": ["conv", "relu", "batchnorm", "max_pool", "spatial_batchnorm", "dense"],
    "implementation": [
        "naive", {"file": "a.py"}, {"module": "a", "class": "A"}, {"file": "a.py", "forward": "f", "backward": "g"},
        {"file": "a.py", "forward": "f"}, {"module": "a.py"}, {"file": "a.py", "names": "A"}, {}, "fast",
    ],
    "dtype": ["float32", "float64", "float16"],
    "eps": [1e-5, 0.5, -1],
    "mode": ["train", "test", "x"],
    "seed": [0, 1, 2, -1],
    "expect": ["pass", "fail", False],
}  # fmt: skip
NEEDED = {
    "conv": "N C H W F H1 W1 stride pad", "max_pool": "N C H W H1 W1 stride", "relu": "N C H W", "batchnorm": "N D",
    "spatial_batchnorm": "N C H W",
}  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """A check that is right or nearly: keys of one layer, sometimes one more, one less, or a value out of range."""

    def value(key: str) -> Any:
        return draw(st.sampled_from(VALUES[key][: 3 if draw(st.integers(0, 30)) else None]))

    layer = draw(st.sampled_from(sorted(NEEDED)))
    keys = NEEDED[layer].split() if layer != "relu" or draw(st.booleans()) else ["shape"]
    if draw(st.integers(0, 9)) == 0:
        keys.remove(draw(st.sampled_from(keys)))
    keys += draw(
        st.lists(st.sampled_from(["seed", "dtype", "expect", "implementation", "F", "eps", "shape"]), max_size=1)
    )
    made = {key: value(key) for key in keys}
    if layer != "conv" or draw(st.booleans()):
        made["layer"] = layer
    if draw(st.integers(0, 2)) == 0:
        axes = draw(st.lists(st.sampled_from([*made, "seed"]), min_size=1, max_size=2, unique=True))
        made["matrix"] = {key: [value(key) for _ in range(draw(st.integers(1, 2)))] for key in axes}
        for key in axes:
            if draw(st.integers(0, 9)):
                made.pop(key, None)
    return made


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """A check, or several over defaults taken out of them."""
    if draw(st.booleans()):
        return draw(drafts())
    items = draw(st.lists(drafts(), min_size=1, max_size=2))
    made: dict[str, Any] = {"checks": items}
    if draw(st.integers(0, 3)):
        taken = draw(st.sampled_from(items))
        plain = [key for key in taken if key != "matrix"]
        keys = draw(st.lists(st.sampled_from(plain), unique=True)) if plain else []
        made["defaults"] = {key: taken[key] for key in keys}
        for key in keys:
            for item in items:
                if item is taken or draw(st.booleans()):
                    item.pop(key, None)
        # And those of which no check takes anything.
        shared = [key for key in items[0] if key != "matrix" and all(key in item for item in items)]
        if shared and draw(st.booleans()):
            key = draw(st.sampled_from(shared))
            made["defaults"][key] = draw(st.sampled_from(VALUES[key]))
    return made


@given(files())
@settings(max_examples=120, deadline=None)
def test_reader_and_schema_agree(spec: dict[str, Any]) -> None:
    reading = read_mapping(spec, FORMS)
    shown = "\n".join(error.text() for error in reading.errors)
    assert valid_by_schema(spec) == (not reading.errors), f"{spec}\n{shown}"
