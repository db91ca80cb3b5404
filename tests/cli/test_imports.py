"""What a command does not need it does not import."""

import subprocess
import sys
from pathlib import Path

import pytest

from convcheck.layers.catalogue import NAMES, folder_of
from tests.cli.calling import clean_environment

PROBE = """\
import sys
from convcheck.__main__ import main
sys.argv = ["convcheck", *sys.argv[1:]]
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=clean_environment(), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(ran.stderr.split())


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["run", "--help"], ["list", "--help"], ["suite", "--help"]]
)
def test_help_and_version_import_neither_numpy_nor_yaml_nor_rich(arguments: list[str]) -> None:
    assert not imported(*arguments) & {"numpy", "yaml", "rich", "pebble"}


def test_what_is_built_in_does_without_pebble() -> None:
    assert "pebble" not in imported("run", "configs/relu.yaml", "--format", "json")


def test_a_layer_that_is_linear_and_right_does_without_what_others_need() -> None:
    seldom = {
        "numpy.random",
        "convcheck.numeric.ridders",
        "convcheck.checking.gradients.directions",
        "convcheck.implementations.errors.line",
    }
    assert not imported("run", "configs/conv.yaml", "-k", "conv.yaml::conv") & seldom


def test_to_look_a_name_up_takes_the_words_of_the_layers_alone(tmp_path: Path) -> None:
    """Where code runs in this process: a worker imports all that a check may need before any code of somebody's own."""
    file = tmp_path / "code.py"
    file.write_text("def relu_forward(x):\n    return x, x\n\ndef relu_backward(dout, cache):\n    return dout\n")
    seen = imported("run", "--no-isolation", "--list-impl", str(file))
    assert [name for name in NAMES if f"convcheck.layers.{folder_of(name)}.layer" in seen] == ["relu"]
    assert f"convcheck.layers.{folder_of(NAMES[-1])}.words" in seen


def test_the_probe_would_see_them() -> None:
    assert {"numpy", "rich"} <= imported("layers")
    assert "yaml" in imported("list", "configs/conv.yaml", "--format", "json")


def test_json_does_without_rich() -> None:
    assert "rich" not in imported("list", "configs/conv.yaml", "--format", "json")


def test_linear_algebra_keeps_to_one_thread_unless_told() -> None:
    probe = "from convcheck.cli.startup import *; limit_threads(); print(*map(os.environ.get, THREAD_VARIABLES))"
    env = {
        name: value
        for name, value in clean_environment({"OMP_NUM_THREADS": "3"}).items()
        if name != "OPENBLAS_NUM_THREADS"
    }
    ran = subprocess.run([sys.executable, "-c", probe], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split()[:2] == ["1", "3"]
