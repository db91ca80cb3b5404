"""The worker's side: gets its process ready, then makes one call after the other, each as if it were the first."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from convcheck.running.failures import not_plain
from convcheck.running.message import NotPlain, Reply, packed
from convcheck.running.worker import capture as printed
from convcheck.running.worker import limits
from convcheck.running.worker.capture import SharedFile
from convcheck.running.worker.parent_watch import guard
from convcheck.running.worker.process import HELD_BACK
from convcheck.running.worker.restore_modules import Originals


@dataclass(frozen=True)
class Conditions:
    """What every call in a worker is subject to; `printed` and `trace` are files of the parent."""

    timeout: float | None
    memory: int | None
    printed: SharedFile
    trace: SharedFile


@dataclass(frozen=True)
class _Ready:
    conditions: Conditions
    originals: Originals
    process: int


_ready: list[_Ready] = []


def prepare(conditions: Conditions) -> None:
    """Pebble calls this when the process has started."""
    limits.lead_a_group()
    guard()
    # Pebble would tidy up on SIGTERM, in Python, which an endless loop in C never lets it do.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
    # What it is that convcheck was called with is none of the business of code that reads its arguments.
    del sys.argv[1:]
    _import_all()
    limits.limit_memory(conditions.memory)
    printed.redirect(conditions.printed.descriptor)
    _ready.append(_Ready(conditions, Originals(), os.getpid()))


def _import_all() -> None:
    """Now: not at the expense of the first check, nor after code under test has changed what an import does."""
    import convcheck.checking.contract.ties  # noqa: PLC0415
    import convcheck.checking.diagnosis.patterns  # noqa: PLC0415
    import convcheck.checking.gradients.directions  # noqa: PLC0415
    import convcheck.checking.gradients.input_rounding  # noqa: PLC0415
    import convcheck.checking.gradients.small_entries  # noqa: PLC0415
    import convcheck.checking.run_source  # noqa: PLC0415
    import convcheck.implementations.errors.hints  # noqa: PLC0415
    import convcheck.implementations.errors.line  # noqa: PLC0415
    import convcheck.numeric.complex_step  # noqa: PLC0415
    import convcheck.running.blame  # noqa: PLC0415
    import convcheck.running.worker.restore_state  # noqa: F401, PLC0415
    from convcheck.layers.catalogue import LAYERS  # noqa: PLC0415

    tuple(LAYERS.values())


def perform(function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> bytes:
    """The packed Reply of `function(*arguments)`, which runs code from `place`. Raises nothing, whatever that does."""
    ready = _ready[0]
    try:
        reply = _reply(ready, function, arguments, place)
    finally:
        # A copy of this process that the code under test made, and that has come all the way back here.
        if os.getpid() != ready.process:
            os._exit(0)
    try:
        return packed(reply)
    except NotPlain as error:
        return packed(Reply(trouble=not_plain(str(error)), spent=True))


def _reply(ready: _Ready, function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> Reply:
    from convcheck.running.blame import blamed  # noqa: PLC0415
    from convcheck.running.worker.restore_modules import forgotten  # noqa: PLC0415
    from convcheck.running.worker.restore_state import preserved  # noqa: PLC0415

    printed.redirect(ready.conditions.printed.descriptor)
    threads = set(threading.enumerate())
    try:
        with preserved(), forgotten(place):
            _watch(ready.conditions)
            try:
                reply = Reply(function(*arguments))
            except BaseException as error:
                reply = Reply(trouble=blamed(error, ready.originals.restore()))
            finally:
                ready.originals.restore()
                faulthandler.cancel_dump_traceback_later()
                sys.settrace(None)
                sys.setprofile(None)
                printed.flush()
    except BaseException as error:
        return Reply(trouble=blamed(error), spent=True)
    left = [thread for thread in threading.enumerate() if thread not in threads]
    return Reply(reply.value, reply.trouble, spent=bool(left) or _has_children())


def _watch(conditions: Conditions) -> None:
    """Have written down where the code is when it crashes, and just before its time is up."""
    file, timeout = conditions.trace.descriptor, conditions.timeout
    faulthandler.enable(file)
    if timeout is not None:
        faulthandler.dump_traceback_later(max(timeout - 0.1, 0.9 * timeout), file=file)


def _has_children() -> bool:
    with suppress(ChildProcessError, AttributeError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    return False
