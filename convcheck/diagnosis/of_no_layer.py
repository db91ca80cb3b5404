"""What is wrong with code that is of no layer: by its figures, and by which of its settings it fails with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import prod

from convcheck.checking.result import Finding, Result
from convcheck.diagnosis.conclusion import CALLED_WITH, PATTERNS, Cause, Conclusion, blames_code
from convcheck.diagnosis.places import place_of
from convcheck.diagnosis.sayings import example, kind_of, line_of_exception
from convcheck.spec.showing import listed

# Findings of a tensor that say how it is wrong.
_TELLING = ("wrong-shape", "not-linear-in-dout", *PATTERNS, "of-input", "unused", "nearly-right")
# The setting is one where it is there, and neither 0 nor false.
_SET = "only where {} is set"
# One that fails and one that passes differ in much, and most of it means nothing.
FEWEST_RIGHT, FEWEST = 2, 4
# What differs from check to check.
_HERE = re.compile(r", and \S+ is \S+ here$")
_PLURALS = ((" is ", " are "), (" lacks ", " lack "), (" has ", " have "))
_MANY, _ONE = "only where there is more than one example", "only where there is one example"


def conclude_of_no_layer(results: Sequence[Result], repeat: Callable[[Result], str]) -> Conclusion:
    """The conclusion on one implementation, of whose checks at least one failed."""
    failed = sorted(filter(blames_code, results), key=_size)
    smallest = failed[0]
    names = [tensor.name for result in failed for tensor in result.tensors if tensor.verdict == "wrong"]
    wrong = tuple(dict.fromkeys(names))
    causes = (*_of_tensors(wrong, failed, results), *_of_findings(failed, wrong))
    shows = next((one for one in failed for tensor in one.tensors if tensor.verdict == "wrong"), smallest)
    return Conclusion(
        implementation=smallest.implementation,
        layer=smallest.layer,
        file=smallest.code_file,
        line=smallest.code_line if wrong else line_of_exception(smallest) or smallest.code_line,
        wrong=wrong,
        causes=causes,
        checks=len(results),
        failed=len(failed),
        smallest=shows.id,
        sizes={name: value for name, value in shows.spec.items() if value is not None},
        example=example(shows, wrong),
        repeat=repeat(shows),
    )


def _of_tensors(wrong: Sequence[str], failed: Sequence[Result], results: Sequence[Result]) -> Iterator[Cause]:
    """A cause for each way in which tensors are wrong, with all that are wrong in this way."""
    told: dict[str, list[tuple[str, int, Finding]]] = {}
    unexplained: dict[str, list[str]] = {}
    for name in wrong:
        failing = [result for result in failed if _is_wrong(name, result)]
        finding, seen = _telling(name, failing)
        if finding is not None:
            told.setdefault(_nameless(name, _HERE.sub("", finding.message)), []).append((name, seen, finding))
            continue
        place = place_of(name, failing) if len(failing) > 1 else ""
        where = place.removeprefix(f"{name} is wrong ") or _where(name, failing, results)
        unexplained.setdefault(where, []).append(name)
    for alike in told.values():
        names = [name for name, _, _ in alike]
        sentence, mend = alike[0][2].message, alike[0][2].hint or ""
        if len(names) > 1:
            sentence, mend = _of_several(names, sentence), _nameless(names[0], mend).replace("{}", "w")
        yield Cause((*names,), sentence, mend, "", (), max(seen for _, seen, _ in alike))
    for where, names in unexplained.items():
        seen = sum(any(_is_wrong(name, result) for name in names) for result in failed)
        verb = "is" if len(names) == 1 else "are"
        sentence = f"{listed(names)} {verb} wrong{' ' if where else ''}{where}"
        yield Cause((*names,), sentence, _between(names, results), "", (), seen)


def _nameless(name: str, text: str) -> str:
    """The text with a place for the name of the gradient, {d}, and one for that of its input, {}."""
    return re.sub(
        rf"\b{re.escape(name[1:])}(?![0-9A-Za-z_])", "{}", re.sub(rf"\b{re.escape(name)}(?![0-9A-Za-z_])", "{d}", text)
    )


def _of_several(names: list[str], text: str) -> str:
    """What is said of the first of the gradients, of all of them."""
    plain = _nameless(names[0], text).replace("·{}", " times their own inputs")
    for one, several in _PLURALS:
        plain = plain.replace(f"{{d}}{one}", f"{{d}}{several}")
    return plain.replace("{d}", listed(names)).replace("{}", "their inputs")


def _telling(name: str, failing: Sequence[Result]) -> tuple[Finding | None, int]:
    """What says how a tensor is wrong, and in how many checks, where none says it otherwise. Some may say nothing:
    beside the gradient of a penalty no factor shows.
    """
    of_tensor = [[one for one in result.findings if one.tensor == name] for result in failing]
    found = [next((one for one in those if one.code in _TELLING), None) for those in of_tensor]
    said = [one for one in found if one is not None]
    return (said[0], len(said)) if len({one.code for one in said}) == 1 else (None, 0)


def _between(names: Sequence[str], results: Sequence[Result]) -> str:
    """Where to look, where gradients are wrong up to one layer, and right from the next one on."""
    numbers = [_number(name) for name in names]
    right = {tensor.name for result in results for tensor in result.tensors} - {*names}
    others = [_number(name) for name in right]
    if not numbers or not others or 0 in (*numbers, *others) or max(numbers) >= min(others):
        return ""
    first, last = min(others), max(numbers)
    later = listed(sorted(name for name in right if _number(name) == first))
    verb = "is" if later.startswith("d") and " and " not in later else "are"
    return f"{later} {verb} right: look at what backward hands on from layer {first} to layer {last}"


def _number(name: str) -> int:
    digits = re.search(r"\d+$", name)
    return int(digits[0]) if digits else 0


def _of_findings(failed: Sequence[Result], wrong: Sequence[str]) -> Iterator[Cause]:
    """What was found beside the verdicts, each kind once, as the smallest check says it."""
    seen: dict[str, int] = {}
    first: dict[str, Finding] = {}
    for result in failed:
        for finding in result.findings:
            if finding.severity == "error" and finding.tensor not in wrong:
                kind = kind_of(finding)
                seen[kind] = seen.get(kind, 0) + 1
                first.setdefault(kind, finding)
    for kind, finding in first.items():
        tensors = (finding.tensor,) if finding.tensor else ()
        yield Cause(tensors, finding.message.partition(CALLED_WITH)[0], finding.hint or "", "", (), seen[kind])


def _where(name: str, failing: Sequence[Result], results: Sequence[Result]) -> str:
    """What the checks with this tensor wrong have in common, and those where it is right have not; "" for nothing."""
    right = [
        one for one in results if any(t.name == name and t.verdict in ("exact", "within_bound") for t in one.tensors)
    ]
    if len(right) < FEWEST_RIGHT or len(failing) + len(right) < FEWEST:
        return ""
    settings = dict.fromkeys(key for one in failing for key, value in one.spec.items() if not isinstance(value, list))
    for key in settings:
        if all(one.spec.get(key) for one in failing) and not any(one.spec.get(key) for one in right):
            return _SET.format(key)
    examples = [{_examples(one) > 1 for one in those} for those in (failing, right)]
    if [{True}, {False}] == examples:
        return _MANY
    return _ONE if [{False}, {True}] == examples else ""


def _examples(result: Result) -> int:
    """The length of the first axis of what is handed over first."""
    shapes = [value for value in result.spec.values() if isinstance(value, list) and value]
    return int(shapes[0][0]) if shapes else 1


def _is_wrong(name: str, result: Result) -> bool:
    return any(tensor.name == name and tensor.verdict == "wrong" for tensor in result.tensors)


def _size(result: Result) -> int:
    return sum(prod(tensor.shape) for tensor in result.tensors)
