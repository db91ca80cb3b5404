"""What a machine must have in common with this one for its results to be those of this one."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.job import Job

Versions = Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """How jobs are run on another machine. `own`: the settings for code of somebody's own. `timeout` is in seconds.

    `folder`: where this process is, and theirs has to be. `digests`: of the files of such code, by their paths, None
    for one that cannot be read.
    """

    settings: Settings
    own: Settings
    timeout: float
    folder: str
    digests: Mapping[str, str | None]


@dataclass(frozen=True)
class Unlike:
    """The answer of a machine that would not give the results of this one: why, and what to do."""

    text: str


def terms_of(jobs: Iterable[Job], settings: Settings, own: Settings, timeout: float) -> Terms:
    """Those of this process, for these jobs."""
    files = dict.fromkeys(job.source.place for job in jobs if job.source is not None and job.source.is_file)
    return Terms(settings, own, timeout, os.getcwd(), {file: digest(file) for file in files})


def versions() -> Versions:
    """Of all that has a say in the last bit, and in whether records can be read here that were written there."""
    import numpy as np  # noqa: PLC0415

    from convcheck._version import __version__  # noqa: PLC0415

    python = ".".join(platform.python_version_tuple()[:2])
    return {"convcheck": __version__, "numpy": np.__version__, "Python": python}


def unlike_versions(asked: Versions) -> Unlike | None:
    """What this machine says to one that has the versions `asked`."""
    here = versions()
    differ = [name for name in asked if here.get(name) != asked[name]]
    if not differ:
        return None
    expected, received = (_listed(differ, each) for each in (asked, here))
    return Unlike(f"{_me()} has {received}, and {expected} is expected: install the same there as here")


def unlike_files(terms: Terms) -> Unlike | None:
    """What this machine says to being asked to run code of somebody's own; it is in the folder of the terms after."""
    try:
        os.chdir(terms.folder)
    except OSError as error:
        why = error.strerror or str(error)
        return Unlike(f"{_me()} does not see the folder {terms.folder} ({why}): code to be checked must be there, too")
    for file, expected in terms.digests.items():
        found = digest(file)
        if found != expected:
            what = "does not see" if found is None else "sees another"
            return Unlike(f"{_me()} {what} {os.path.join(terms.folder, file)}: it must be the same there as here")
    return None


def unlike_survey(source: Source, found: Found, survey: Survey) -> Unlike | None:
    """What this machine says where importing the source shows less than it does elsewhere."""
    if found in survey.found:
        return None
    why = survey.problem or "it is not found in it"
    return Unlike(f"{_me()} cannot open {source.text(found.names)}, which can be opened here: {why}")


def digest(file: str) -> str | None:
    """Of what is in a file; None if it cannot be read."""
    try:
        return hashlib.sha256(Path(file).expanduser().read_bytes()).hexdigest()
    except OSError:
        return None


def _listed(names: Iterable[str], versions: Versions) -> str:
    return ", ".join(f"{name} {versions.get(name, '?')}" for name in names)


def _me() -> str:
    return f"the worker on {socket.gethostname()}"
