"""What runs code of somebody's own is started late, asked once, and gone at the end."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import pytest

from convcheck.checking.settings import Settings
from convcheck.cli.actions import workers
from convcheck.cli.actions.run import workers_of
from convcheck.cli.actions.workers import Workers
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.job import JobResult
from tests.reports.samples import result

SOURCE = Source("layers.py")
FOUND = Found("relu", ("f", "g"), 3, "f(x)")


class Fake:
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __enter__(self) -> Fake:
        self.calls.append("in")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.calls.append("out")

    def survey(self, source: Source, layers: tuple[str, ...]) -> Survey:
        self.calls.append(layers)
        return Survey((FOUND,))

    def run(self, check: Any, source: Source, found: Found, settings: Settings) -> JobResult:
        self.calls.append(settings.budget)
        return JobResult(result(implementation="g"), "")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(workers, "_isolated_worker", lambda timeout: made)
    monkeypatch.setattr(workers, "_worker_in_process", lambda: made)
    return made


def test_started_when_wanted_asked_once_and_ended(fake: Fake) -> None:
    with Workers() as started:
        assert fake.calls == []
        for _ in range(2):
            assert started.survey(SOURCE).found == (FOUND,)
        started.survey(SOURCE, ("relu",))
    assert fake.calls == ["in", (), ("relu",), "out"]


def test_the_result_names_the_code_as_impl_would(fake: Fake) -> None:
    with Workers() as started:
        ran = started.run(None, SOURCE, FOUND, Settings())  # type: ignore[arg-type]
    assert ran.result.implementation == "layers.py:f,g"


@pytest.mark.parametrize(
    ("options", "budget"),
    [({}, 30.0), ({"timeout": 8.0}, 4.0), ({"timeout": 8.0, "cap_budget": False}, 60.0), ({"isolated": False}, 60.0)],
)
def test_what_is_slow_is_probed_before_its_time_is_up(fake: Fake, options: dict[str, Any], budget: float) -> None:
    with Workers(**options) as started:
        started.run(None, SOURCE, FOUND, Settings())  # type: ignore[arg-type]
    assert fake.calls[1] == budget


@pytest.mark.parametrize(
    ("budget", "timeout", "expected"), [(None, None, 60.0), (20.0, None, 60.0), (90.0, None, 180.0), (90.0, 30.0, 30.0)]
)
def test_a_budget_that_was_asked_for_can_be_used(
    fake: Fake, budget: float | None, timeout: float | None, expected: float
) -> None:
    workers = workers_of({"no_isolation": False, "timeout": timeout, "budget": budget})
    assert workers._timeout == expected
