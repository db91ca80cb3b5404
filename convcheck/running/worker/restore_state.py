"""The state of the process that code under test may change, put back after each check."""

from __future__ import annotations

import gc
import locale
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import numpy as np

# Public, but missing from NumPy's own annotations.
from numpy.random import get_bit_generator, set_bit_generator  # type: ignore[attr-defined]

from convcheck.running.worker.descriptors import out_of_reach

# Puts one thing back.
Restore = Callable[[], Any]
SEED = 0
# What PyTorch starts with: seeded with it, code draws the same as in a process that has only just imported PyTorch.
TORCH_SEED = 67280421310721


@contextmanager
def restored_state() -> Iterator[None]:
    """What code inside changes of the process is undone. Inside, every global random generator starts from a constant.

    What cannot be put back, say a folder that was deleted, stays as it is: nothing is raised.
    """
    restores = [restore for save in SAVERS for restore in save()]
    with warnings.catch_warnings():
        seed_generators()
        try:
            yield
        finally:
            for restore in reversed(restores):
                with suppress(Exception):
                    restore()


def seed_generators() -> None:
    """Seed those of Python, NumPy and PyTorch: the same code draws the same numbers, whatever ran before it."""
    random.seed(SEED)
    set_bit_generator(np.random.MT19937(SEED))
    np.random.seed(SEED)
    torch = sys.modules.get("torch")
    with suppress(Exception):
        if torch is not None:
            torch.manual_seed(TORCH_SEED)


def _folder_and_environment() -> Iterator[Restore]:
    # The folder itself rather than its name: it may be moved or deleted meanwhile.
    with suppress(OSError):
        here = out_of_reach(os.open(".", os.O_RDONLY))
        yield partial(_return_to, here)
    mask = os.umask(0o077)
    os.umask(mask)
    yield partial(os.umask, mask)
    yield partial(_environment, dict(os.environ))


def _return_to(folder: int) -> None:
    try:
        os.chdir(folder)
    finally:
        os.close(folder)


def _environment(before: dict[str, str]) -> None:
    now = dict(os.environ)
    for name in now.keys() - before.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if now.get(name) != value})


def _import_settings() -> Iterator[Restore]:
    for name in ("path", "argv", "meta_path", "path_hooks"):
        entries: list[Any] = getattr(sys, name)
        yield partial(_refill, name, entries, list(entries))


def _refill(name: str, entries: list[Any], content: list[Any]) -> None:
    entries[:] = content
    setattr(sys, name, entries)


def _streams() -> Iterator[Restore]:
    for name in ("stdin", "stdout", "stderr", "excepthook", "displayhook"):
        yield partial(setattr, sys, name, getattr(sys, name))


def _interpreter() -> Iterator[Restore]:
    yield partial(sys.setrecursionlimit, sys.getrecursionlimit())
    yield partial(sys.setswitchinterval, sys.getswitchinterval())
    yield gc.enable if gc.isenabled() else gc.disable
    yield partial(locale.setlocale, locale.LC_ALL, locale.setlocale(locale.LC_ALL))


def _numbers() -> Iterator[Restore]:
    yield partial(random.setstate, random.getstate())
    generator = get_bit_generator()
    yield partial(np.random.set_state, np.random.get_state())
    yield partial(set_bit_generator, generator)
    yield partial(np.setbufsize, np.getbufsize())
    yield partial(np.seterrcall, np.geterrcall())
    yield partial(_errors, np.geterr())
    yield partial(_print_options, np.get_printoptions())


def _errors(settings: Any) -> None:
    np.seterr(**settings)


def _print_options(options: Any) -> None:
    np.set_printoptions(**options)


def _signals() -> Iterator[Restore]:
    # Python lets the main thread alone say what a signal does.
    if threading.current_thread() is not threading.main_thread():
        return
    if hasattr(signal, "pthread_sigmask"):
        yield partial(signal.pthread_sigmask, signal.SIG_SETMASK, signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        if handler is not None:
            yield partial(_handle, number, handler)
    if hasattr(signal, "setitimer"):
        for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
            yield partial(signal.setitimer, timer, *signal.getitimer(timer))


def _handle(number: int, handler: Any) -> None:
    if signal.getsignal(number) is not handler:
        signal.signal(number, handler)


# Each notes the state of what its name says, and yields what puts it back.
SAVERS: tuple[Callable[[], Iterator[Restore]], ...] = (
    _folder_and_environment,
    _import_settings,
    _streams,
    _interpreter,
    _numbers,
    _signals,
)
