"""`pytest --convcheck`, in a process of its own: what it collects, and that it costs nothing until asked for.

Covers cli/pytest_plugin.py, cli/pytest_items.py and cli/pytest_configuration.py.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from convcheck.cli.pytest_configuration import Configuration
from convcheck.layers.catalogue import FORMS
from convcheck.spec.reader import read_text
from tests.cli.calling import clean_environment
from tests.cli.conftest import OWN, RELU, SEVERAL, WRONG

# The tests of this repository run with options of their own; these are told to look at nothing but their folder.
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", "pytest.ini"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "good.yaml").write_text(RELU)
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    ran = subprocess.run(
        [*PYTEST, *arguments], cwd=folder, env=clean_environment({"CI": "1", **variables}),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    return ran.returncode, ran.stdout


def test_each_check_is_a_test(folder: Path) -> None:
    configs = folder / "configs"
    (configs / "bracket.yaml").write_text("layer: relu\nmatrix: {shape: [[2], [3]]}\n")
    (configs / "expected.yml").write_text(WRONG + "expect: fail\n")
    (configs / "invalid.yaml").write_text("layer: relu\nshape: [2]\nsede: 3\n")
    (configs / "own.yaml").write_text(RELU + "implementation: {file: ../layers.py}\n")
    (configs / "several.yaml").write_text(SEVERAL)
    (configs / "wrong.yaml").write_text(WRONG)
    (folder / "layers.py").write_text("open('imported', 'w').close()\n" + OWN)
    code, out = run(folder, "--convcheck", "configs", "-v", "--continue-on-collection-errors")
    assert code == 1
    told = [line.rpartition(" [")[0].strip() for line in out.splitlines() if line.startswith("configs/")]
    assert [line for line in told if line] == [
        "configs/bracket.yaml::relu[shape=2] PASSED",
        "configs/bracket.yaml::relu[shape=3] PASSED",
        "configs/expected.yml::spatial_batchnorm PASSED",
        "configs/good.yaml::relu PASSED",
        "configs/own.yaml::relu FAILED",
        "configs/several.yaml::small PASSED",
        "configs/several.yaml::small wide PASSED",
        "configs/several.yaml::Other PASSED",
        "configs/wrong.yaml::spatial_batchnorm FAILED",
    ]
    # A mistake is said as the command says it.
    assert 'configs/invalid.yaml:3:1: unknown key "sede" for relu' in out
    assert "hint: did you mean seed?" in out
    # So is a failure, but for the time that it took.
    ran = subprocess.run(
        [sys.executable, "-m", "convcheck", "run", "configs/wrong.yaml"],
        cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    concluded, block, *_ = ran.stdout.split("\n\n")
    block = block.splitlines()
    assert block[0] == "fail  configs/wrong.yaml::spatial_batchnorm"
    assert "channels and places are mixed" in concluded
    assert "\n  x is reshaped to (N·H·W, C) without moving" in out.partition("= conclusions =")[2]
    assert [line for line in block if line not in out and "forward evaluations" not in line] == []
    assert "convcheck run configs/wrong.yaml -k spatial_batchnorm" in out
    assert "Traceback" not in out
    # The short summary, which shows one line, says what was found.
    assert "wrong.yaml::spatial_batchnorm - Failed: x is reshaped to (N·H·W, C) without moving" in out
    # Code that a spec names runs when somebody says so.
    assert "only with --trust (--trust is --convcheck-trust here)" in out
    assert not (folder / "imported").exists()


def test_one_by_its_id(folder: Path) -> None:
    (folder / "configs" / "bracket.yaml").write_text("layer: relu\nmatrix: {shape: [[2], [3]]}\n")
    code, out = run(folder, "--convcheck", "configs/bracket.yaml::relu[shape=3]", "--collect-only", "-q")
    assert code == 0
    assert out.splitlines()[0] == "configs/bracket.yaml::relu[shape=3]"
    assert "1 test collected" in out


def test_code_that_is_trusted(folder: Path) -> None:
    (folder / "configs" / "own.yaml").write_text(
        "defaults: {layer: relu, shape: [2, 3]}\nchecks:\n"
        "  - {name: right, implementation: {file: ../right.py}}\n"
        "  - {name: wrong, implementation: {file: ../wrong.py}}\n"
    )
    (folder / "right.py").write_text(OWN)
    (folder / "wrong.py").write_text(OWN.replace("(cache > 0)", "(cache > 1)"))
    code, out = run(folder, "--convcheck", "--convcheck-trust", "configs/own.yaml")
    assert code == 1
    assert "1 failed, 1 passed" in out
    assert "convcheck run configs/own.yaml -k 'wrong[implementation=../wrong.py]' --trust" in out


def test_it_collects_and_imports_nothing_until_asked(folder: Path) -> None:
    (folder / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    heavy = {'numpy', 'yaml', 'rich', 'click', 'convcheck.spec.reader'}\n"
        "    print('imported:', sorted(heavy & set(sys.modules)), 'convcheck.cli.pytest_plugin' in sys.modules)\n"
    )
    (folder / "test_it.py").write_text("def test_it():\n    pass\n")
    code, out = run(folder, "-s")
    assert code == 0
    assert "1 passed" in out
    assert "imported: [] True" in out
    code, out = run(folder, "-s", "--convcheck", "configs")
    assert "imported: ['click', 'convcheck.spec.reader', 'numpy', 'rich', 'yaml'] True" in out


def test_it_is_told_what_the_command_is_told(folder: Path) -> None:
    (folder / "configs" / "several.yaml").write_text(SEVERAL)
    (folder / "configs" / "wrong.yaml").write_text(WRONG)
    (folder / "wrong.py").write_text(OWN.replace("(cache > 0)", "(cache > 1)"))
    # Of code of one's own, checks of other layers are left out.
    code, out = run(folder, "--convcheck", "configs", CONVCHECK_IMPL="wrong.py", CONVCHECK_SEED="5")
    assert code == 1
    assert "4 failed, 1 skipped" in out
    assert "convcheck run configs/good.yaml -k relu --impl wrong.py:relu_forward,relu_backward --seed 5" in out
    (folder / "pyproject.toml").write_text("[tool.convcheck]\ndtype = 'float32'\nk = 'several.yaml'\n")
    code, out = run(folder, "--convcheck", "configs", CONVCHECK_SHARD="2/2", CONVCHECK_MAX_MEMORY="1GB")
    assert code == 0
    assert "1 passed, 4 deselected" in out
    code, out = run(folder, "--convcheck", "configs", CONVCHECK_IMPL="vectorized")
    assert code == 0
    assert "3 passed, 2 deselected" in out
    # What does not fit a check is a failure of that check alone.
    (folder / "pyproject.toml").unlink()
    code, out = run(folder, "--convcheck", "configs", CONVCHECK_IMPL="reshape_without_swap")
    assert code == 1
    assert "5 failed" in out
    assert 'relu has no implementation "reshape_without_swap": it has naive and vectorized' in out
    # A word that was renamed is told once, and warnings that are errors are none of its business.
    for name in ("old", "older"):
        (folder / "configs" / f"{name}.yaml").write_text(RELU + "scheme: groups\n")
    code, out = run(folder, "--convcheck", "configs/old.yaml", "configs/older.yaml", CONVCHECK_SCHEME="probe")
    assert code == 0
    assert out.count("configs/old.yaml:3:9: scheme groups is called entries now") == out.count("is called entries") == 1
    assert out.count("convcheck: CONVCHECK_SCHEME: scheme probe is called auto now") == 1


@pytest.mark.parametrize(
    ("variables", "toml", "message"),
    [
        ({"CONVCHECK_SEED": "x"}, "", "'--seed': expected a whole number of at least 0"),
        ({"CONVCHECK_IMPL": "naiv"}, "", "no layer has an implementation called 'naiv'"),
        ({}, "[tool.convcheck]\nsede = 3\n", "pyproject.toml:2: unknown key 'sede'; did you mean seed?"),
        ({}, "[tool.convcheck\nseed = 3\n", "pyproject.toml:1: it is not TOML"),
    ],
)
def test_a_mistake_in_what_it_is_told_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], toml: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "pyproject.toml").write_text(toml)
    with pytest.raises(pytest.UsageError, match=r"^convcheck: ") as refused:
        Configuration(Asked())
    assert message in str(refused.value)


def test_a_key_that_selects_nothing_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONVCHECK_K", "smal gone")
    checks = list(read_text(SEVERAL, "a.yaml", FORMS).checks)
    with pytest.raises(pytest.UsageError, match="convcheck: -k 'gone' matches none of 3 checks"):
        Configuration(Asked()).selected(checks)
    # Where there are no spec files among the tests, nothing is missing.
    assert Configuration(Asked()).selected([]) == []


def test_trust_is_given_by_the_option_or_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Configuration(Asked()).options["trust"] is False
    assert Configuration(Asked(trust=True)).options["trust"] is True
    monkeypatch.setenv("CONVCHECK_TRUST", "1")
    assert Configuration(Asked()).options["trust"] is True


class Asked(pytest.Config):
    """pytest's configuration, as far as it is asked."""

    def __init__(self, *, trust: bool = False) -> None:
        self._trust = trust

    def getoption(self, name: str, *_: object) -> bool:
        return self._trust and name == "convcheck_trust"

    def add_cleanup(self, func: object) -> None:
        pass


LAYERS = OWN + (
    "def tanh_forward(x):\n    import numpy as np\n    out = np.tanh(x)\n    return out, out\n"
    "def tanh_backward(dout, out):\n    return dout * (1 - out)\n"
    "def swoosh_forward(x):\n    return x * x, x\n"
    "def swoosh_backward(dout, x):\n    return dout * 2 * x\n"
)


def test_the_suites_of_the_code_that_is_named_are_tests_beside_the_others(folder: Path) -> None:
    (folder / "layers.py").write_text(LAYERS)
    (folder / "test_it.py").write_text("def test_it():\n    pass\n")
    code, out = run(folder, "--convcheck-impl", "layers.py", "-v")
    assert code == 1
    assert "test_it.py::test_it PASSED" in out
    assert "layers.py::relu_forward,relu_backward::one_number" in out
    assert "layers.py::tanh_forward,tanh_backward::" in out
    # The same is said as on the command line: why, its mend, the command, and what was seen and not checked.
    concluded = out.partition("= conclusions =")[2]
    assert "tanh_forward,tanh_backward  tanh  wrong: dx" in concluded
    assert "mend: " in concluded
    assert "--impl layers.py:tanh_forward,tanh_backward" in concluded
    assert "no layer is called swoosh" in concluded
    code, out = run(folder, "--convcheck-impl", "layers.py:relu_forward,relu_backward", "-q", "-k", "not test_it")
    assert code == 0
    assert "1 deselected" in out
    assert "Not checked" not in out


def test_with_specs_the_code_that_is_named_is_run_by_them(folder: Path) -> None:
    (folder / "layers.py").write_text(OWN.replace("(cache > 0)", "(cache > 1)"))
    code, out = run(folder, "--convcheck", "--convcheck-impl", "layers.py", "configs", "-v")
    assert code == 1
    told = [line.split(" [")[0].strip() for line in out.splitlines() if line.startswith("configs/")]
    assert [line for line in told if line] == ["configs/good.yaml::relu FAILED"]
    assert "convcheck run configs/good.yaml -k relu --impl layers.py:relu_forward,relu_backward" in out


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("layres.py", "there is no such file; did you mean"),
        ("layers.py:rleu_forward,relu_backward", "did you mean relu_forward?"),
        ("naive", "expected FILE.py or FILE.py:NAMES"),
    ],
)
def test_what_is_named_and_cannot_be_checked_is_wrong_usage(folder: Path, named: str, said: str) -> None:
    (folder / "layers.py").write_text(LAYERS)
    code, out = run(folder, "--convcheck-impl", named, "-q")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert out.count(said) == 1
    assert "Traceback" not in out
