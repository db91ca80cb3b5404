"""From the results of a run to its conclusions: one for each implementation with something wrong."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from math import prod
from typing import NamedTuple

from convcheck.checking.contract.findings import BY_CHANCE
from convcheck.checking.result import Finding, Result
from convcheck.diagnosis.conclusion import CALLED_WITH, PATTERNS, Cause, Conclusion, blames_code
from convcheck.diagnosis.conditions import Condition, Sizes, fitting, letters_of, sizes_of, telling_sizes
from convcheck.diagnosis.data import CheckData
from convcheck.diagnosis.of_no_layer import conclude_of_no_layer
from convcheck.diagnosis.places import place_of
from convcheck.diagnosis.reproduce import Reproduced, TensorSeen, narrowed_down, reproduced
from convcheck.diagnosis.sayings import RAISED, example, kind_of, line_of_exception, wrong_entry
from convcheck.diagnosis.shrink import MOST_WORK, clamped, shrunk, work
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.showing import listed

TO_THE_LAST_BIT = "equal to this mistake to the last bit"
BUT_FOR_ROUNDING = "equal to this mistake but for rounding"
NOT_KNOWN = "no mistake that is known, and no condition on the sizes, explains"
RIGHT_FOR_ANOTHER = "{} is the layer's, and wrong only because the output is another one's"
# What follows from a wrong tensor, or says of it in words what a cause says better.
OF_TENSORS = ("forward-wrong", "running-statistics", "scaled", "wrong-shape")
# What is different from call to call has nothing to do with sizes, and code that does not end is not called again.
NOT_BY_SIZE = (*BY_CHANCE, "backward-not-repeatable", "timed-out", "given-up", "crashed", "out-of-memory")
NOT_HELD = "{} is wrong, in checks that are too large to hold known mistakes against"
# The product of the letters up to which that is done.
MOST_HELD = 2_000_000
NOTHING_FOUND = Reproduced((), to_the_last_bit=False)
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
    failing = {of: group for of, group in groups.items() if any(map(blames_code, group))}
    return [
        _Group(group, another).conclusion(repeat) if layer in LAYERS else conclude_of_no_layer(group, repeat)
        for (_, layer), group in failing.items()
    ]


class _Look(NamedTuple):
    """What was seen of a tensor that is wrong: in all checks that mistakes are held against, in those of all that fail,
    and where entries tie; and what reproduces it.
    """

    name: str
    seen: Sequence[TensorSeen]
    failing: Sequence[TensorSeen]
    of_ties: Sequence[TensorSeen]
    found: Reproduced


class _Group:
    """All checks of one implementation of one layer, and those that are made beside them to tell conditions apart."""

    def __init__(self, results: Sequence[Result], another: Another) -> None:
        self._results = results
        self._another = another
        self._more: list[Result] = []
        self._tried: list[Sizes] = []
        # "forward" and "backward", where a mistake raises the exceptions that they raise.
        self._explained_passes: set[str] = set()
        self._failed = sorted(filter(blames_code, results), key=lambda result: prod(result.output_shape))
        names = [tensor.name for result in self._failed for tensor in result.tensors if tensor.verdict == "wrong"]
        names += [sample.tensor for result in self._failed for sample in result.samples]
        self._wrong = tuple(sorted(dict.fromkeys(names), key=lambda name: name != "forward"))
        # What known mistakes are held against: they are made in plain loops.
        self._held = [result for result in results if work(sizes_of(result)) <= MOST_HELD]
        self._is_made = False
        if not any(map(blames_code, self._held)):
            self._make_small()

    def _make_small(self) -> None:
        """A small check to hold mistakes against, where all that failed are large."""
        sizes = clamped(sizes_of(self._failed[0]))
        if not self._hangs_on_chance and _is_possible(self._failed[0].layer, sizes):
            made = self._another(self._failed[0], sizes)
            if made is not None and blames_code(made):
                self._held.append(made)
                self._is_made = True

    def conclusion(self, repeat: Repeat) -> Conclusion:
        """What is said of it."""
        smallest = self._failed[0]
        of_tensors = _joined(self._of_tensors())
        explained = {tensor for cause in of_tensors if cause.mend for tensor in cause.tensors}
        of_findings = [*self._of_findings(explained)]
        if of_findings and self._hangs_on_chance:
            # What explains them is what was found.
            of_tensors = [cause for cause in of_tensors if not cause.sentence.startswith(NOT_KNOWN)]
        causes = (*of_tensors, *of_findings) or (*self._of_what_was_left_out(),)
        start, to_look_at = self._smallest()
        return Conclusion(
            implementation=smallest.implementation,
            layer=smallest.layer,
            file=smallest.code_file,
            line=smallest.code_line if self._wrong else line_of_exception(smallest) or smallest.code_line,
            wrong=self._wrong,
            causes=causes,
            checks=len(self._results),
            failed=len(self._failed),
            smallest=start.id,
            sizes=letters_of(sizes_of(to_look_at)),
            example=example(to_look_at, self._wrong),
            repeat=repeat(to_look_at),
        )

    def _smallest(self) -> tuple[Result, Result]:
        """The smallest check that fails, and one at the smallest sizes that were found, which may be made for that."""
        start = self._failed[0]
        fails: Callable[[Result], bool] = partial(_fails_as, start)
        # The first tensor that is wrong is the one to mend first.
        shows = [result for name in self._wrong[:1] for result in self._failed if _shows(name, result)]
        if shows:
            start, fails = shows[0], partial(_shows, self._wrong[0])
        found = {}

        def fails_at(sizes: Sizes) -> bool:
            another = self._another(start, sizes)
            if another is None or not fails(another):
                return False
            found["smallest"] = another
            return True

        if not self._hangs_on_chance:
            shrunk(sizes_of(start), fails_at, partial(_is_possible, start.layer))
        return start, found.get("smallest", start)

    @property
    def _hangs_on_chance(self) -> bool:
        """Whether it may be another thing the next time, or is not to be run again."""
        return any(finding.code in NOT_BY_SIZE for result in self._made for finding in result.findings)

    def _of_tensors(self) -> Iterator[Cause]:
        """Why each tensor is wrong, those with the same condition together."""
        unexplained: dict[tuple[str, int], list[str]] = {}
        looks = {look.name: look for look in self._looks()}
        narrowed = narrowed_down(
            {name: look.found for name, look in looks.items()}, self._failed[0].layer, self._seen_right
        )
        for name, (_, seen, failing, of_ties, _) in looks.items():
            found = narrowed[name]
            if found.mistakes or (found.is_right and name != "forward"):
                cause = _known(name, found, failing or of_ties)
                made = ", in a small check made for it" if self._is_made and cause.mistakes else ""
                where = self._where_seen(name) if failing and cause.mistakes else ""
                yield cause._replace(evidence=where + cause.evidence + made)
            elif failing and (pattern := _pattern(name, [one.result for one in failing])):
                sentence = pattern.message + self._where(partial(_is_wrong, name), len(failing))
                yield Cause((name,), sentence, pattern.hint or "", "", (), len(failing))
            elif failing and (place := place_of(name, [one.result for one in failing])):
                sentence = place + self._where(partial(_is_wrong, name), len(failing))
                yield Cause((name,), sentence, "", "", (), len(failing))
            elif failing or not of_ties:
                of_shape = self._misshapen(name)
                if of_shape is not None:
                    yield of_shape
                    continue
                where = self._places(partial(_is_wrong, name), len(failing))
                if failing and not where and not any(one.is_wrong for one in seen):
                    said = NOT_HELD.format("the output" if name == "forward" else name)
                    yield Cause((name,), said, "", "", (), len(failing))
                    continue
                unexplained.setdefault((where, len(failing) if where else 0), []).append(name)
        for (where, _), names in unexplained.items():
            yield _shared(names, where, max(len(looks[name].failing) for name in names))

    def _seen_right(self, name: str) -> list[TensorSeen]:
        """What the checks showed of a tensor that is right."""
        seen = [one for result in self._held if (one := _seen(name, result)) is not None]
        return [one for one in seen if not one.is_wrong]

    def _looks(self) -> Iterator[_Look]:
        """What was seen of each tensor that is wrong, and which mistakes reproduce it."""
        for name in self._wrong:
            elsewhere = [name in _in_other_places(result) for result in self._failed if _is_wrong(name, result)]
            if elsewhere and all(elsewhere):
                # The finding says it: what came in a gradient's place is no mistake in the making of it.
                continue
            every = [one for result in self._results if (one := _seen(name, result)) is not None]
            seen = [one for result in self._held if (one := _seen(name, result)) is not None]
            # Where it is wrong at a further point it was right at the first.
            seen += [TensorSeen(one.result, CheckData(one.result), None) for one in seen if _is_further(one)]
            found = self._with_exceptions(name, seen)
            if not found.mistakes:
                every = [one for one in every if not one.raised]
                seen = [one for one in seen if not one.raised]
                found = reproduced(name, self._failed[0].layer, seen)
            failing = [one for one in every if one.is_wrong]
            of_ties = [] if failing else [*self._tied(name)]
            if of_ties:
                found = reproduced(name, self._failed[0].layer, of_ties, tied=True)
            yield _Look(name, seen, failing, of_ties, found)

    def _misshapen(self, name: str) -> Cause | None:
        """That it came in another shape, or with others, where that is all there is to say of each check."""
        said = [
            (result, finding)
            for result in self._failed
            for finding in result.findings
            if finding.code == "wrong-shape" and finding.tensor in (name, None)
        ]
        wrong = [result for result in self._failed if _is_blamed(name, result)]
        if not said or len({result.id for result, _ in said}) < len(wrong):
            return None
        _, finding = said[0]
        return Cause((name,), finding.message, finding.hint or "", "", (), len(said))

    def _where_seen(self, name: str) -> str:
        """What all checks have in common in which a mistake was seen, and no other has; "" where that is not known."""
        for result in self._failed:
            one = _seen(name, result)
            # Where it is wrong in another way, such as its shape alone, that is not counted.
            if one is None or one.raised or (not one.is_wrong and _is_blamed(name, result)):
                return ""
        condition = self._condition(partial(_is_wrong, name), all_tried=True)
        return f"all where {condition.sentence}, " if condition else ""

    def _tied(self, name: str) -> Iterator[TensorSeen]:
        """What checks on data with ties showed of a tensor that is wrong there."""
        for result in self._results:
            for sample in result.samples:
                if sample.tensor == name and result.data == "ties":
                    yield TensorSeen(result, CheckData(result), sample)

    def _with_exceptions(self, name: str, seen: Sequence[TensorSeen]) -> Reproduced:
        """What reproduces the tensor and the exceptions as well, which are explained with it.

        Values are needed beside them: one exception is like another by chance.
        """
        if not any(one.sample for one in seen):
            return NOTHING_FOUND
        passes = {exception.what for one in seen if one.raised and (exception := _exception(one.result))}
        if not passes:
            return NOTHING_FOUND
        found = reproduced(name, self._failed[0].layer, seen)
        if found.mistakes:
            self._explained_passes |= passes
        return found

    def _of_findings(self, explained: Collection[str]) -> Iterator[Cause]:
        """What was found beside the verdicts, each kind once, as the smallest check says it; not of tensors that have
        been `explained`.
        """
        kinds: dict[str, tuple[Finding, list[Result]]] = {}
        for result in self._failed:
            errors = {kind_of(finding): finding for finding in result.findings if finding.severity == "error"}
            exception = _exception(result)
            for kind, finding in errors.items():
                of_tensor = finding.code in OF_TENSORS and self._wrong
                of_pass = exception is not None and exception.what in self._explained_passes and finding.code == RAISED
                if finding.code == "swapped" and _in_other_places(result) <= {*explained}:
                    # They were elsewhere in this check alone, as another mistake left them.
                    continue
                if not of_tensor and not of_pass and finding.tensor not in explained:
                    kinds.setdefault(kind, (finding, []))[1].append(result)
        for finding, failing in kinds.values():
            # What is seen where entries tie is seen on data that other checks have not, whatever their sizes. What is
            # found beside a mistake that is known may come of it, where the data is so, and so may an exception where
            # the output of other checks is wrong.
            no_matter_of_sizes = finding.code == "ties" or explained or self._is_hidden(finding)
            where = "" if no_matter_of_sizes else self._where(partial(_has_found, finding), len(failing))
            sentence = finding.message.partition(CALLED_WITH)[0] + where
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

    def _condition(self, fails: Callable[[Result], bool | None], *, all_tried: bool = False) -> Condition | None:
        """The simplest condition that holds where a check fails and nowhere else; None where none is known.

        `fails` says of a check whether it does, None where it tells nothing; one that ended in an error does. Where
        several conditions would do, checks are made that tell them apart; where not all of these can be, what has been
        seen decides, unless they must be `all_tried`.
        """
        smallest = min(self._results, key=lambda result: prod(result.output_shape))
        while not self._hangs_on_chance:
            # The smallest come first: what differs from them by one letter is small as well.
            made = sorted(self._made, key=lambda result: prod(result.output_shape))
            told = [(sizes_of(result), _is_ended(result) or fails(result)) for result in made]
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
            if untried and len(self._tried) < MOST_TELLING and work(untried[0]) <= MOST_WORK:
                self._tried.append(untried[0])
                another = self._another(smallest, untried[0])
            if another is None:
                # What cannot be tried is told by what has been seen, if that leaves no choice.
                return conditions[0] if len(conditions) == 1 and not (all_tried and untried) else None
            self._more.append(another)
        return None

    @property
    def _made(self) -> Sequence[Result]:
        return [*self._results, *self._more]


def _joined(causes: Iterable[Cause]) -> list[Cause]:
    """The causes, those that say the same of several tensors once."""
    slips: dict[object, Cause] = {}
    for number, cause in enumerate(causes):
        # One slip, which is seen in several tensors, or what is said of all of them in the same words.
        key = cause.sentence if cause.mend else number
        first = slips.setdefault(key, cause)
        if first is not cause:
            weaker = cause if BUT_FOR_ROUNDING in cause.evidence else first
            slips[key] = first._replace(
                tensors=first.tensors + cause.tensors,
                evidence=weaker.evidence,
                mistakes=tuple(dict.fromkeys(first.mistakes + cause.mistakes)),
                seen=max(first.seen, cause.seen),
            )
    joined: dict[tuple[str, str, str], list[Cause]] = {}
    for cause in slips.values():
        joined.setdefault((_of_any_tensor(cause), cause.mend, cause.evidence), []).append(cause)
    return [_likewise(alike) for alike in joined.values()]


def _of_any_tensor(cause: Cause) -> str:
    """Its sentence without the name of its tensor, so that those on several can be compared."""
    if len(cause.tensors) != 1:
        return cause.sentence
    name = cause.tensors[0]
    return re.sub(rf"\b{re.escape(name.rpartition('_')[2])}\b", "·", cause.sentence.replace(name, "··"))


def _likewise(alike: Sequence[Cause]) -> Cause:
    first = alike[0]
    others = [name for cause in alike[1:] if cause.sentence != first.sentence for name in cause.tensors]
    return first._replace(
        tensors=tuple(name for cause in alike for name in cause.tensors),
        sentence=f"{first.sentence}; {listed(others)} likewise" if others else first.sentence,
        mistakes=tuple(name for cause in alike for name in cause.mistakes),
        seen=max(cause.seen for cause in alike),
    )


def _is_possible(layer: str, sizes: Sizes) -> bool:
    try:
        return not any(LAYERS[layer].sizes(**letters_of(sizes)).problems())
    except TypeError:
        return False


def _is_wrong(name: str, result: Result) -> bool | None:
    one = _seen(name, result)
    return None if one is None or one.raised else one.is_wrong


def _is_blamed(name: str, result: Result) -> bool:
    return any(finding.tensor == name and finding.severity == "error" for finding in result.findings)


class _Exception(NamedTuple):
    """That `what`, "forward" or "backward", raised an exception of this type."""

    what: str
    type: str


def _exception(result: Result) -> _Exception | None:
    """The exception that ended the check."""
    messages = (finding.message for finding in result.findings if finding.code == RAISED)
    matches = (re.match(r"(forward|backward) raised (\w+)", message) for message in messages)
    return next((_Exception(match[1], match[2]) for match in matches if match), None)


def _is_ended(result: Result) -> bool:
    """Whether an exception ended it, so that nothing can be said of what it did not come to."""
    return result.status == "error" and any(finding.code == RAISED for finding in result.findings)


def _has_found(like: Finding, result: Result) -> bool | None:
    if any(kind_of(finding) == kind_of(like) and finding.severity == "error" for finding in result.findings):
        return True
    # A check that fails otherwise may not have come to it, unless it compared the tensor.
    came = result.status == "pass" or like.tensor in [tensor.name for tensor in result.tensors]
    return False if came else None


def _in_other_places(result: Result) -> set[str]:
    """The gradients that backward returned in the places of others."""
    messages = (finding.message for finding in result.findings if finding.code == "swapped")
    orders = (re.fullmatch(r".* in the order (.*), expected (.*)", message) for message in messages)
    both = (zip(*(order.split(", ") for order in match.groups()), strict=True) for match in orders if match)
    return {wanted for pairs in both for given, wanted in pairs if given != wanted}


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
    exception = _exception(result)
    if exception is not None and (name == "forward") == (exception.what == "forward") and name[:7] != "running":
        return TensorSeen(result, CheckData(result), None, exception.type)
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


def _known(name: str, found: Reproduced, failing: Sequence[TensorSeen]) -> Cause:
    seen = len(failing)
    if found.is_right:
        return Cause((name,), RIGHT_FOR_ANOTHER.format(name), "mend the output first", "", (), seen)
    sentences = _told_apart(made.sentence for made in found.mistakes)
    sentence = sentences[0] if len(sentences) == 1 else f"one of: {'; '.join(sentences[:MOST_NAMED])}"
    evidence = TO_THE_LAST_BIT if found.to_the_last_bit else BUT_FOR_ROUNDING
    if raised := sorted({one.raised for one in failing if one.raised}):
        alike = f"raises {listed(raised)} in the same checks as this mistake, and in no other"
        evidence = f"{evidence}, and {alike}"
    return Cause((name,), sentence, found.mistakes[0].mend, evidence, tuple(made.id for made in found.mistakes), seen)


def _told_apart(sentences: Iterable[str]) -> list[str]:
    """The sentences, each once, without those that only add to another one."""
    every = [*dict.fromkeys(sentences)]
    return [one for one in every if not any(one != other and one.startswith(other) for other in every)]


def _shared(names: Sequence[str], where: str, seen: int) -> Cause:
    called = ["the output" if name == "forward" else name for name in names]
    if where:
        subject = listed(called)
        be = "is" if len(names) == 1 else "are"
        return Cause(tuple(names), f"{subject} {be} wrong {where}", "", "", (), seen)
    # Each by itself: that none is known is nothing that they have in common.
    return Cause(tuple(names), f"{NOT_KNOWN} {listed(called, 'or')}", "", "", (), seen)


def _shows(name: str, result: Result) -> bool:
    """Whether the check shows an entry of the tensor that is wrong."""
    return any(tensor.name == name and wrong_entry(tensor) for tensor in result.tensors)


def _fails_as(start: Result, result: Result) -> bool:
    """Whether the check failed as the other did, where no entry shows it."""
    wanted = {kind_of(finding) for finding in start.findings if finding.severity == "error"}
    return blames_code(result) and wanted <= {kind_of(one) for one in result.findings if one.severity == "error"}
