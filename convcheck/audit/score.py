"""What becomes of each mistake of a layer at the checks of the specs; and where those show that are not noticed."""

from collections.abc import Sequence
from typing import NamedTuple

from convcheck.audit.candidates import Candidates
from convcheck.audit.mistaken import Slip, Way, slips_of
from convcheck.audit.trial import AuditCheck, Trial
from convcheck.diagnosis.audited import Fate

# Of the candidates at which a mistake shows, so many are run until one notices it.
MOST_CONFIRMED = 3


class SlipOutcome(NamedTuple):
    """What became of slip `number`, in the words of `AuditedMistake`.

    Of one that is not noticed: the ways that are not; the numbers of the candidates, those that are near before pairs,
    at which it `shows` in all of these ways, and the one of them that a run was seen to notice it at; and the checks of
    the specs at which it makes a difference.
    """

    number: int
    fate: Fate
    check: str = ""
    status: str = ""
    ways: tuple[int, ...] = ()
    shows: tuple[int, ...] = ()
    noticed_at: int | None = None
    differs_in: tuple[str, ...] = ()


class Share(NamedTuple):
    """The slips from number `start` to before `stop` of a layer, to be tried at these checks, the cheapest first."""

    layer: str
    checks: tuple[AuditCheck, ...]
    candidates: Candidates
    start: int
    stop: int


def outcomes_of(share: Share) -> list[SlipOutcome]:
    """The outcome of each slip of the share."""
    trials = [Trial(one) for one in share.checks]
    near, pairs = ([Trial(one) for one in each] for each in share.candidates)
    slips = [*slips_of(share.layer)][share.start : share.stop]
    return [_outcome(number, slip, trials, near, pairs) for number, slip in enumerate(slips, share.start)]


def _outcome(
    number: int, slip: Slip, trials: Sequence[Trial], near: Sequence[Trial], pairs: Sequence[Trial]
) -> SlipOutcome:
    name = slip.made.mistake.name
    # Whoever says so may be wrong.
    if slip.equivalent and not any(
        one.differs(way) or (one.of_suite and one.notices(way, name)) for one in (*trials, *near) for way in slip.ways
    ):
        return SlipOutcome(number, "equivalent")
    noticed, left = [], []
    for position, way in enumerate(slip.ways):
        found = next(((t.check.id, said) for t in trials if (said := t.notices(way, name))), None)
        if found is None:
            left.append(position)
        else:
            noticed.append(found)
    # A way that makes no difference anywhere, where others do, is no way of making the mistake.
    telling = [one for one in left if any(each.differs(slip.ways[one]) for each in (*trials, *near))]
    if noticed or telling:
        left = telling
    if not left:
        return SlipOutcome(number, "noticed", *noticed[0])
    ways = [slip.ways[position] for position in left]
    # Sizes that are further away only where those that are near show nothing.
    others = near
    shows = [place for place, trial in enumerate(near) if all(map(trial.differs, ways))]
    if not shows:
        others = [*near, *pairs]
        shows = [place for place, trial in enumerate(others) if place >= len(near) and all(map(trial.differs, ways))]
    noticed_at = next((place for place in shows[:MOST_CONFIRMED] if _notices(others[place], ways, name)), None)
    if noticed_at is None:
        # What shows at further points alone no data tells, and a run does; there sizes do not matter.
        of_suite = [place for place, trial in enumerate(near) if trial.of_suite and place not in shows]
        noticed_at = next((place for place in of_suite if _notices(near[place], ways, name)), None)
        shows = shows if noticed_at is None else sorted({*shows, noticed_at})
    differs_in = tuple(trial.check.id for trial in trials if any(map(trial.differs, ways)))
    fate: Fate = "unseen" if differs_in else "hidden"
    return SlipOutcome(number, fate, "", "", tuple(left), tuple(shows), noticed_at, differs_in)


def _notices(trial: Trial, ways: Sequence[Way], name: str) -> bool:
    return all(trial.notices(way, name) for way in ways)
