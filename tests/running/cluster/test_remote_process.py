"""The process on a worker of a cluster: what it answers, also where its machine is not as it should be."""

import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from convcheck.running.cluster.compatibility import (
    Incompatible,
    RemoteSettings,
    remote_settings,
    versions,
)
from convcheck.running.cluster.dask_task import COMMAND
from convcheck.running.cluster.remote_process import packed_request
from convcheck.running.job import Job
from convcheck.running.message import unpacked
from tests.running.code import BAD, FOUND, GOOD, OTHER, SETTINGS, source

BUILT_IN = [Job(GOOD), Job(OTHER)]


def answer(content: bytes) -> Any:
    """As a worker has it: standard input stays open until the process has ended."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(content)
        process.stdin.flush()
        return unpacked(process.stdout.read()).value


def settings_for(jobs: Sequence[Job], **changes: Any) -> RemoteSettings:
    return dataclasses.replace(remote_settings(jobs, SETTINGS, SETTINGS, 5.0), **changes)


def own(folder: Path, text: str = "pass") -> Job:
    return Job(BAD, source(folder, text), FOUND)


def test_it_runs_what_is_built_in_and_code_of_somebodys_own(tmp_path: Path) -> None:
    jobs = [*BUILT_IN, own(tmp_path), Job(GOOD), own(tmp_path, "print('one'); raise KeyError")]
    outcomes = answer(packed_request(versions(), settings_for(jobs), jobs))
    assert [ran.result.status for ran in outcomes] == ["pass", "pass", "error", "pass", "error"]
    assert [ran.result.id for ran in outcomes] == [job.check.id for job in jobs]
    # Forward is called on other data first.
    assert outcomes[-1].output == "one\none\n"


def test_code_that_does_not_end_costs_two_time_limits_there_too(tmp_path: Path) -> None:
    jobs = [Job(BAD, source(tmp_path, "while True: pass"), FOUND)] * 4
    outcomes = answer(packed_request(versions(), settings_for(jobs, timeout=1.0), jobs))
    codes = [ran.result.findings[-1].code for ran in outcomes]
    assert codes == ["timed-out", "timed-out", "given-up", "given-up"]


def test_a_request_of_another_version_is_not_even_opened() -> None:
    content = pickle.dumps(({**versions(), "convcheck": "9.9"}, {}, b"what only 9.9 can read"))
    incompatible = answer(content)
    assert isinstance(incompatible, Incompatible)
    assert "convcheck 9.9 is expected: install the same there as here" in incompatible.text


PROGRAM = """\
import os, sys
from convcheck.running.cluster import remote_process
from convcheck.running.cluster.compatibility import Incompatible
def seen(versions):
    return Incompatible(f"{os.environ['OMP_NUM_THREADS']} {'numpy' in sys.modules}")
remote_process.incompatible_versions = seen
remote_process.main()
"""


def test_linear_algebra_has_the_threads_that_it_has_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    content = packed_request(versions(), settings_for(BUILT_IN), BUILT_IN)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    outcomes = subprocess.run([sys.executable, "-c", PROGRAM], input=content, capture_output=True, check=True)
    assert unpacked(outcomes.stdout).value == Incompatible("3 False")


def test_code_that_is_another_there_is_not_run(tmp_path: Path) -> None:
    job = own(tmp_path)
    place = job.source.place if job.source else ""
    incompatible = answer(packed_request(versions(), settings_for([job], digests={place: "another"}), [job]))
    assert f"sees another {place}: it must be the same there as here" in incompatible.text


def test_code_that_is_not_seen_there_is_not_run(tmp_path: Path) -> None:
    job = own(tmp_path)
    place = job.source.place if job.source else ""
    remote = settings_for([job])
    Path(place).unlink()
    assert f"does not see {place}" in answer(packed_request(versions(), remote, [job])).text


def test_a_folder_that_is_not_there_matters_to_code_alone(tmp_path: Path) -> None:
    jobs = [*BUILT_IN, own(tmp_path)]
    elsewhere = settings_for(jobs, folder=str(tmp_path / "nowhere"))
    assert len(answer(packed_request(versions(), elsewhere, BUILT_IN))) == 2
    incompatible = answer(packed_request(versions(), elsewhere, jobs))
    assert "does not see the folder" in incompatible.text
    assert "(No such file or directory): code to be checked must be there, too" in incompatible.text


def test_an_import_that_fails_there_is_not_the_codes_fault(tmp_path: Path) -> None:
    job = own(tmp_path)
    missing = Job(job.check, job.source, FOUND._replace(names=("relu_forward", "nowhere")))
    incompatible = answer(packed_request(versions(), settings_for([missing]), [missing]))
    assert "relu_forward,nowhere, which can be opened here" in incompatible.text
