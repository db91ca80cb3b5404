"""What an audit found, as plain data: every report and the exit code derive from it alone."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

# noticed: a check that right code passes does not pass with it. unseen: it makes a difference to the tensors of a
# check, and every check passes all the same. hidden: at the data of every check it gives what is right. equivalent: it
# gives what is right at any sizes.
Fate = Literal["noticed", "unseen", "hidden", "equivalent"]
FATES: tuple[Fate, ...] = ("noticed", "unseen", "hidden", "equivalent")
NOT_NOTICED: tuple[Fate, ...] = ("unseen", "hidden")


class AuditedMistake(NamedTuple):
    """One mistake of a layer's catalogue, by its `id` there, and what became of it.

    `check` is the id of the first check that notices it, the cheapest being tried first, `status` what that check
    becomes: "warning" where it passes and names the mistake. `why` says in a sentence why it is not noticed, `shows`
    sizes at which a check of them was seen to notice it: both empty where it is.
    """

    id: str
    tensor: str
    sentence: str
    mend: str
    fate: Fate
    check: str = ""
    status: str = ""
    why: str = ""
    shows: str = ""


class AuditedLayer(NamedTuple):
    """The mistakes of one layer and the checks that they were put through, by their ids.

    `left_out`: why a check could not be used, by its id. `adequacy`: what all checks have in common that can hide
    mistakes, a sentence each.
    """

    layer: str
    checks: tuple[str, ...]
    mistakes: tuple[AuditedMistake, ...]
    adequacy: tuple[str, ...] = ()
    left_out: Mapping[str, str] = {}

    def counts(self) -> dict[Fate, int]:
        """How many mistakes there are of each fate."""
        return {fate: sum(one.fate == fate for one in self.mistakes) for fate in FATES}

    @property
    def score(self) -> float | None:
        """The share that is noticed of those that can be at some sizes; None where there are none."""
        return score_of([self])


class Suggested(NamedTuple):
    """Checks that were tried, and notice so many mistakes that no other does; `text` is a spec file of them."""

    text: str
    checks: int
    noticed: int
    left: int


class Audit(NamedTuple):
    """What was found of all layers of some specs. `least`: the score that was asked for. `errors` could not be used,
    `no_layer` are checks of code of no layer, of which no mistakes are known.
    """

    layers: tuple[AuditedLayer, ...]
    least: float | None = None
    suggested: Suggested | None = None
    errors: tuple[str, ...] = ()
    no_layer: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def score(self) -> float | None:
        """Of all layers together."""
        return score_of(self.layers)

    @property
    def is_enough(self) -> bool:
        """Whether the score is what was asked for."""
        return self.least is None or (self.score is not None and self.score >= self.least)


def score_of(layers: Sequence[AuditedLayer]) -> float | None:
    """The share that is noticed of all mistakes of these layers; None where there are none."""
    counts = [layer.counts() for layer in layers]
    noticed = sum(each["noticed"] for each in counts)
    every = noticed + sum(each[fate] for each in counts for fate in NOT_NOTICED)
    return noticed / every if every else None


def by_reason(layer: AuditedLayer) -> dict[tuple[Fate, str], list[AuditedMistake]]:
    """The mistakes that are not noticed, those with the same reason together, the most frequent reason first."""
    groups: dict[tuple[Fate, str], list[AuditedMistake]] = {}
    for one in layer.mistakes:
        if one.fate in NOT_NOTICED:
            groups.setdefault((one.fate, one.why), []).append(one)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))
