"""A parameter whose axes may be in another order is found out before a check, at sizes that are all different."""

from convcheck.layers.catalogue import LAYERS
from tests.implementations.classes.styles import SIZED
from tests.implementations.running import cannot

EVERY = tuple(LAYERS)


def test_a_filter_in_another_layout_is_not_guessed(tmp_path):
    text = SIZED.replace("(out_channels, in_channels, *k)", "(*k, in_channels, out_channels)")
    said = cannot(text, "Conv2d", tmp_path)
    assert ".params['W'] has shape (3, 3, 6, 5), w has (5, 6, 3, 3)" in said
    assert "convcheck init --impl FILE.py:Conv2d" in said


def test_nor_is_it_where_the_sizes_would_let_it_pass(tmp_path):
    text = SIZED.replace("(out_channels, in_channels, *k)", "(in_channels, out_channels, *k)")
    assert "which axis is which is not guessed" in cannot(text, "Conv2d", tmp_path, F=3)
