"""A check of the code of a job at other sizes: what conclusions are told apart by, and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcheck.cli.actions.gather import STDIN_NAME
from convcheck.diagnosis.conditions import letters_of
from convcheck.running.job import Job
from convcheck.spec.check import Check, Manner


def check_at(job: Job, sizes: Mapping[str, Any]) -> Check:
    """The check of this job's code at these sizes, as a spec on one line from standard input has it."""
    before = job.check.manner
    implementation = before.implementation if job.source is None else Manner().implementation
    manner = Manner(seed=before.seed, dtype=sizes["dtype"], tolerance=before.tolerance, implementation=implementation)
    layer = job.check.layer
    letters = type(job.check.sizes)(**letters_of(sizes))
    return Check(f"{STDIN_NAME}::{layer}", layer, letters, manner, STDIN_NAME)
