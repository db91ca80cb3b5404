"""From the results of a run to its conclusions: one for each implementation with something wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

from convcheck.checking.result import Finding, Result
from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.diagnosis.conditions import shared_conditions
from convcheck.diagnosis.data import CheckData
from convcheck.diagnosis.reproduce import Reproduced, TensorSeen, reproduced
from convcheck.spec.showing import count, listed, numeral

TO_THE_LAST_BIT = "equal to this mistake to the last bit"
BUT_FOR_ROUNDING = "equal to this mistake but for rounding"
RIGHT_FOR_ANOTHER = "{} is the layer's, and wrong only because the output is another one"


def conclude(results: Iterable[Result], repeat: Callable[[Result], str]) -> list[Conclusion]:
    """A conclusion for each implementation of each layer of which a check failed; `repeat` gives a check's command."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.implementation, result.layer), []).append(result)
    return [_conclusion(group, repeat) for group in groups.values() if any(_failed(result) for result in group)]


def _failed(result: Result) -> bool:
    return result.status in ("fail", "error")


def _conclusion(group: Sequence[Result], repeat: Callable[[Result], str]) -> Conclusion:
    failed = sorted((result for result in group if _failed(result)), key=lambda result: prod(result.output_shape))
    names = [tensor.name for result in failed for tensor in result.tensors if tensor.verdict == "wrong"]
    names += [sample.tensor for result in failed for sample in result.samples]
    wrong = tuple(sorted(dict.fromkeys(names), key=lambda name: name != "forward"))
    smallest = failed[0]
    return Conclusion(
        implementation=smallest.implementation,
        layer=smallest.layer,
        file=smallest.code_file,
        line=smallest.code_line,
        wrong=wrong,
        causes=(*_causes(wrong, group), *_told(wrong, failed, group)),
        checks=len(group),
        failed=len(failed),
        smallest=smallest.id,
        example=_example(failed, wrong),
        repeat=repeat(smallest),
    )


def _causes(wrong: Sequence[str], group: Sequence[Result]) -> Iterator[Cause]:
    """Why each tensor is wrong, those with the same condition together."""
    unexplained: dict[str, tuple[list[str], int]] = {}
    for name in wrong:
        seen = [one for result in group if (one := _seen(name, result)) is not None]
        failing = [one.result for one in seen if one.sample is not None]
        found = reproduced(name, group[0].layer, seen)
        if found.mistakes or (found.is_right and name != "forward"):
            yield _known(name, found, len(failing))
        elif failing:
            condition = next(iter(shared_conditions(failing, [one.result for one in seen if one.sample is None])), "")
            unexplained.setdefault(condition, ([], len(failing)))[0].append(name)
    for condition, (names, number) in unexplained.items():
        yield _shared(names, condition, number, len(group))


# What follows from a wrong tensor, or says of it in words what a cause says better.
OF_TENSORS = ("forward-wrong", "running-statistics", "scaled", "wrong-shape")


def _told(wrong: Sequence[str], failed: Sequence[Result], group: Sequence[Result]) -> Iterator[Cause]:
    """What was found beside the verdicts, each kind once: where it says the most, and in how many checks."""
    kinds: dict[str, list[tuple[Result, Finding]]] = {}
    for result in failed:
        for code in {finding.code: finding for finding in result.findings if finding.severity == "error"}.values():
            if not (code.code in OF_TENSORS and wrong):
                kinds.setdefault(code.code, []).append((result, code))
    for told in kinds.values():
        finding = told[0][1]
        failing = [result for result, _ in told]
        condition = next(iter(shared_conditions(failing, [each for each in group if each not in failing])), "")
        sentence = finding.message + (f" (where {condition}, and nowhere else)" if condition else "")
        tensors = (finding.tensor,) if finding.tensor else ()
        yield Cause(tensors, sentence, finding.hint or "", "", (), len(failing))


def _seen(name: str, result: Result) -> TensorSeen | None:
    """What a check showed of a tensor; None where it did not come to it, or decided nothing."""
    # Which entry of several equals wins is left to the code, and what it takes for a setting that it is not handed.
    if result.data == "ties" or any(finding.code == "left-out" for finding in result.findings):
        return None
    sample = next((sample for sample in result.samples if sample.tensor == name), None)
    verdicts = [tensor.verdict for tensor in result.tensors if tensor.name == name]
    if sample is None and not any(verdict in ("exact", "within_bound") for verdict in verdicts):
        return None
    return TensorSeen(result, CheckData(result), sample)


def _known(name: str, found: Reproduced, seen: int) -> Cause:
    if found.is_right:
        return Cause((name,), RIGHT_FOR_ANOTHER.format(name), "mend the output first", "", (), seen)
    first = found.mistakes[0]
    sentence = first.sentence
    if len(found.mistakes) > 1:
        others = [made.sentence for made in found.mistakes]
        sentence = f"one of: {'; '.join(dict.fromkeys(others))}"
    evidence = TO_THE_LAST_BIT if found.to_the_last_bit else BUT_FOR_ROUNDING
    return Cause((name,), sentence, first.mend, evidence, tuple(made.id for made in found.mistakes), seen)


def _shared(names: Sequence[str], condition: str, seen: int, checks: int) -> Cause:
    be = "is" if len(names) == 1 else "are"
    if condition:
        sentence = f"{listed([*names])} {be} wrong where {condition}, and nowhere else"
        return Cause(tuple(names), sentence, "", f"all {count(seen, 'such check')}, and no other", (), seen)
    where = f"in all {count(seen, 'check')}" if seen == checks else f"in {seen} of {count(checks, 'check')}"
    return Cause(tuple(names), f"{listed([*names])} {be} wrong {where}", "", "", (), seen)


def _example(failed: Sequence[Result], wrong: Sequence[str]) -> str:
    """The worst entry of the first tensor that is wrong, in the smallest check where it is."""
    for name in wrong:
        for result in sorted(failed, key=lambda result: prod(result.output_shape)):
            for tensor in result.tensors:
                if tensor.name == name and tensor.verdict == "wrong" and tensor.worst is not None:
                    index = ", ".join(map(str, tensor.worst.index))
                    analytic, numeric = numeral(tensor.worst.analytic, 7), numeral(tensor.worst.numeric, 7)
                    return f"{name}[{index}] is {analytic}, should be {numeric}"
    return ""
