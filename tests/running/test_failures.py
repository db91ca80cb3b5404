"""What is said of code that did not return, and the line that it was at."""

import signal

import pytest

from convcheck.running.failures import location_in_dump, not_plain, out_of_memory, process_ended, timed_out
from convcheck.running.message import ENDED_WITH_ZERO

DUMP = """\
Fatal Python error: Segmentation fault

Current thread 0x00007f01 (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 517 in string_at
  File "/home/me/layers.py", line 4 in forward
  File "/home/me/layers.py", line 9 in outer

Thread 0x00007f02 (most recent call first):
  File "/home/me/other.py", line 1 in waiting
"""


def test_the_line_is_that_of_the_thread_that_crashed_and_of_no_library():
    dump = DUMP.replace("/usr/lib/python3.11/ctypes/__init__.py", signal.__file__)
    assert location_in_dump(dump.encode()) == " (line 4 of layers.py, in forward)"


def test_of_threads_that_were_merely_running_the_main_one_is_the_last():
    dump = DUMP.replace("Current thread", "Thread")
    assert location_in_dump(dump.encode()) == " (line 1 of other.py, in waiting)"


@pytest.mark.parametrize("dump", [b"", b"\xff\xfe", f'Thread 0x1:\n  File "{signal.__file__}", line 1 in f\n'.encode()])
def test_where_there_is_no_line_nothing_is_said(dump):
    assert location_in_dump(dump) == ""


@pytest.mark.parametrize(
    ("exitcode", "code", "said"),
    [
        (3, "exited", "with exit code 3"),
        (ENDED_WITH_ZERO, "exited", "with exit code 0"),
        (-signal.SIGSEGV, "crashed", "SIGSEGV (segmentation fault) (line 4 of layers.py, in forward)"),
        (-signal.SIGTERM, "crashed", "SIGTERM (line"),
        (-250, "crashed", "signal 250 (line"),
    ],
)
def test_a_process_that_ended_is_told_from_one_that_crashed(exitcode, code, said):
    failure = process_ended(exitcode, " (line 4 of layers.py, in forward)")
    assert failure.code == code
    assert said in failure.message
    assert "--no-isolation" in failure.hint


def test_each_failure_says_what_to_do():
    assert "finished after 1.5 s and was stopped here" in timed_out(1.5, " here").message
    assert "--timeout SECONDS" in timed_out(1.5, "").hint
    assert "more than the 2.0 GiB that a check may have" in out_of_memory(2 * 2**30).message
    assert "all the memory there is" in out_of_memory(None).message
    assert not_plain("a Tensor").message.endswith("cannot be carried over: a Tensor")
