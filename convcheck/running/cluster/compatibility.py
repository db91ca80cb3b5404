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
class RemoteSettings:
    """How jobs are run on another machine. `own_settings`: for code of somebody's own. `timeout` is in seconds.

    `folder`: the one that this process is in, and the other has to be in. `digests`: of the files of such code, by
    their paths, None for one that cannot be read.
    """

    settings: Settings
    own_settings: Settings
    timeout: float
    folder: str
    digests: Mapping[str, str | None]


@dataclass(frozen=True)
class Incompatible:
    """The answer of a machine that would not give the results of this one: why, and what to do."""

    text: str


def remote_settings(jobs: Iterable[Job], settings: Settings, own_settings: Settings, timeout: float) -> RemoteSettings:
    """Those of this process, for these jobs."""
    files = dict.fromkeys(job.source.place for job in jobs if job.source is not None and job.source.is_file)
    return RemoteSettings(settings, own_settings, timeout, os.getcwd(), {file: digest(file) for file in files})


def versions() -> Versions:
    """Of all that decides the last bit of a result, and whether records that were pickled there can be read here."""
    import numpy as np

    from convcheck._version import __version__

    python = ".".join(platform.python_version_tuple()[:2])
    return {"convcheck": __version__, "numpy": np.__version__, "Python": python}


def incompatible_versions(asked: Versions) -> Incompatible | None:
    """What this machine says to one that has the versions `asked`."""
    here = versions()
    differ = [name for name in asked if here.get(name) != asked[name]]
    if not differ:
        return None
    expected, received = (_names_and_versions(differ, each) for each in (asked, here))
    return Incompatible(f"{_this_worker()} has {received}, and {expected} is expected: install the same there as here")


def incompatible_files(remote: RemoteSettings) -> Incompatible | None:
    """What this machine says to being asked to run code of somebody's own. Goes into the folder of the settings."""
    try:
        os.chdir(remote.folder)
    except OSError as error:
        why = f"({error.strerror or error}): code to be checked must be there, too"
        return Incompatible(f"{_this_worker()} does not see the folder {remote.folder} {why}")
    for file, expected in remote.digests.items():
        found = digest(file)
        if found != expected:
            what = "does not see" if found is None else "sees another"
            path = os.path.join(remote.folder, file)
            return Incompatible(f"{_this_worker()} {what} {path}: it must be the same there as here")
    return None


def incompatible_import(source: Source, found: Found, survey: Survey) -> Incompatible | None:
    """What this machine says where importing the source shows less than it does elsewhere."""
    if found in survey.found:
        return None
    why = survey.problem or "it is not found in it"
    text = source.text(found.names)
    return Incompatible(f"{_this_worker()} cannot open {text}, which can be opened here: {why}")


def digest(file: str) -> str | None:
    """Of what is in a file; None if it cannot be read."""
    try:
        return hashlib.sha256(Path(file).expanduser().read_bytes()).hexdigest()
    except OSError:
        return None


def _names_and_versions(names: Iterable[str], versions: Versions) -> str:
    return ", ".join(f"{name} {versions.get(name, '?')}" for name in names)


def _this_worker() -> str:
    return f"the worker on {socket.gethostname()}"
