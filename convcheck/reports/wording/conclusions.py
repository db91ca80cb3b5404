"""A conclusion in lines, as every report for people says it."""

from __future__ import annotations

from collections.abc import Collection

from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.spec.showing import count, listed

# Beyond so many causes, the others follow from these more often than not; the JSON report has them all.
MOST_CAUSES = 4


def wrong_in_words(conclusion: Conclusion) -> str:
    """The tensors that are wrong: "the output and dw"; empty where none was compared."""
    tensors = ["the output" if tensor == "forward" else tensor for tensor in conclusion.wrong]
    return listed(tensors) if tensors else ""


def names_of(conclusion: Conclusion) -> str:
    """The functions or the class without their file."""
    return conclusion.implementation.rpartition(":")[2] if conclusion.file else conclusion.implementation


def evidence_of(cause: Cause, conclusion: Conclusion) -> str:
    """In how many checks it was seen, where there are several, and how like the mistake."""
    seen = f"seen in {cause.seen} of {conclusion.checks} checks" if conclusion.checks > 1 else ""
    return ", ".join(filter(None, (seen, cause.evidence)))


def causes_left_out(conclusion: Conclusion) -> str:
    """A line on the causes beyond the first few; empty where there are none."""
    more = len(conclusion.causes) - MOST_CAUSES
    return f"and {count(more, 'other cause')}, which the JSON report has" if more > 0 else ""


def in_one_line(conclusion: Conclusion, wrong: Collection[str] = ()) -> str:
    """The causes with their mends, in one line: those of the tensors that are `wrong`, if there are any, else all."""
    causes = [cause for cause in conclusion.causes if set(cause.tensors) & set(wrong)] or conclusion.causes
    said = (f"{cause.sentence} (mend: {cause.mend})" if cause.mend else cause.sentence for cause in causes)
    return "; ".join([*said][:MOST_CAUSES])


def conclusion_lines(conclusion: Conclusion) -> list[str]:
    """All of it but the names: causes, each with its evidence and its mend, and an example."""
    lines = []
    for cause in conclusion.causes[:MOST_CAUSES]:
        evidence = evidence_of(cause, conclusion)
        lines.append(f"{cause.sentence} ({evidence})" if evidence else cause.sentence)
        lines += [f"mend: {cause.mend}"] if cause.mend else []
    lines += [left_out] if (left_out := causes_left_out(conclusion)) else []
    return lines + ([f"e.g. {conclusion.example}"] if conclusion.example else [])
