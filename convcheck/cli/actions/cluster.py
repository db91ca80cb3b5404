"""`--cluster`: the connection to it, for as long as a run lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from convcheck.cli.actions.schedule import Team
from convcheck.cli.streams import say
from convcheck.reports.wording.figures import shown
from convcheck.running.cluster.connection import ClusterTrouble

if TYPE_CHECKING:
    from convcheck.running.cluster.connection import Cluster


# More that wait for one task each would be no faster, and a cluster that grows finds work at once.
MOST = 256


@contextmanager
def cluster_at(context: click.Context, address: str | None) -> Iterator[Cluster | None]:
    """Entered; None where no address is given. One that is not there is wrong usage, before anything is run."""
    if address is None:
        yield None
        return
    if context.params["no_isolation"]:
        raise click.UsageError("--no-isolation runs code in this process: leave --cluster out", context)
    # Dask takes longer to import than most runs last.
    from convcheck.running.cluster.connection import Cluster

    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(Cluster(address))
        except ClusterTrouble as trouble:
            raise click.BadParameter(str(trouble), context, param_hint="'--cluster'") from trouble
        yield cluster


def team_on(cluster: Cluster, size: float | None) -> Team:
    """`size`: what -j says, None or 0 for as many as it is good for."""
    threads = cluster.threads()
    if not threads:
        say(f"convcheck: the cluster at {shown(cluster.address)} has no worker yet: waiting for one")
    return Team(int(size or 0) or min(MOST, 2 * max(1, threads)), elsewhere=True)
