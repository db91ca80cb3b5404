"""The process on a worker of a cluster that runs some jobs: `python -m convcheck.running.cluster.remote_process`.

A parcel comes in on standard input, which stays open for as long as the answer is wanted; the packed Reply goes out on
standard output. Its value is what became of each job, a Ran or a Fault, up to the first fault; or it is an Unlike.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from convcheck.checking.result import Result
from convcheck.running.batch import run_batch
from convcheck.running.cluster.compatibility import (
    Terms,
    Unlike,
    Versions,
    unlike_files,
    unlike_survey,
    unlike_versions,
)
from convcheck.running.job import Job, Ran
from convcheck.running.message import Fault, Reply, packed
from convcheck.running.worker.process import threads

if TYPE_CHECKING:
    from convcheck.running.worker.local import Member, Outcome


Done = Ran | Fault


def parcel(versions: Versions, terms: Terms, jobs: Sequence[Job]) -> bytes:
    """The versions can be read by a convcheck that could not read the rest; with them, what NumPy is loaded with."""
    return pickle.dumps((dict(versions), threads(), pickle.dumps((terms, tuple(jobs)))))


def main() -> None:
    """Answer one parcel."""
    answer = os.dup(1)
    os.dup2(2, 1)
    versions, variables, content = pickle.load(sys.stdin.buffer)
    # Before NumPy is loaded, which the question after its version does.
    os.environ.update(variables)
    reply = Reply(unlike_versions(versions) or _done(content))
    with open(answer, "wb") as stream:
        stream.write(packed(reply))


def _done(content: bytes) -> tuple[Done, ...] | Unlike:
    terms, jobs = pickle.loads(content)
    any_own = any(map(_is_own, jobs))
    if any_own and (unlike := unlike_files(terms)):
        return unlike
    member = _member(terms) if any_own else None
    threading.Thread(target=_leave_when_unwanted, args=(member,), daemon=True).start()
    done: list[Done] = []
    try:
        for own, several in groupby(jobs, _is_own):
            group = list(several)
            if not own:
                results = run_batch([job.check for job in group], terms.settings)
                done += [Ran(each, "") if isinstance(each, Result) else each for each in results]
            elif member is not None:
                for job in group:
                    (outcome,) = member.run([job])
                    if unlike := _unopened(member, job, outcome):
                        return unlike
                    done.append(_plain(outcome))
            if isinstance(done[-1], Fault):
                break
    finally:
        if member is not None:
            member.stop()
    return tuple(done)


def _member(terms: Terms) -> Member:
    """Code of somebody's own has one more process, which it may end; what is built in runs in this one."""
    from convcheck.running.worker.local import Member  # noqa: PLC0415 (it brings all that isolation needs)

    return Member(terms.settings, terms.own, terms.timeout)


def _unopened(member: Member, job: Job, outcome: Outcome) -> Unlike | None:
    """The machine that asks could import this; where it cannot be imported here, it is the machine that is to blame."""
    if not isinstance(outcome, Ran) or job.source is None or job.found is None:
        return None
    if all(finding.code != "cannot-open" for finding in outcome.result.findings):
        return None
    return unlike_survey(job.source, job.found, member.survey(job.source))


def _plain(outcome: Outcome) -> Done:
    if isinstance(outcome, Ran):
        return outcome
    cause = outcome.__cause__
    return Fault(str(cause), "\n".join(getattr(cause, "__notes__", ())))


def _leave_when_unwanted(member: Member | None) -> None:
    # Not through sys.stdin, whose lock would keep the interpreter from ending.
    while os.read(0, 1):
        pass
    if member is not None:
        member.abort()
    os._exit(1)


def _is_own(job: Job) -> bool:
    return job.source is not None


if __name__ == "__main__":
    main()
