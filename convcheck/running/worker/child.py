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
from importlib import import_module
from multiprocessing import current_process, parent_process, resource_tracker
from typing import Any

from convcheck.running.failures import not_plain
from convcheck.running.message import NotPlain, Reply, packed
from convcheck.running.worker import leftovers
from convcheck.running.worker.capture import WorkerFile, flush_streams, redirect_streams
from convcheck.running.worker.descriptors import out_of_reach
from convcheck.running.worker.parent_watch import watch_parent
from convcheck.running.worker.process import BLOCKED_SIGNALS
from convcheck.running.worker.restore_modules import ModuleSnapshot

# What a check imports late, inside functions, is imported before any code of somebody's own runs: not at the expense of
# the first check, nor after that code has changed what an import does. A test finds what is missing here.
PRELOADED = (
    "convcheck.checking.agreement.tensor_map",
    "convcheck.checking.at_kinks",
    "convcheck.checking.contract.first_call",
    "convcheck.checking.contract.overflow",
    "convcheck.checking.contract.ties",
    "convcheck.checking.diagnosis.exchanged",
    "convcheck.checking.diagnosis.patterns",
    "convcheck.checking.further_points",
    "convcheck.checking.half_precision",
    "convcheck.checking.gradients.directions",
    "convcheck.numeric.blocks",
    "convcheck.checking.gradients.proof",
    "convcheck.checking.gradients.small_entries",
    "convcheck.checking.run_source",
    "convcheck.checking.watch",
    "convcheck.implementations.adapters.discover",
    "convcheck.implementations.classes.discover",
    "convcheck.implementations.errors.condition",
    "convcheck.implementations.errors.hints",
    "convcheck.implementations.errors.line",
    "convcheck.implementations.functions.discover",
    "convcheck.implementations.of_no_layer.second_order",
    "convcheck.implementations.pytorch.discover",
    "convcheck.numeric.close_ladder",
    "convcheck.numeric.complex_step",
    "convcheck.numeric.halving",
    "convcheck.numeric.projection",
    "convcheck.numeric.ridders",
    "convcheck.running.blame",
    "convcheck.running.worker.progress",
    "convcheck.running.worker.restore_state",
)


@dataclass(frozen=True)
class Conditions:
    """What every call in a worker is subject to: seconds and bytes, None for no limit.

    `own_code`: what is called may run code of somebody's own. `output` is the file for what is printed, `dump` the one
    for the stacks that faulthandler writes, `progress` the one for how far a check is.
    """

    timeout: float | None
    memory: int | None
    own_code: bool
    output: WorkerFile
    dump: WorkerFile
    progress: WorkerFile


@dataclass(frozen=True)
class _State:
    """Of this process, once it is ready."""

    conditions: Conditions
    modules: ModuleSnapshot
    process: int


_state: list[_State] = []


def prepare(conditions: Conditions) -> None:
    """Pebble calls this when the process has started."""
    _lead_a_session()
    watch_parent()
    leftovers.adopt_orphans()
    _move_descriptors()
    # Pebble would tidy up on SIGTERM, in Python, which an endless loop in C never lets it do.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED_SIGNALS)
    # Code under test that reads its arguments must not see those of convcheck.
    del sys.argv[1:]
    if conditions.own_code:
        _preload()
    # From here on everything can be imported that could be where this process was started.
    sys.path[:] = getattr(current_process(), "path", sys.path)
    _limit_memory(conditions.memory)
    redirect_streams(conditions.output.descriptor)
    _state.append(_State(conditions, ModuleSnapshot(), os.getpid()))


def perform(function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> bytes:
    """The packed Reply of `function(*arguments)`, which runs code from `place`. Raises nothing, whatever that does."""
    state = _state[0]
    try:
        reply = _reply(state, function, arguments, place)
    finally:
        # The code under test has forked, and the copy of this process has come all the way back here.
        if os.getpid() != state.process:
            os._exit(0)
    try:
        return packed(reply)
    except NotPlain as error:
        return packed(Reply(error=not_plain(str(error)), end_process=True))


def _lead_a_session() -> None:
    """Ctrl-C at the terminal does not reach this process then, and ending its group ends what it has started."""
    with suppress(OSError, AttributeError):
        os.setsid()


def _move_descriptors() -> None:
    """Those that multiprocessing has open, to where code under test does not come upon them; the others move alone."""
    with suppress(AttributeError, OSError, TypeError):
        parent: Any = parent_process()
        parent._sentinel = out_of_reach(parent._sentinel)
    with suppress(AttributeError, OSError, TypeError):
        tracker: Any = resource_tracker._resource_tracker
        tracker._fd = out_of_reach(tracker._fd)


def _preload() -> None:
    from convcheck.layers.catalogue import LAYERS, mistakes_of

    for name in PRELOADED:
        import_module(name)
    # Each layer is imported when it is asked for.
    tuple(LAYERS.values())
    tuple(map(mistakes_of, LAYERS))


def _limit_memory(count: int | None) -> None:
    """At most `count` bytes of address space, so that asking for more is a MemoryError; and no core dump."""
    try:
        import resource
    except ImportError:
        # On Windows.
        return
    # macOS knows the limit, and refuses to set it.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if count is None:
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _reply(state: _State, function: Callable[..., Any], arguments: tuple[Any, ...], place: str) -> Reply:
    from convcheck.checking.watch import watched_by
    from convcheck.running.blame import blame
    from convcheck.running.worker.progress import ProgressWriter

    if not state.conditions.own_code:
        _dump_stacks_when_stopped(state.conditions)
        # What is built in changes nothing that would have to be put back, and nobody reads what it had found before its
        # process ended.
        try:
            with watched_by(ProgressWriter(state.conditions.progress, results=False)):
                return Reply(function(*arguments))
        except BaseException as error:
            return Reply(error=blame(error))
    from convcheck.running.worker.restore_modules import restored_imports
    from convcheck.running.worker.restore_state import restored_state

    redirect_streams(state.conditions.output.descriptor)
    threads = set(threading.enumerate())
    try:
        with restored_state(), restored_imports(place):
            _dump_stacks_when_stopped(state.conditions)
            try:
                with watched_by(ProgressWriter(state.conditions.progress)):
                    reply = Reply(function(*arguments))
            except BaseException as error:
                reply = Reply(error=blame(error, state.modules.restore()))
            finally:
                state.modules.restore()
                faulthandler.cancel_dump_traceback_later()
                sys.settrace(None)
                sys.setprofile(None)
                flush_streams()
    except BaseException as error:
        return Reply(error=blame(error), end_process=True)
    left = [thread for thread in threading.enumerate() if thread not in threads]
    return Reply(reply.value, reply.error, end_process=bool(left) or _has_children())


def _dump_stacks_when_stopped(conditions: Conditions) -> None:
    """Have written down where the code is when it crashes, and just before its time is up."""
    file, timeout = conditions.dump.descriptor, conditions.timeout
    faulthandler.enable(file)
    if timeout is not None:
        faulthandler.dump_traceback_later(max(timeout - 0.1, 0.9 * timeout), file=file)


def _has_children() -> bool:
    with suppress(ChildProcessError, AttributeError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    return False
