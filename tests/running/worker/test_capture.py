"""What code under test prints is caught, whatever it prints with, and reaches nobody's standard output."""

import pytest

from convcheck.running.worker.capture import OUTPUT_LIMIT
from convcheck.running.worker.isolation import Isolation
from tests.running.code import BAD, FOUND, GOOD, SETTINGS, source

PRINTS = {
    "print('out'); print('err', file=sys.stderr)": "out\nerr\n",
    "os.write(1, b'raw')": "raw",
    "ctypes.CDLL(None).puts(b'from C')": "from C\n",
    "os.system('echo from a shell')": "from a shell\n",
    "print('no end of line', end=''); os._exit(1)": "no end of line",
    "os.write(1, b'\\xff')": "\ufffd",
    "print('last words'); ctypes.string_at(0)": "last words\n",
}


@pytest.mark.parametrize("text", PRINTS)
def test_it_is_caught(text, tmp_path, capfd):
    code = source(tmp_path, f"if not KEPT: KEPT.append(1); {text}")
    with Isolation(timeout=20.0) as isolation:
        ran = isolation.run(BAD, code, FOUND, SETTINGS)
        after = isolation.run(GOOD, code, FOUND, SETTINGS)
    assert ran.output == PRINTS[text]
    assert after.output == ""
    assert capfd.readouterr() == ("", "")


def test_more_than_anybody_reads_is_cut(tmp_path):
    code = source(tmp_path, "if not KEPT: KEPT.append(print('x' * 10_000_000))")
    with Isolation(timeout=20.0) as isolation:
        output = isolation.run(BAD, code, FOUND, SETTINGS).output
    assert output == f"{'x' * OUTPUT_LIMIT}\n[… what was printed after these 65,536 bytes is not shown]\n"
