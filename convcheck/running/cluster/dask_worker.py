"""One of many that have jobs run on a cluster, and do nothing themselves but wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from convcheck.running.cluster.compatibility import Terms, Unlike, Versions
from convcheck.running.cluster.connection import Cluster, ClusterTrouble, WorkersLost
from convcheck.running.cluster.remote_process import parcel
from convcheck.running.job import Job, Ran
from convcheck.running.message import Fault, Mishap, NotPlain, Reply, unpacked
from convcheck.running.worker.local import ALONE, Outcome, at_fault, lost

LOST = Mishap("crashed", "the workers of the cluster that ran it were gone, one after the other", ALONE)


class Remote:
    """Does for a Crew what a Member does, in a thread; the work is done elsewhere."""

    def __init__(self, cluster: Cluster, versions: Versions, terms: Terms) -> None:
        self._cluster = cluster
        self._versions = versions
        self._terms = terms

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """What became of each; of those after a fault, nothing. Raises ClusterTrouble."""
        concerned = {job.source.place for job in jobs if job.source is not None}
        digests = {file: self._terms.digests[file] for file in concerned if file in self._terms.digests}
        reply = self._reply(parcel(self._versions, replace(self._terms, digests=digests), jobs))
        if isinstance(reply.value, Unlike):
            raise ClusterTrouble(reply.value.text)
        if reply.trouble is None:
            return [
                at_fault(job.check, done) if isinstance(done, Fault) else done
                for job, done in zip(jobs, reply.value, strict=False)
            ]
        if len(jobs) > 1:
            # Which of them it was shows when each is run by itself.
            return [outcome for job in jobs for outcome in self.run([job])]
        if isinstance(reply.trouble, Fault):
            return [at_fault(jobs[0].check, reply.trouble)]
        return [Ran(lost(jobs[0].check, reply.trouble, 0.0), "")]

    def _reply(self, content: bytes) -> Reply:
        try:
            return unpacked(self._cluster.perform(content))
        except WorkersLost:
            return Reply(trouble=LOST)
        except NotPlain as error:
            return Reply(trouble=Fault(f"the answer of a worker cannot be read: {error}", ""))

    def abort(self) -> None:
        """End what is being run, for all."""
        self._cluster.stop()

    def stop(self) -> None:
        """Nothing is left to be ended."""
