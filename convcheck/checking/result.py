"""`Result`: all that a check found, as plain data. Every report, the exit code and the summary derive from it alone."""

from collections.abc import Mapping
from math import prod
from typing import Any, Literal, NamedTuple

Verdict = Literal["exact", "within_bound", "wrong", "undecided"]
Status = Literal["pass", "fail", "undecided", "error", "skipped"]
Method = Literal["projection", "groups", "entries", "directions"]
Severity = Literal["error", "warning", "note"]

# Two tensors of which so many entries are equal are the same.
MOST_SAMPLED = 1024
# A map of a tensor has at most so many cells, and a check so many maps: a batch of checks comes in one message.
MOST_CELLS = 2048
MOST_MAPS = 4

# The states of a cell: equal to the last bit, within the bound, wrong, undecided, not looked at by itself.
EQUAL, WITHIN, WRONG, UNDECIDED, UNSEEN = "=~!? "


class Entry(NamedTuple):
    """One entry of a tensor: what backward (for "forward": the code under test) says, and what it should be.

    `undecided` is why no verdict was possible ("kink", "overflow", "bound too wide", "differences disagree"), None for
    a decided entry.
    """

    index: tuple[int, ...]  # type: ignore[assignment]
    analytic: float
    numeric: float
    bound: float
    undecided: str | None = None


class TensorMap(NamedTuple):
    """Where a tensor is wrong or undecided: a cell an entry, or, of a large tensor, a cell for each block of entries.

    `shape` counts the cells along each axis, `block` the entries of a cell along each: what a cell holds is of the
    gravest of its entries. `states` has a character a cell, in C order, as `ratio` (|analytic - numeric| over the
    bound; infinite where the bound is zero or a value is not finite), `analytic` and `numeric` have a number. Of an
    entry that was not looked at by itself only `analytic` means anything.

    `axes` are the letters of the indices, () where nobody knows them. `pad` is how many zeros the layer puts before and
    after each axis, `unread` has for each axis the cells that no window reads; both are () where there is no window.
    """

    shape: tuple[int, ...]
    block: tuple[int, ...]
    states: str
    ratio: tuple[float, ...]
    analytic: tuple[float, ...]
    numeric: tuple[float, ...]
    axes: tuple[str, ...] = ()
    pad: tuple[int, ...] = ()
    unread: tuple[tuple[int, ...], ...] = ()

    def describes(self, shape: tuple[int, ...]) -> bool:
        """Whether it can be drawn as the map of a tensor of this shape: one from another process is asked for it."""
        lengths = {len(self.shape), len(self.block), *(len(each) or len(shape) for each in self[6:])}
        if lengths != {len(shape)} or min((*shape, *self.block), default=1) < 1:
            return False
        cells = prod(self.shape)
        unread = zip(self.unread, self.shape, strict=False)
        return (
            self.shape == tuple(-(-length // size) for length, size in zip(shape, self.block, strict=True))
            and {len(each) for each in self[2:6]} == {cells}
            and cells <= MOST_CELLS
            and set(self.states) <= {EQUAL, WITHIN, WRONG, UNDECIDED, UNSEEN}
            and all(letter.isidentifier() for letter in self.axes)
            and min(self.pad, default=0) >= 0
            and all(0 <= cell < length for each, length in unread for cell in each)
        )


class TensorResult(NamedTuple):
    """The verdict on one tensor: "forward" (the output against the reference), "dx", "dw", …

    `entries` is the tensor's size; `checked` how many of them were compared one by one (0 where only random directions
    were tried: then `directions` says how many). `wrong` and `undecided` count entries (or directions). The maxima
    are over the finite entries, None where nothing could be compared. `max_error_over_bound` is None where every
    error is zero or a bound is zero. `max_rel_error` is CS231n's: |a - n| / max(1e-8, |a| + |n|). `criterion` is
    the sentence that says when an entry agreed. `scheme` says how the numeric value was found. `worst` and
    `listed` (the worst twenty, worst first) hold wrong or undecided entries; `worst` is the largest error otherwise.

    `method` is how entries were looked at, None where nothing was differentiated: "projection" (all at once, in so many
    random `directions`: `checked` counts them all), "groups", "entries" (each by itself) or "directions".
    `miss_probability` bounds the chance with which a projection lets a wrong gradient pass, None for other methods.
    `sees` is the smallest error of an entry, relative to the sum of the magnitudes of its terms, that `directions`
    would have shown with a probability above 1 - 10^-6, None for other methods.

    `map` shows where entries are wrong or undecided, None for other verdicts and where nothing was compared: reports
    for programs leave it out.
    """

    name: str
    shape: tuple[int, ...]
    verdict: Verdict
    entries: int
    checked: int
    wrong: int
    undecided: int
    max_abs_error: float | None
    max_rel_error: float | None
    max_error_over_bound: float | None
    criterion: str
    scheme: str
    directions: int = 0
    worst: Entry | None = None
    listed: tuple[Entry, ...] = ()
    method: Method | None = None
    miss_probability: float | None = None
    sees: float | None = None
    map: TensorMap | None = None


class Finding(NamedTuple):
    """Something to say beside the verdicts: a code, a sentence, and what to do about it."""

    code: str
    severity: Severity
    message: str
    tensor: str | None = None
    hint: str | None = None


class Sample(NamedTuple):
    """Entries of a tensor as the code under test gave them, evenly over it, as `sampled` takes them.

    None where the tensor came in a shape in which nothing can be compared.

    `inputs` are those that it is of, entry by entry, where they are others than those that were drawn first.
    """

    tensor: str
    shape: tuple[int, ...]
    values: tuple[float, ...]
    inputs: tuple[tuple[float, ...], ...] = ()


class Result(NamedTuple):
    """The outcome of one check. `status` takes `expect` into account: an expected failure that fails is a pass.

    `samples` of each tensor that is wrong, running statistics too, and what was `observed`, are what known mistakes are
    told by: no report shows them.
    """

    id: str
    layer: str
    spec: Mapping[str, Any]
    output_shape: tuple[int, ...]
    implementation: str
    dtype: str
    data: str
    seed: int
    scheme: str
    expect: str
    status: Status
    tensors: tuple[TensorResult, ...]
    findings: tuple[Finding, ...]
    forward_evaluations: int
    backward_evaluations: int
    seconds: float
    file: str | None = None
    line: int = 1
    # Of code of somebody's own: its file and the line of its definition.
    code_file: str | None = None
    code_line: int | None = None
    samples: tuple[Sample, ...] = ()
    # What the code under test drew by chance, entry by entry: a mask.
    observed: tuple[Sample, ...] = ()


def sampled(values: Any) -> tuple[float, ...]:
    """At most MOST_SAMPLED entries of an array, evenly over it, in float64."""
    step = -(-values.size // MOST_SAMPLED)
    return tuple(values.astype(float).reshape(-1)[:: max(1, step)].tolist())


def without_maps(result: Result) -> Result:
    """The result, to be kept where many are."""
    return result._replace(tensors=tuple(tensor._replace(map=None) for tensor in result.tensors))
