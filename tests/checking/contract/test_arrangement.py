"""What backward returned, in the order and the shapes of the inputs: by every way in which the numbers can be told."""

import numpy as np
import pytest

from convcheck import gradcheck
from convcheck.checking.contract.arrangement import arranged, in_shape
from tests.checking.variants import findings, run
from tests.implementations.running import module_of, run_with

X, G = np.arange(6.0).reshape(2, 3), np.arange(3.0)


@pytest.mark.parametrize(
    ("given", "shape", "how"),
    [
        ((1, 3), (3,), "reshaped"),
        ((3, 1), (3,), "reshaped"),
        ((1, 3, 1, 1), (3,), "reshaped"),
        ((3,), (1, 3), "reshaped"),
        ((), (1, 1), "reshaped"),
        ((2, 12), (2, 3, 2, 2), "reshaped"),
        ((24,), (2, 3, 4), "reshaped"),
        ((2, 3, 4), (6, 4), "reshaped"),
        ((3, 2), (2, 3), "transposed"),
        ((2, 5, 4, 3), (2, 3, 5, 4), "transposed"),
        ((2, 6), (3, 4), None),
        ((4, 4, 3), (3, 4, 4), None),
        ((2, 3), (2, 4), None),
    ],
)
def test_numbers_are_brought_into_a_shape_only_where_it_is_told_how(given, shape, how, rng):
    values = rng.standard_normal(given)
    got = in_shape(values, shape)
    if how is None:
        assert got is None
    elif how == "reshaped":
        assert (got == values.reshape(shape)).all()
    else:
        assert got.shape == shape
        assert (got == values.transpose([given.index(n) for n in shape])).all()


@pytest.mark.parametrize("empty", [[], {}, (), None])
@pytest.mark.parametrize("several", [False, True])
def test_what_is_empty_beside_the_gradients_is_no_gradient(empty, several):
    returned, shapes = ((X, G, empty, None), [(2, 3), (3,)]) if several else ((X, empty), [(2, 3)])
    assert [v.tolist() for v in arranged(returned, shapes).values] == [a.tolist() for a in (X, G)[: len(shapes)]]


def test_one_gradient_too_many_or_too_few_is_told():
    for returned, shapes in [((X, G), [(2, 3)]), ((X, None), [(2, 3), (3,), (3,)]), ([], [(2, 3)])]:
        assert arranged(returned, shapes).order == ()
    assert arranged((X, None), [(2, 3), (3,)]).values[1] is None


def test_the_order_is_told_by_the_shapes():
    assert arranged((G, X), [(2, 3), (3,)]).order == (1, 0)
    assert arranged((X, G, G[:1]), [(3,), (1,), (2, 3)]).order == (1, 2, 0)
    # Those of one shape stay in their order, and a wrong shape says nothing of the order.
    assert arranged((G, G + 1, X), [(2, 3), (3,), (3,)]).order == (2, 0, 1)
    assert arranged((G[None], X), [(2, 3), (3,)]).order == (0, 1)


def test_a_list_of_numbers_is_one_gradient_where_there_is_one_input():
    assert arranged(X.tolist(), [(2, 3)]).values[0].tolist() == X.tolist()
    assert arranged([X], [(2, 3)]).values[0].tolist() == X.tolist()


@pytest.mark.parametrize("returned", ["dx, []", "dx, {}", "dx, None", "(dx,)", "[dx]"])
def test_a_backward_that_returns_something_empty_beside_dx_passes(returned):
    assert gradcheck(np.sin, eval(f"lambda dout, x: (dx := dout * np.cos(x), {returned})[1]"), [X]).status == "pass"
    assert run("relu", backward=eval(f"lambda dout, x: (dx := dout * (x > 0), {returned})[1]")).status == "pass"


def test_a_second_gradient_is_an_error():
    result = gradcheck(np.sin, lambda dout, x: (dout * np.cos(x), dout), [X])
    (finding,) = findings(result, "wrong-shape")
    assert finding[2:] == ("backward returned 2 gradients, expected 1: dx", None, "return dx")
    assert result.status == "fail"


def test_a_class_may_return_something_empty_beside_dx(tmp_path):
    from convcheck.implementations.classes.discover import bind, found_classes
    from convcheck.layers.catalogue import LAYERS

    text = """
import numpy as np
class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
    def backward(self, dout):
        return dout * (self.x > 0), {}
"""
    module = module_of(text, tmp_path)
    result = run_with(bind, module, found_classes(module, tuple(LAYERS))[0])
    assert result.status == "pass"


@pytest.mark.parametrize(("factor", "words"), [(1, "values right, shape wrong"), (1.001, "values and shape wrong")])
def test_a_gradient_in_another_shape_has_its_values_compared(factor, words):
    def backward(dout, x, g):
        return dout * g, factor * (dout * x).sum(0, keepdims=True)

    result = gradcheck(lambda x, g: x * g, backward, [X + 1, G + 1])
    assert [t.verdict == "wrong" for t in result.tensors] == [False, factor != 1]
    assert result.status == "fail"
    (finding,) = findings(result, "wrong-shape")
    assert finding.message == f"{words}: backward returned dg in shape (1, 3), expected (3,)"
    assert (finding.severity, finding.tensor, finding.hint) == ("error", "dg", "dg.reshape(g.shape)")


def test_a_transposed_gradient_is_called_so():
    result = gradcheck(np.sin, lambda dout, x: (dout * np.cos(x)).T, [X])
    (finding,) = findings(result, "wrong-shape")
    assert finding.message == "values right, shape wrong: backward returned dx in shape (3, 2), expected (2, 3)"
    assert finding.hint == "its axes stand in another order than those of x: transpose it"


def test_gradients_in_another_order_are_one_sentence_and_keep_their_verdicts(rng):
    a, b = rng.standard_normal((2, 3)), rng.standard_normal((3, 4))
    result = gradcheck(lambda a, b: a @ b, lambda dout, a, b: (a.T @ dout, 2 * dout @ b.T), [a, b])
    assert [t.verdict for t in result.tensors] == ["wrong", "within_bound"]
    assert findings(result, "wrong-shape") == []
    (finding,) = findings(result, "swapped")
    assert finding.message == "backward returned the gradients in the order db, da, expected da, db"
    assert (finding.severity, finding.hint, result.status) == ("error", "return da, db", "fail")
