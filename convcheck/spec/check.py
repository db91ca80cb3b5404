"""`Check`: a spec plus how to check it."""

from dataclasses import dataclass
from typing import NamedTuple

from convcheck.spec.fields import choice, number, size, text, truth
from convcheck.spec.sizes import Sizes


class NamedCode(NamedTuple):
    """Code that somebody named: the path of a file, or the dotted name of a module, and the names in it.

    `names` is empty (the customary names of the layer are meant), a pair (forward, backward), or one class. In a spec
    the path is that from the folder of the spec. Plain data: whether it is run is not decided here.
    """

    place: str
    names: tuple[str, ...] = ()
    is_file: bool = True

    def __str__(self) -> str:
        return f"{self.place}:{','.join(self.names)}" if self.names else self.place


@dataclass(frozen=True)
class Manner:
    """How a layer is checked. Each field is an optional key of a spec, and most are options of `convcheck run`."""

    name: str | None = text("what to call the check in its id", default=None)
    seed: int = size("seed of the random data", minimum=0, default=0)
    dtype: str = choice("type of every array", "float64", "float32", default="float64")
    data: str = choice(
        "dyadic: multiples of a power of two, so that sums are exact; normal: the standard normal distribution; "
        "ties: dyadic, and entries tie where the layer has a kink at that",
        "dyadic",
        "normal",
        "ties",
        default="dyadic",
    )
    leave_out: str = choice(
        "settings that forward is not handed, where its convention has a default for them; running: the statistics "
        "that one forward leaves for the next; all: every one of them",
        "nothing",
        "running",
        "all",
        default="nothing",
    )
    scheme: str = choice(
        "auto: all entries at once where that is a proof, elsewhere by random directions or by groups, chosen by "
        "counts; entries: every entry is looked at, in groups that share no output; full: every entry by itself",
        "auto",
        "entries",
        "full",
        default="auto",
        renamed={"probe": "auto", "groups": "entries"},
    )
    tolerance: float | None = number(
        "replaces the derived bound: |analytic - numeric| <= tolerance * max(1, |analytic|, |numeric|)",
        minimum=0,
        default=None,
    )
    implementation: str | NamedCode = text(
        "the variant under test, or code: {file: layers.py, forward: f, backward: g}", default="naive"
    )
    expect: str = choice("the outcome expected", "pass", "fail", default="pass")
    where_taken: bool = truth(
        "whether it is for such code alone as has a word for what is set here and most code has no word for, like a "
        "dilation; left out for other code",
        default=False,
    )

    @property
    def variant(self) -> str:
        """The built-in variant under test. Raises KeyError, as a name would that is not built in, for named code."""
        if isinstance(self.implementation, NamedCode):
            raise KeyError(str(self.implementation))
        return self.implementation


class Check(NamedTuple):
    """One layer at one size, checked in one manner.

    `id` is readable and stable: `FILE.yaml::LAYER[stride=2,pad=1]`. `file` is as the user named it, None where there
    is no file; `line` counts from 1.
    """

    id: str
    layer: str
    sizes: Sizes
    manner: Manner = Manner()
    file: str | None = None
    line: int = 1
