"""Which forward and which backward of a module belong together, and what those that stand alone lack."""

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from convcheck.implementations.functions.names import CustomaryName, own_name
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.source import NotChecked
from convcheck.implementations.source_text import first_line
from convcheck.spec.nearest import nearest


class NamedFunction(NamedTuple):
    """A function, the name that the module has for it, and what it is by custom."""

    name: str
    function: Callable[..., Any]
    custom: CustomaryName


class MatchedPasses(NamedTuple):
    """The passes of one layer: those that belong together, and those that stand alone."""

    pairs: tuple[tuple[NamedFunction, NamedFunction], ...]
    forwards: tuple[NamedFunction, ...]
    backwards: tuple[NamedFunction, ...]

    def alone(self, module: ModuleType) -> list[NotChecked]:
        """Those that stand alone, each with what it lacks, and the function that was probably meant for it."""
        missing = [(one, f"it has no forward of its name{_meant(one, module)}") for one in self.backwards]
        missing += [(one, f"it has no {_other_way(one.name)} beside it{_meant(one, module)}") for one in self.forwards]
        return [NotChecked((one.name,), first_line(one.function), why) for one, why in missing]


def matched_passes(every: Sequence[NamedFunction], layer: str | None) -> MatchedPasses:
    """Which passes of a layer, or of anything called so, belong together."""
    forwards = [f for f in every if f.custom.layer == layer and f.custom.way == "forward"]
    backwards = [f for f in every if f.custom.layer == layer and f.custom.way == "backward"]
    pairs = [(_forward_for(backward, forwards, backwards), backward) for backward in backwards]
    whole = tuple((forward, backward) for forward, backward in pairs if forward is not None)
    used = {forward.name for forward, _ in whole}
    return MatchedPasses(
        whole,
        tuple(forward for forward in forwards if forward.name not in used),
        tuple(backward for forward, backward in pairs if forward is None),
    )


def names_of(pair: tuple[NamedFunction, NamedFunction]) -> tuple[str, str]:
    """The names of the two."""
    return pair[0].name, pair[1].name


def _forward_for(
    backward: NamedFunction, forwards: Sequence[NamedFunction], backwards: Sequence[NamedFunction]
) -> NamedFunction | None:
    """The forward of the same version; else the one without a version (a backward called …_alt), else the only one."""
    version = backward.custom.version
    same = [f for f in forwards if f.custom.version == version]
    unversioned = [f for f in forwards if not f.custom.version.strip()]
    if same or unversioned:
        return (same or unversioned)[0]
    return forwards[0] if len(forwards) == 1 == len(backwards) else None


def _meant(one: NamedFunction, module: ModuleType) -> str:
    """The function without a customary name that is called as the other pass should be, or nearly, or as the layer."""
    others = [name for name, value in defined_in(module).items() if inspect.isfunction(value) and not own_name(name)]
    near = (one.custom.layer,) if one.custom.layer in others else nearest(_other_way(one.name), others)
    return f"; did you mean {near[0]}?" if near else ""


def _other_way(name: str) -> str:
    for one, other in (("forward", "backward"), ("Forward", "Backward"), ("fwd", "bwd"), ("fprop", "bprop")):
        for way, opposite in ((one, other), (other, one)):
            if way in name:
                return name.replace(way, opposite)
    return "backward"
