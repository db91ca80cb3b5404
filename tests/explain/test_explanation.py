"""What `convcheck explain` says is true: relations add up for every layer, and the pages are as they were read once.

Covers explain/explanation.py, explain/sizes.py, explain/place.py, explain/relation.py, explain/factors.py,
explain/workings.py, explain/axes.py, explain/subject.py, reports/explained/text.py, reports/explained/page.py and
reports/explained/svg.py.
"""

import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from convcheck.explain.axes import equation_of, sliding_axes
from convcheck.explain.entry import parse_entry
from convcheck.explain.explanation import explanation
from convcheck.explain.relation import gradient_relation, output_relation
from convcheck.explain.subject import Explained
from convcheck.explain.workings import workings
from convcheck.layers.catalogue import FORMS, LAYERS, NAMES, suite_text
from convcheck.reports.explained.page import explanation_html
from convcheck.reports.explained.svg import explanation_svg
from convcheck.reports.explained.text import print_explanation
from convcheck.reports.tables.page import Page
from convcheck.spec.reader import read_text

GOLDEN = Path(__file__).parent / "golden"
# Each is read by somebody who knows the paper when it changes: `python -m tests.explain.test_explanation`.
PAGES = {
    "conv": "{N: 2, C: 3, H: 8, W: 8, F: 4, H1: 3, W1: 3, stride: 1, pad: 1}",
    "conv_left_over": "{N: 1, C: 2, H: 7, W: 8, F: 2, H1: 3, W1: 3, stride: 2, pad: 0}",
    "max_pool_overlap": "{layer: max_pool, N: 1, C: 2, H: 5, W: 6, H1: 3, W1: 2, stride: 2}",
    "spatial_batchnorm": "{layer: spatial_batchnorm, N: 2, C: 3, H: 2, W: 3}",
    "conv_transpose": "{layer: conv_transpose, N: 1, C: 2, H: 3, W: 3, F: 2, H1: 3, W1: 3, stride: 2, pad: 1}",
    "large": "{N: 1, C: 5, H: 40, W: 40, F: 2, H1: 3, W1: 3, stride: 2, pad: 1, dilation: 2}",
}
ENTRIES = {
    "conv_entries": (PAGES["conv"], ["dx[0,1,2,3]", "dw[1,0,2,2]", "db[1]", "out[0,1,0,0]"]),
    "max_pool_entries": (PAGES["max_pool_overlap"], ["dx[0,0,4,2]", "dx[0,0,0,0]"]),
    "softmax_entries": ("{layer: softmax_loss, N: 3, C: 4}", ["dx[1,2]", "out"]),
}


def explained(text):
    (check,) = read_text(text, "spec.yaml", FORMS).checks
    return Explained(check, LAYERS[check.layer], None)


def suite_check(layer):
    check = read_text(suite_text(layer), "suite.yaml", FORMS).checks[0]
    return Explained(check, LAYERS[layer], None)


def page_of(name):
    text, entries = ENTRIES.get(name) or (PAGES[name], [])
    about = explained(text)
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n")
    chosen = [parse_entry(entry, about) for entry in entries]
    print_explanation(Page(stream, colour=False, width=80), explanation(about, None, chosen))
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize("name", [*PAGES, *ENTRIES])
def test_the_page_is_as_it_was_read(name):
    page = page_of(name)
    assert page == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert max(map(len, page.splitlines())) <= 80


@pytest.mark.parametrize("layer", NAMES)
def test_every_gradient_is_the_sum_that_is_shown(layer):
    about = suite_check(layer)
    rng = np.random.default_rng(0)
    for claim in about.facts.inputs:
        if not np.prod(claim.shape):
            continue
        index = tuple(int(rng.integers(n)) for n in claim.shape)
        relation = gradient_relation(about, claim.name, index)
        right = float(about.right.gradients["d" + claim.name][index])
        size = sum(abs(term.product) for term in relation.terms)
        assert abs(relation.total - right) <= 1e-7 * (size + abs(right)) + 1e-12, (claim.name, index)
        shown = explanation(about, None, [parse_entry(f"d{claim.name}[{','.join(map(str, index))}]", about)])
        assert shown.sections[0].blocks


@pytest.mark.parametrize("layer", NAMES)
def test_every_layer_has_a_page_in_each_form(layer):
    about = suite_check(layer)
    whole = explanation(about, None, [])
    titles = [section.title for section in whole.sections]
    assert titles[:2] == ["Sizes", "What an entry reaches"]
    assert titles[2].startswith("out")
    stream = io.StringIO()
    print_explanation(Page(stream, colour=False, width=80), whole)
    for line in stream.getvalue().splitlines():
        # A name or a number in two pieces is worse than a line that is too long.
        assert len(line) <= 80 or " " not in line.strip()
    page = explanation_html(whole)
    assert page.count("<h2>") == len(titles)
    assert "<script" not in page
    ElementTree.fromstring(explanation_svg(whole))


@pytest.mark.parametrize("layer", ["conv", "affine", "avg_pool", "max_pool", "conv_transpose", "depthwise_conv"])
def test_an_output_is_the_sum_that_is_shown(layer):
    about = suite_check(layer)
    for index in list(np.ndindex(about.facts.output))[:: max(1, int(np.prod(about.facts.output)) // 5)]:
        relation = output_relation(about, index)
        assert relation is not None
        assert relation.total == pytest.approx(float(about.right.out[index]), abs=1e-12)
        # An average and a maximum have numbers for factors, and no entries.
        assert {bool(term.name) for term in relation.terms} == {not layer.endswith("_pool")}


def test_factors_are_named_by_the_entries_that_they_are():
    about = explained(PAGES["conv"])
    relation = gradient_relation(about, "x", (0, 1, 2, 3))
    F, w = about.facts.output[1], about.right.data.inputs[1]
    assert {term.at[0] for term in relation.terms} == {0}
    assert len(relation.terms) == F * 9
    for term in relation.terms:
        _, f, h, j = term.at
        assert term.name == f"w[{f}, 1, {2 + 1 - h}, {3 + 1 - j}]"
        assert term.factor == w[f, 1, 3 - h, 4 - j]


@pytest.mark.parametrize(
    "text",
    [
        "{layer: conv+relu, N: 1, C: 2, H: 3, W: 4, F: 1, H1: 2, W1: 2, stride: 1, pad: 0}",
        "{layer: affine+batchnorm+relu, N: 3, D: 4, M: 2}",
    ],
)
def test_layers_one_after_the_other_have_a_page_as_well(text):
    about = explained(text)
    assert len(explanation(about, None, []).sections) > 2
    for claim in about.facts.inputs:
        index = (0,) * len(claim.shape)
        relation = gradient_relation(about, claim.name, index)
        right = float(about.right.gradients["d" + claim.name][index])
        assert relation.total == pytest.approx(right, abs=1e-9), claim.name


def test_three_terms_of_a_normalisation():
    about = explained("{layer: batchnorm, N: 5, D: 3}")
    found = workings(about, "dx", (2, 1))
    assert [step.name for step in found.steps][-3:] == ["dxhat", "through_mean", "through_var"]
    assert [code for code, _ in found.parts] == ["dxhat / std", "-through_mean / std", "-through_var / std"]
    assert sum(number for _, number in found.parts) == pytest.approx(float(about.right.gradients["dx"][2, 1]))


@pytest.mark.parametrize(
    ("text", "entry", "shown"),
    [
        ("{layer: softmax_loss, N: 3, C: 3, eps: 0.1}", "dx[0,1]", {"N", "shifted", "p", "eps"}),
        ("{layer: attention, N: 1, T: 3, S: 3, D: 3, M: 3}", "dv[0,1,2]", set()),
        ("{layer: attention, N: 1, T: 3, S: 3, D: 3, M: 3}", "dk[0,1,2]", set()),
        ("{layer: lstm_step, N: 3, D: 3, H: 3}", "dx[0,1]", set()),
        ("{layer: lstm_step, N: 3, D: 3, H: 3}", "dprev_h[0,1]", set()),
        (
            "{layer: lstm_step, N: 3, D: 3, H: 3}",
            "dprev_c[0,1]",
            {"i", "f", "o", "g", "next_c", "tanh_c", "dc"},
        ),
        ("{layer: rnn_step, N: 3, D: 3, H: 3}", "dWx[0,1]", set()),
        ("{layer: rnn_step, N: 3, D: 3, H: 3}", "dprev_h[0,1]", set()),
        ("{layer: rnn_step, N: 3, D: 3, H: 3}", "out[0,1]", {"a"}),
        (
            "{layer: batchnorm, N: 3, D: 3}",
            "dx[0,1]",
            {"eps", "rows", "mean", "var", "std", "xhat", "dxhat", "through_mean", "through_var"},
        ),
        ("{layer: batchnorm, N: 3, D: 3}", "dgamma[1]", set()),
    ],
)
def test_of_a_quantity_only_what_goes_into_the_entry_is_shown_though_all_letters_are_equal(text, entry, shown):
    about = explained(text)
    tensor, index = parse_entry(entry, about)
    found = workings(about, tensor, index)
    assert ({step.name for step in found.steps} if found else set()) == shown


@pytest.mark.parametrize("layer", NAMES)
def test_the_quantities_of_an_entry_do_not_hang_on_how_letters_compare(layer):
    """Sizes that are equal in a suite are others in other checks: what is shown of a tensor is the same quantities."""
    seen = {}
    for check in read_text(suite_text(layer), "suite.yaml", FORMS).checks:
        about = Explained(check, LAYERS[layer], None)
        for tensor, shape in (("forward", about.facts.output), *((f"d{c.name}", c.shape) for c in about.facts.inputs)):
            settings = tuple(v for v in check.sizes.given().values() if not isinstance(v, int) or isinstance(v, bool))
            found = workings(about, tensor, (0,) * len(shape)) if 0 not in shape else None
            names = tuple(step.name for step in found.steps if step.at) if found else ()
            assert seen.setdefault((tensor, len(shape), repr(settings)), names) == names, (check.id, tensor)


def test_code_is_shown_without_what_a_reader_cannot_know():
    for layer in NAMES:
        about = suite_check(layer)
        for tensor, shape in (("forward", about.facts.output), *((f"d{c.name}", c.shape) for c in about.facts.inputs)):
            found = workings(about, tensor, (0,) * len(shape))
            code = " ".join([*(step.code for step in found.steps), *(part for part, _ in found.parts)] if found else [])
            assert not re.search(r"\b(spread|parted|joined|summed)\(", code), (layer, tensor)


@pytest.mark.parametrize(
    ("text", "tensor", "said"),
    [
        ("{layer: batchnorm, N: 3, D: 3, mode: test}", "dx", "gamma dout / √(running_var + eps) in test mode"),
        ("{layer: spatial_batchnorm, N: 2, C: 2, H: 2, W: 2, mode: test}", "dx", "√(running_var + eps) in test mode"),
        ("{layer: softmax_loss, N: 3, C: 3, eps: 0.1}", "dx", "kept[n] = p[n,y[n]] / (p[n,y[n]] + eps)"),
        ("{layer: softmax_loss, N: 3, C: 3, eps: 0.1}", "forward", "log(p[n,y[n]] + eps)"),
        ("{N: 1, C: 2, H: 6, W: 6, F: 2, H1: 2, W1: 2, stride: 1, pad: 0, dilation: 2}", "dx", "i·dilation"),
        ("{N: 1, C: 2, H: 6, W: 6, F: 2, H1: 2, W1: 2, stride: 1, pad: 0, groups: 2}", "dw", "in groups c1 of the gr"),
        ("{layer: gru_step, N: 2, D: 2, H: 2, z_is: old, reset: after}", "forward", "s = z or 1 - z"),
    ],
)
def test_the_formula_is_that_of_the_settings(text, tensor, said):
    assert said in equation_of(explained(text), tensor)
    plain = explained("{N: 1, C: 2, H: 6, W: 6, F: 2, H1: 2, W1: 2, stride: 1, pad: 0}")
    assert "dilation" not in equation_of(plain, "dx")


def test_what_covers_an_entry_is_counted_as_windows_read_it():
    about = explained("{N: 1, C: 1, H: 7, W: 9, F: 1, H1: 3, W1: 2, stride: 2, pad: 1}")
    ones = np.ones(about.facts.output)
    x = about.right.data.inputs[0]
    rows, columns = sliding_axes(about)
    w = np.ones_like(about.right.data.inputs[1])
    _, cache = about.layer.variants["naive"].forward(x, w, np.zeros(1), {"stride": 2, "pad": 1})
    dx = about.layer.variants["naive"].backward(ones, cache)[0][0, 0]
    np.testing.assert_array_equal(np.outer(rows.covering, columns.covering), dx)


if __name__ == "__main__":
    for one in sys.argv[1:] or [*PAGES, *ENTRIES]:
        (GOLDEN / f"{one}.txt").write_text(page_of(one), encoding="utf-8")
