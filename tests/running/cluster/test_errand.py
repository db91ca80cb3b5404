"""The process on a worker: its answer to a parcel, and what a machine says that is not as it should be."""

import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from convcheck.implementations.source import Survey
from convcheck.running.cluster.compatibility import (
    Incompatible,
    RemoteSettings,
    incompatible_import,
    remote_settings,
    versions,
)
from convcheck.running.cluster.connection import ClusterError, DaskWorkersLost
from convcheck.running.cluster.dask_task import COMMAND
from convcheck.running.cluster.dask_worker import DaskWorker
from convcheck.running.cluster.remote_process import parcel
from convcheck.running.failures import process_ended
from convcheck.running.in_process import CheckFault
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Fault, Reply, packed, unpacked
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


def terms(jobs: Sequence[Job], **changes: Any) -> RemoteSettings:
    return dataclasses.replace(remote_settings(jobs, SETTINGS, SETTINGS, 5.0), **changes)


def own(folder: Path, text: str = "pass") -> Job:
    return Job(BAD, source(folder, text), FOUND)


def test_it_runs_what_is_built_in_and_code_of_somebodys_own(tmp_path: Path) -> None:
    jobs = [*BUILT_IN, own(tmp_path), Job(GOOD), own(tmp_path, "print('one'); raise KeyError")]
    done = answer(parcel(versions(), terms(jobs), jobs))
    assert [ran.result.status for ran in done] == ["pass", "pass", "error", "pass", "error"]
    assert [ran.result.id for ran in done] == [job.check.id for job in jobs]
    assert done[-1].output == "one\n"


def test_a_parcel_of_another_version_is_not_even_opened() -> None:
    content = pickle.dumps(({**versions(), "convcheck": "9.9"}, {}, b"what only 9.9 can read"))
    unlike = answer(content)
    assert isinstance(unlike, Incompatible)
    assert "convcheck 9.9 is expected: install the same there as here" in unlike.text


ORDER = """\
import os, sys
from convcheck.running.cluster import remote_process as errand
from convcheck.running.cluster.compatibility import Unlike
errand.unlike_versions = lambda _: Unlike(f"{os.environ['OMP_NUM_THREADS']} {'numpy' in sys.modules}")
errand.main()
"""


def test_linear_algebra_has_the_threads_that_it_has_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    content = parcel(versions(), terms(BUILT_IN), BUILT_IN)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    done = subprocess.run([sys.executable, "-c", ORDER], input=content, capture_output=True, check=True)
    assert unpacked(done.stdout).value == Incompatible("3 False")


def test_code_that_is_another_there_is_not_run(tmp_path: Path) -> None:
    job = own(tmp_path)
    place = job.source.place if job.source else ""
    unlike = answer(parcel(versions(), terms([job], digests={place: "another"}), [job]))
    assert f"sees another {place}: it must be the same there as here" in unlike.text


def test_code_that_is_not_seen_there_is_not_run(tmp_path: Path) -> None:
    job = own(tmp_path)
    place = job.source.place if job.source else ""
    of_this = terms([job])
    Path(place).unlink()
    assert f"does not see {place}" in answer(parcel(versions(), of_this, [job])).text


def test_a_folder_that_is_not_there_matters_to_code_alone(tmp_path: Path) -> None:
    jobs = [*BUILT_IN, own(tmp_path)]
    elsewhere = terms(jobs, folder=str(tmp_path / "nowhere"))
    assert len(answer(parcel(versions(), elsewhere, BUILT_IN))) == 2
    unlike = answer(parcel(versions(), elsewhere, jobs))
    assert "does not see the folder" in unlike.text
    assert "(No such file or directory): code to be checked must be there, too" in unlike.text


def test_what_can_be_imported_here_alone_is_a_matter_of_the_machine(tmp_path: Path) -> None:
    code = source(tmp_path)
    assert incompatible_import(code, FOUND, Survey((FOUND,))) is None
    unlike = incompatible_import(code, FOUND, Survey((), problem="no module named torch"))
    assert unlike is not None
    assert unlike.text.endswith("which can be opened here: no module named torch")


def test_an_import_that_fails_there_is_not_the_codes_fault(tmp_path: Path) -> None:
    job = own(tmp_path)
    missing = Job(job.check, job.source, FOUND._replace(names=("relu_forward", "nowhere")))
    unlike = answer(parcel(versions(), terms([missing]), [missing]))
    assert "relu_forward,nowhere, which can be opened here" in unlike.text


class Answers:
    """In the place of a cluster: the answers that a worker would give, one after the other."""

    def __init__(self, *replies: Reply | Exception | bytes) -> None:
        self.replies = list(replies)
        self.stopped = False

    def perform(self, content: bytes) -> bytes:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, bytes) else packed(reply)

    def stop(self) -> None:
        self.stopped = True


def remote(*replies: Reply | Exception | bytes) -> DaskWorker:
    cluster: Any = Answers(*replies)
    return DaskWorker(cluster, versions(), terms(BUILT_IN))


def test_a_job_that_ends_its_workers_is_found_by_running_each_alone() -> None:
    ran = JobResult(_passed(), "")
    first, second = remote(DaskWorkersLost(), Reply((ran,)), DaskWorkersLost()).run(BUILT_IN)
    assert isinstance(first, JobResult)
    assert first.result.status == "pass"
    assert isinstance(second, JobResult)
    assert second.result.status == "error"
    (finding,) = second.result.findings
    assert (finding.code, finding.message) == (
        "crashed",
        "the workers of the cluster that ran it were gone, one after the other",
    )


def test_a_process_that_was_killed_is_an_error_of_its_check() -> None:
    (done,) = remote(Reply(error=process_ended(-9, ""))).run(BUILT_IN[:1])
    assert isinstance(done, JobResult)
    assert "the check crashed its process: SIGKILL" in done.result.findings[0].message


@pytest.mark.parametrize(
    "reply", [Reply(error=Fault("KeyError: 9", "trace")), Reply((Fault("KeyError: 9", "trace"),))]
)
def test_a_fault_there_is_a_fault_here(reply: Reply) -> None:
    (done,) = remote(reply).run(BUILT_IN[:1])
    assert isinstance(done, CheckFault)
    assert str(done.__cause__) == "KeyError: 9"
    assert done.__cause__ is not None
    assert done.__cause__.__notes__ == ["trace"]


def test_an_answer_that_is_no_plain_data_is_not_loaded() -> None:
    (done,) = remote(pickle.dumps(sys.exit)).run(BUILT_IN[:1])
    assert isinstance(done, CheckFault)
    assert "the answer of a worker cannot be read" in str(done.__cause__)


def test_a_machine_that_is_unlike_stops_the_run() -> None:
    with pytest.raises(ClusterError, match="it is another"):
        remote(Reply(Incompatible("it is another"))).run(BUILT_IN)


def _passed() -> Any:
    from convcheck.checking.check import run_check

    return run_check(GOOD, SETTINGS)
