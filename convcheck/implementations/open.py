"""Opening a source: importing it, seeing what is in it, and binding what was found to a layer's parameters."""

from __future__ import annotations

from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Found, Source, Survey
from convcheck.layers.layer import Layer
from convcheck.spec.sizes import Sizes


def survey(source: Source, layers: tuple[str, ...] = ()) -> Survey:
    """Import the source and say which implementations of `layers` (all, if empty) it holds. Runs nothing else of it."""
    raise NotImplementedError


def binding_of(source: Source, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the implementation that was found; the source is imported afresh. Raises CannotOpen."""
    raise NotImplementedError
