"""The specs that ship: one for every layer and variant; and those of networks, by their sizes.

That all of them pass is seen where they are run at once, in `tests/cli/actions/test_short.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import convcheck
from convcheck.layers.catalogue import NAMES
from tests.layers.cases import SHIPPED, VARIANTS, shipped


def test_every_variant_of_every_layer_is_in_a_spec():
    assert {(c.layer, c.manner.implementation) for c in shipped() if c.layer in NAMES} == set(VARIANTS)


def test_only_the_known_bad_one_is_expected_to_fail():
    expected = [c.manner.implementation for c in shipped() if c.manner.expect == "fail"]
    assert expected == ["reshape_without_swap"]


def test_every_shipped_spec_has_checks():
    assert [path.name for path in SHIPPED if not convcheck.load(path)] == []


NETWORKS = Path(__file__).parents[2] / "benchmarks/networks"
Shape = tuple[int, ...]


class Network:
    """The checks of a network's file, taken as the layers of the network ask for them."""

    def __init__(self, name: str) -> None:
        self.checks = convcheck.load(NETWORKS / f"{name}.yaml")
        self.taken: set[str] = set()

    def layer(self, layer: str, x: Shape, w: Shape | None = None, **settings: int) -> Shape:
        """The output of the one check of this layer that takes inputs of these shapes."""
        (found,) = (c for c in self.checks if c.layer == layer and fits(c, x, w, settings))
        self.taken.add(found.id)
        return tuple(found.sizes.shapes()["out"])

    def conv(self, x: Shape, filters: int, size: int, stride: int = 1) -> Shape:
        return self.layer("conv", x, (filters, x[1], size, size), stride=stride, pad=size // 2)


def fits(check, x, w, settings):
    shapes, given = check.sizes.shapes(), check.sizes.given()
    return shapes["x"] == x and w in (None, shapes.get("w")) and settings.items() <= given.items()


def resnet50(network: Network) -> Iterator[Shape]:
    def normalised(x: Shape) -> Shape:
        return network.layer("spatial_batchnorm", x)

    x = normalised(network.conv((2, 3, 224, 224), 64, 7, stride=2))
    yield x
    # Its padding is part of the images.
    x = network.layer("max_pool", (*x[:2], x[2] + 2, x[3] + 2), H1=3, W1=3, stride=2)
    yield x
    for filters, blocks, first_stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            out = normalised(network.conv(x, filters, 1))
            out = normalised(network.conv(out, filters, 3, stride))
            out = normalised(network.conv(out, 4 * filters, 1))
            shortcut = x if block else normalised(network.conv(x, 4 * filters, 1, stride))
            assert shortcut == out
            x = out
        yield x
    yield network.conv((2, x[1], 1, 1), 1000, 1)


def vgg16(network: Network) -> Iterator[Shape]:
    x: Shape = (2, 3, 224, 224)
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            x = network.layer("relu", network.conv(x, filters, 3))
        x = network.layer("max_pool", x, H1=2, W1=2, stride=2)
        yield x
    # After the first two matrix products, which are too large to be there.
    yield network.conv(network.layer("relu", (2, 4096, 1, 1)), 1000, 1)


@pytest.mark.parametrize(
    ("layers", "sizes"),
    [
        (resnet50, [(64, 112), (64, 56), (256, 56), (512, 28), (1024, 14), (2048, 7), (1000, 1)]),
        (vgg16, [(64, 112), (128, 56), (256, 28), (512, 14), (512, 7), (1000, 1)]),
    ],
)
def test_the_sizes_of_a_network_follow_each_other_and_every_distinct_layer_is_there_once(layers, sizes):
    network = Network(layers.__name__)
    assert list(layers(network)) == [(2, channels, side, side) for channels, side in sizes]
    assert network.taken == {c.id for c in network.checks}
    assert {c.manner.variant for c in network.checks} == {"vectorized"}
