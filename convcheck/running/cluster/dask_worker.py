"""A worker whose jobs are run on a cluster: of the many there are, each waits in a thread for one batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from convcheck.running.cluster.compatibility import Incompatible, RemoteSettings, Versions
from convcheck.running.cluster.connection import Cluster, ClusterError, DaskWorkersLost
from convcheck.running.cluster.remote_process import packed_request
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Failure, Fault, NotPlain, Reply, unpacked
from convcheck.running.results import ONE_PROCESS_HINT, faulty, unfinished_built_in

LOST = Failure("crashed", "the workers of the cluster that ran it were gone, one after the other", ONE_PROCESS_HINT)


class DaskWorker:
    """A Worker of a Pool, as LocalWorker is."""

    def __init__(self, cluster: Cluster, versions: Versions, remote: RemoteSettings) -> None:
        self._cluster = cluster
        self._versions = versions
        self._remote = remote

    def run(self, jobs: Sequence[Job]) -> list[JobResult]:
        """What came of each job.

        Raises ClusterError where the cluster is gone, or a machine of it would not give the results of this one.
        """
        concerned = {job.source.place for job in jobs if job.source is not None}
        digests = {file: self._remote.digests[file] for file in concerned if file in self._remote.digests}
        reply = self._reply(packed_request(self._versions, replace(self._remote, digests=digests), jobs))
        if isinstance(reply.value, Incompatible):
            raise ClusterError(reply.value.text)
        if reply.error is None:
            return list(reply.value)
        if len(jobs) > 1:
            # Which of them ended the process shows when each is run by itself.
            return [outcome for job in jobs for outcome in self.run([job])]
        if isinstance(reply.error, Fault):
            return [faulty(jobs[0].check, str(jobs[0].check.manner.implementation), reply.error)]
        return [JobResult(unfinished_built_in(jobs[0].check, reply.error, 0.0), "")]

    def _reply(self, request: bytes) -> Reply:
        try:
            return unpacked(self._cluster.perform(request))
        except DaskWorkersLost:
            return Reply(error=LOST)
        except NotPlain as error:
            return Reply(error=Fault(f"the answer of a worker cannot be read: {error}", ""))

    def abort(self) -> None:
        """End what is being run, for all workers of the cluster."""
        self._cluster.stop()

    def stop(self) -> None:
        """Does nothing: the cluster ends what it has started."""
