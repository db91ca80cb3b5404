"""`--lf`: what failed runs again until it passes; what is not known of the last run is not guessed."""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from convcheck.cli.actions import last_failed as cache
from convcheck.cli.actions.last_failed import CACHE_FILE, CACHE_FOLDER, last_failed, locked, update_last_failed
from tests.cli.calling import Called, Caller, process

MIXED = """\
defaults: {layer: spatial_batchnorm, N: 2, C: 3, H: 2}
checks:
  - {name: a, W: 2}
  - {name: b, W: 3, implementation: reshape_without_swap}
  - {name: c, W: 4}
  - {name: d, W: 5, implementation: reshape_without_swap}
"""


def document(called: Called) -> Any:
    return json.loads(called.out)


def ids(called: Called) -> list[str]:
    return [check["id"] for check in document(called)["checks"]]


def test_what_failed_runs_until_it_passes(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "mixed.yaml").write_text(MIXED)
    whole = ids(call("run", "mixed.yaml", "--format", "json"))
    again = call("run", "mixed.yaml", "--lf", "--format", "json")
    assert ids(again) == [whole[1], whole[3]]
    assert again.err == ""
    # One is mended; what is not run is not forgotten.
    assert call("run", "mixed.yaml", "--lf", "-k", whole[1], "--impl", "vectorized").code == 0
    assert last_failed() == {whole[3]}


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"schema": 1, "failed": 3}', '{"schema": 2}', "[" * 9999])
def test_what_is_not_known_means_everything(call: Caller, good: Path, content: str | None) -> None:
    if content is not None:
        CACHE_FOLDER.mkdir()
        (CACHE_FOLDER / CACHE_FILE).write_text(content)
    called = call("run", good, "--lf", "--format", "json")
    assert called.code == 0
    assert len(ids(called)) == 1
    assert called.err.count("\n") == 1
    assert called.err.startswith("convcheck: --lf: ")


def test_the_folder_is_marked_and_comes_with_the_first_failure(call: Caller, good: Path, wrong: Path) -> None:
    call("run", good)
    assert not CACHE_FOLDER.exists()
    call("run", wrong)
    assert sorted(path.name for path in CACHE_FOLDER.iterdir()) == [".gitignore", "CACHEDIR.TAG", CACHE_FILE]
    assert (CACHE_FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_where_nothing_can_be_kept_the_check_runs_all_the_same(call: Caller, wrong: Path) -> None:
    CACHE_FOLDER.write_text("a file")
    called = call("run", wrong)
    assert called.code == 1
    assert called.err == ""


def test_a_folder_that_is_a_link_to_somewhere_else_is_not_written_through(
    call: Caller, wrong: Path, good: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    said = (
        "convcheck: .convcheck_cache is a symbolic link out of this folder: what failed is not written down for --lf\n"
    )
    for target in (elsewhere, elsewhere / "gone"):
        CACHE_FOLDER.symlink_to(target)
        called = call("run", wrong)
        assert (called.code, called.err) == (1, said)
        assert list(elsewhere.iterdir()) == []
        # Where there is nothing to write down there is nothing to say.
        assert call("run", good).err == ""
        CACHE_FOLDER.unlink()
    update_last_failed((), {"x"}, elsewhere)
    CACHE_FOLDER.symlink_to(elsewhere)
    assert "cannot be used (a symbolic link out of this folder)" in call("run", good, "--lf").err
    assert last_failed(elsewhere) == {"x"}


def test_a_folder_that_is_a_link_within_the_project_is_used(call: Caller, wrong: Path) -> None:
    Path("build").mkdir()
    CACHE_FOLDER.symlink_to("build")
    assert call("run", wrong).err == ""
    assert len(last_failed() or ()) == 1


def test_several_at_once_leave_a_whole_file_and_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a machine of any speed each gets the lock.
    monkeypatch.setattr(cache, "LOCK_TRIES", 100_000)
    monkeypatch.setattr(cache, "LOCK_PAUSE", 0.001)
    folder = tmp_path / "cache"
    threads = [
        threading.Thread(target=lambda n=n: [update_last_failed((), {f"{n}.{k}"}, folder) for k in range(50)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        last_failed(folder)
    assert last_failed(folder) == {f"{n}.{k}" for n in range(4) for k in range(50)}
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "CACHEDIR.TAG", CACHE_FILE]


def test_one_that_never_releases_its_lock_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LOCK_PAUSE", 0.0)
    with locked(tmp_path):
        update_last_failed((), {"a"}, tmp_path)
    assert last_failed(tmp_path) == {"a"}


def test_without_locks_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr("fcntl.flock", refused)
    update_last_failed((), {"a"}, tmp_path)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    update_last_failed((), {"b"}, tmp_path)
    assert last_failed(tmp_path) == {"a", "b"}


def test_two_runs_at_once(tmp_path: Path) -> None:
    (tmp_path / "mixed.yaml").write_text(MIXED)
    called: list[Any] = []

    def run() -> None:
        called.append(process("run", "mixed.yaml", "--format", "json", "-o", "report.json", cwd=tmp_path))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.returncode for each in called] == [1, 1]
    assert json.loads((tmp_path / "report.json").read_text())["summary"]["fail"] == 2
    assert len(last_failed(tmp_path / CACHE_FOLDER) or ()) == 2
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".convcheck_cache", "mixed.yaml", "report.json"]
