"""What may be wrong with a cluster."""


class ClusterTrouble(Exception):
    """The cluster cannot be reached, or not be used. The text says what was expected and what to do."""


class WorkersLost(Exception):
    """Several workers, one after the other, were gone while they had this to do."""
