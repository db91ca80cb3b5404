"""Code under test that does one thing when it is given one shape, and is right for every other."""

import os
import time

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source
from convcheck.layers.catalogue import FORMS
from convcheck.running.worker import leftovers
from convcheck.spec.reader import read_mapping

LAYERS = """\
import ctypes, gc, os, random, signal, subprocess, sys, threading, time, warnings; import numpy as np
def at_its_worst(x):
    # The statement under test is on the next line.
    {text}
def relu_forward(x):
    if x.shape == (2, 3): at_its_worst(x)
    return np.maximum(0, x), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
class Base(BaseException): pass
class Unspeakable(Exception):
    def __str__(self): raise ValueError
class Unpicklable(Exception): pass
KEPT = []
"""
FOUND = Found("relu", ("relu_forward", "relu_backward"), 5, "")
SETTINGS = Settings()


def relu(*shape):
    return read_mapping({"layer": "relu", "shape": list(shape)}, FORMS, max_memory=2**30).checks[0]


GOOD, BAD, OTHER = relu(4, 5), relu(2, 3), relu(3, 7)


def source(folder, text="pass"):
    path = folder / "layers.py"
    path.write_text(LAYERS.format(text=text))
    return Source(str(path))


def timeless(ran):
    return ran.result._replace(seconds=0.0)


def left_behind():
    """Processes that a worker of this very process started, and the worker; after a moment to go, if there are any."""
    for _ in range(40):
        left = leftovers.marked(f"{os.getpid()}-")
        if not left:
            return []
        time.sleep(0.05)
    return left
