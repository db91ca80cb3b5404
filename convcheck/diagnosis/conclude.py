"""From the results of a run to its conclusions: one for each implementation with something wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from math import prod

from convcheck.checking.contract.findings import BY_CHANCE
from convcheck.checking.result import Finding, Result
from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.diagnosis.conditions import Condition, Sizes, fitting, letters_of, sizes_of, telling_sizes
from convcheck.diagnosis.data import CheckData
from convcheck.diagnosis.reproduce import Reproduced, TensorSeen, reproduced
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.showing import listed, numeral

TO_THE_LAST_BIT = "equal to this mistake to the last bit"
BUT_FOR_ROUNDING = "equal to this mistake but for rounding"
NOT_KNOWN = "no mistake that is known, and no condition on the sizes, explains"
RIGHT_FOR_ANOTHER = "{} is the layer's, and wrong only because the output is another one's"
# What follows from a wrong tensor, or says of it in words what a cause says better.
OF_TENSORS = ("forward-wrong", "running-statistics", "scaled", "wrong-shape")
# Findings that say how a gradient is wrong, whatever the sizes.
PATTERNS = ("scaled", "zero", "turned")
# What is different from call to call has nothing to do with sizes, and code that does not end is not called again.
NOT_BY_SIZE = (*BY_CHANCE, "backward-not-repeatable", "timed-out", "given-up")
# Mistakes that fit equally are named up to so many.
MOST_NAMED = 3
# Checks that are made to tell conditions apart, for each implementation at most.
MOST_TELLING = 12

Repeat = Callable[[Result], str]
# A check of the implementation that gave a result, at other sizes; None where there can be none.
Another = Callable[[Result, Sizes], Result | None]


def no_other(result: Result, sizes: Sizes) -> None:
    """Where no code can be run any more."""


def conclude(results: Iterable[Result], repeat: Repeat, another: Another = no_other) -> list[Conclusion]:
    """A conclusion for each implementation of each layer of which a check failed.

    `repeat` gives the command that runs a check again; `another` runs one more.
    """
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.implementation, result.layer), []).append(result)
    return [
        _Group(group, another).conclusion(repeat)
        for (_, layer), group in groups.items()
        if layer in LAYERS and any(map(_failed, group))
    ]


def _failed(result: Result) -> bool:
    # For a fault in convcheck itself the code is not to blame.
    faulty = any(finding.code == "fault" for finding in result.findings)
    return result.status in ("fail", "error") and not faulty


class _Group:
    """All checks of one implementation of one layer, and those that are made beside them to tell conditions apart."""

    def __init__(self, results: Sequence[Result], another: Another) -> None:
        self._results = results
        self._another = another
        self._more: list[Result] = []
        self._tried: list[Sizes] = []
        self._failed = sorted(filter(_failed, results), key=lambda result: prod(result.output_shape))
        names = [tensor.name for result in self._failed for tensor in result.tensors if tensor.verdict == "wrong"]
        names += [sample.tensor for result in self._failed for sample in result.samples]
        self._wrong = tuple(sorted(dict.fromkeys(names), key=lambda name: name != "forward"))

    def conclusion(self, repeat: Repeat) -> Conclusion:
        """What is said of it."""
        smallest = self._failed[0]
        of_tensors = _joined(self._of_tensors())
        explained = {tensor for cause in of_tensors if cause.mend for tensor in cause.tensors}
        return Conclusion(
            implementation=smallest.implementation,
            layer=smallest.layer,
            file=smallest.code_file,
            line=smallest.code_line,
            wrong=self._wrong,
            causes=(*of_tensors, *self._of_findings(explained)) or (*self._of_what_was_left_out(),),
            checks=len(self._results),
            failed=len(self._failed),
            smallest=smallest.id,
            example=_example(self._failed, self._wrong),
            repeat=repeat(smallest),
        )

    def _of_tensors(self) -> Iterator[Cause]:
        """Why each tensor is wrong, those with the same condition together."""
        unexplained: dict[tuple[str, int], list[str]] = {}
        swapped = any(finding.code == "swapped" for result in self._failed for finding in result.findings)
        for name in self._wrong:
            if swapped and name != "forward" and not name.startswith("running"):
                # The finding says it: what came in a gradient's place is no mistake in the making of it.
                continue
            seen = [one for result in self._results if (one := _seen(name, result)) is not None]
            failing = [one for one in seen if one.sample is not None]
            # Where it is wrong at a further point it was right at the first.
            right_first = [TensorSeen(one.result, CheckData(one.result), None) for one in seen if _is_further(one)]
            found = reproduced(name, self._failed[0].layer, [*seen, *right_first])
            if found.is_right and name == "forward":
                found = Reproduced((), to_the_last_bit=False)
            of_ties = [] if failing else [*self._tied(name)]
            if of_ties:
                found = reproduced(name, self._failed[0].layer, of_ties, tied=True)
            if found.mistakes or found.is_right:
                yield _known(name, found, len(failing or of_ties))
            elif failing and (pattern := _pattern(name, [one.result for one in failing])):
                sentence = pattern.message + self._where(partial(_is_wrong, name), len(failing))
                yield Cause((name,), sentence, pattern.hint or "", "", (), len(failing))
            elif failing or not of_ties:
                fails = partial(_is_wrong, name)
                where = self._places(fails, len(failing))
                unexplained.setdefault((where, len(failing)), []).append(name)
        for (where, number), names in unexplained.items():
            yield _shared(names, where, number)

    def _tied(self, name: str) -> Iterator[TensorSeen]:
        """What checks on data with ties showed of a tensor that is wrong there."""
        for result in self._results:
            for sample in result.samples:
                if sample.tensor == name and result.data == "ties":
                    yield TensorSeen(result, CheckData(result), sample)

    def _of_findings(self, explained: Collection[str]) -> Iterator[Cause]:
        """What was found beside the verdicts, each kind once, as the smallest check says it; not of tensors that have
        been `explained`.
        """
        kinds: dict[str, tuple[Finding, list[Result]]] = {}
        for result in self._failed:
            errors = {finding.code: finding for finding in result.findings if finding.severity == "error"}
            for code, finding in errors.items():
                if not (code in OF_TENSORS and self._wrong) and finding.tensor not in explained:
                    kinds.setdefault(code, (finding, []))[1].append(result)
        for code, (finding, failing) in kinds.items():
            # What is seen where entries tie is seen on data that other checks have not, whatever their sizes. What is
            # found beside a mistake that is known may come of it, where the data is so, and so may an exception where
            # the output of other checks is wrong.
            no_matter_of_sizes = code == "ties" or explained or self._is_hidden(finding)
            where = "" if no_matter_of_sizes else self._where(partial(_has_found, finding), len(failing))
            sentence = finding.message + where
            tensors = (finding.tensor,) if finding.tensor else ()
            yield Cause(tensors, sentence, finding.hint or "", "", (), len(failing))

    def _of_what_was_left_out(self) -> Iterator[Cause]:
        """Why a check that a spec asked for could not be finished, where nothing else is wrong."""
        for finding in self._failed[0].findings:
            if finding.code == "forward-only":
                yield Cause((), finding.message, finding.hint or "", "", (), len(self._failed))

    def _is_hidden(self, finding: Finding) -> bool:
        """Whether it is an exception where other checks of the run came to the same fault, it may be, without one."""
        return finding.code == "raised" and "forward" in self._wrong

    def _where(self, fails: Callable[[Result], bool | None], failing: int) -> str:
        """The condition in brackets, if one is known."""
        places = self._places(fails, failing)
        return f" ({places})" if places else ""

    def _places(self, fails: Callable[[Result], bool | None], failing: int) -> str:
        """Where the `failing` checks are, said by their condition; "" where none is known."""
        condition = self._condition(fails)
        if condition is None:
            return ""
        ended = sum(_is_ended(result) and not fails(result) for result in self._results)
        all_of_them = f"all {failing} checks" if failing > 1 else "the one check"
        if ended:
            checks = "check" if failing == 1 else "checks"
            all_of_them = f"{failing} {checks}, and an exception ended {ended}: all"
        return f"in {all_of_them} where {condition.sentence}, and in no other"

    def _condition(self, fails: Callable[[Result], bool | None]) -> Condition | None:
        """The simplest condition that holds where a check fails and nowhere else; None where none is known.

        `fails` says of a check whether it does, None where it tells nothing; one that ended in an error does. Where
        several conditions would do, checks are made that tell them apart.
        """
        smallest = min(self._results, key=lambda result: prod(result.output_shape))
        while not any(finding.code in NOT_BY_SIZE for result in self._made for finding in result.findings):
            told = [(sizes_of(result), _is_ended(result) or fails(result)) for result in self._made]
            failing = [sizes for sizes, failed in told if failed]
            passing = [sizes for sizes, failed in told if failed is False]
            conditions = fitting(failing, passing)
            if not conditions:
                return None
            telling = telling_sizes(conditions, failing[0], passing[0], partial(_is_possible, smallest.layer))
            if not telling:
                return conditions[0]
            untried = [sizes for sizes in telling if sizes not in self._tried]
            another = None
            if untried and len(self._tried) < MOST_TELLING:
                self._tried.append(untried[0])
                another = self._another(smallest, untried[0])
            if another is None:
                # What cannot be tried is told by what has been seen, if that leaves no choice.
                return conditions[0] if len(conditions) == 1 else None
            self._more.append(another)
        return None

    @property
    def _made(self) -> Sequence[Result]:
        return [*self._results, *self._more]


def _joined(causes: Iterable[Cause]) -> list[Cause]:
    """The causes, those that say the same of several tensors once."""
    joined: dict[tuple[str, str, str], Cause] = {}
    for cause in causes:
        key = (cause.sentence, cause.mend, cause.evidence)
        before = joined.get(key)
        joined[key] = (
            cause
            if before is None
            else before._replace(
                tensors=before.tensors + cause.tensors,
                mistakes=before.mistakes + cause.mistakes,
                seen=max(before.seen, cause.seen),
            )
        )
    return [*joined.values()]


def _is_possible(layer: str, sizes: Sizes) -> bool:
    try:
        return not any(LAYERS[layer].sizes(**letters_of(sizes)).problems())
    except TypeError:
        return False


def _is_wrong(name: str, result: Result) -> bool | None:
    one = _seen(name, result)
    return None if one is None else one.sample is not None


def _is_ended(result: Result) -> bool:
    """Whether an exception ended it, so that nothing can be said of what it did not come to."""
    return result.status == "error" and any(finding.code == "raised" for finding in result.findings)


def _has_found(like: Finding, result: Result) -> bool | None:
    if any(finding.code == like.code and finding.severity == "error" for finding in result.findings):
        return True
    # A check that fails otherwise may not have come to it, unless it compared the tensor.
    came = result.status == "pass" or like.tensor in [tensor.name for tensor in result.tensors]
    return False if came else None


def _has_misshapen_output(result: Result) -> bool:
    return any(finding.tensor == "forward" and finding.code == "wrong-shape" for finding in result.findings)


def _pattern(name: str, failing: Sequence[Result]) -> Finding | None:
    """What each of the failing checks says of how the tensor is wrong, in the same words but for the sizes."""
    of_each = [[one for one in result.findings if one.tensor == name and one.code in PATTERNS] for result in failing]
    if not all(of_each):
        return None
    first = [found[0] for found in of_each]
    if len({finding.message for finding in first}) == 1:
        return first[0]
    # What comes after is the letter that a factor is at these sizes.
    bare = {finding.message.partition(", and ")[0] for finding in first}
    return first[0]._replace(message=bare.pop()) if len(bare) == 1 else None


def _seen(name: str, result: Result) -> TensorSeen | None:
    """What a check showed of a tensor; None where it did not come to it, or decided nothing."""
    # Which entry of several equals wins is left to the code, and what it takes for a setting that it is not handed.
    if result.data == "ties" or any(finding.code == "left-out" for finding in result.findings):
        return None
    sample = next((sample for sample in result.samples if sample.tensor == name), None)
    verdicts = [tensor.verdict for tensor in result.tensors if tensor.name == name]
    # They are held against the layer's as soon as the output could be.
    compared = any(tensor.name == "forward" for tensor in result.tensors) and not _has_misshapen_output(result)
    statistics = name.startswith("running") and compared
    if sample is None and not statistics and not any(verdict in ("exact", "within_bound") for verdict in verdicts):
        return None
    return TensorSeen(result, CheckData(result, () if sample is None else sample.inputs), sample)


def _is_further(one: TensorSeen) -> bool:
    return one.sample is not None and bool(one.sample.inputs)


def _known(name: str, found: Reproduced, seen: int) -> Cause:
    if found.is_right:
        return Cause((name,), RIGHT_FOR_ANOTHER.format(name), "mend the output first", "", (), seen)
    sentences = [*dict.fromkeys(made.sentence for made in found.mistakes)]
    sentence = sentences[0] if len(sentences) == 1 else f"one of: {'; '.join(sentences[:MOST_NAMED])}"
    evidence = TO_THE_LAST_BIT if found.to_the_last_bit else BUT_FOR_ROUNDING
    return Cause((name,), sentence, found.mistakes[0].mend, evidence, tuple(made.id for made in found.mistakes), seen)


def _shared(names: Sequence[str], where: str, seen: int) -> Cause:
    subject = listed(["the output" if name == "forward" else name for name in names])
    if where:
        be = "is" if len(names) == 1 else "are"
        return Cause(tuple(names), f"{subject} {be} wrong {where}", "", "", (), seen)
    return Cause(tuple(names), f"{NOT_KNOWN} {subject}", "", "", (), seen)


def _example(failed: Sequence[Result], wrong: Sequence[str]) -> str:
    """The worst entry of the first tensor that is wrong, in the smallest check where it is."""
    for name in wrong:
        for result in failed:
            for tensor in result.tensors:
                if tensor.name == name and tensor.verdict == "wrong" and tensor.worst is not None:
                    index = ", ".join(map(str, tensor.worst.index))
                    analytic, numeric = numeral(tensor.worst.analytic, 7), numeral(tensor.worst.numeric, 7)
                    return f"{name}[{index}] is {analytic}, should be {numeric}"
    return ""
