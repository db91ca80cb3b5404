"""The padding of a convolution without a word for it, measured: else one that keeps an image's size would be blamed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import Refusal
from convcheck.implementations.pair import Pair
from convcheck.layers.layer import Array, Params
from convcheck.spec.sizes import Sizes

Again = Callable[[Sizes, Params | None], Pair]
Extra = tuple[int, int]


def with_own_pad(again: Again, sizes: Sizes, params: Params | None, told: Callable[[Any], bool]) -> Pair:
    """What `again` makes of the sizes; code that is not told pad, and pads all the same, is asked for its own only.

    `told(cache)` says whether it was told pad. Its forward raises Refusal for another padding than its own.
    """
    pair = again(sizes, params)
    if not hasattr(sizes, "pad") or params is None:
        return pair
    return OwnPad(again, pair, sizes, params, told).pair()


class OwnPad:
    """`pair`, or the same code asked for no padding where what it does by itself is what is asked."""

    def __init__(self, again: Again, pair: Pair, sizes: Sizes, params: Params, told: Callable[[Any], bool]) -> None:
        self._again, self._asked, self._sizes, self._params, self._told = again, pair, sizes, params, told
        self._now = pair

    def pair(self) -> Pair:
        """As a `Pair`."""
        return self._asked._replace(forward=self.forward, backward=self.backward, state=self.state)

    def forward(self, *inputs: Array) -> tuple[Any, Any]:
        """As of `Pair`. Raises Refusal for a padding that is not its own."""
        pad = self._params["pad"]
        try:
            out, cache = self._now.forward(*inputs)
        except Refusal:
            if self._now is not self._asked or not pad or self._extra() != (2 * pad, 2 * pad):
                raise
            self._now = self._again(*_changed(self._sizes, self._params, pad=0))
            return self._now.forward(*inputs)
        if not pad and np.shape(out) != tuple(self._sizes.shapes()["out"]) and not self._told(cache):
            self._hold()
        return out, cache

    def backward(self, dout: Array, cache: Any) -> Any:
        """As of `Pair`."""
        return self._now.backward(dout, cache)

    def state(self) -> Mapping[str, Any]:
        """As of `Pair`."""
        return {} if self._now.state is None else self._now.state()

    def _hold(self) -> None:
        extra, window = self._extra(), (self._params_of("H1") - 1, self._params_of("W1") - 1)
        # One row too many is a slip, and keeps the size where a window has two: one of three then tells.
        keeps = extra == window and (extra == (2, 2) or self._extra(H1=3, W1=3) == (2, 2))
        if extra and (keeps or (extra[0] == extra[1] > 0 and extra[0] % 2 == 0)):
            said = "so that an image keeps its size" if keeps else f"by {extra[0] // 2}"
            raise Refusal(
                f"{self._asked.name.partition(',')[0]} has no parameter and no attribute for pad, and pads {said}: "
                "pad = 0 cannot be asked of it"
            )

    def _params_of(self, name: str) -> int:
        return int(getattr(self._sizes, name))

    def _extra(self, **window: int) -> Extra | None:
        """How many rows and columns more it gives than there are windows in an image without padding."""
        H1, W1 = (window.get(name, self._params_of(name)) for name in ("H1", "W1"))
        sizes, params = _changed(self._sizes, self._params, N=1, H=H1 + 4, W=W1 + 5, stride=1, pad=0, **window)
        shapes = sizes.shapes()
        try:
            out, cache = self._again(sizes, params).forward(*(np.ones(shapes[name]) for name in ("x", "w", "b")))
        except Exception:  # then nothing is known
            return None
        if self._told(cache) or np.ndim(out) != 4:
            return None
        return np.shape(out)[2] - shapes["out"][2], np.shape(out)[3] - shapes["out"][3]


def _changed(sizes: Sizes, params: Params, **changes: int) -> tuple[Sizes, Params]:
    told = {name: value for name, value in changes.items() if name in params}
    return dataclasses.replace(sizes, **changes), params | told
