"""`convcheck list`, `layers`, `init`, `schema`, and the help of each."""

import json
from pathlib import Path

import jsonschema
import pytest

from convcheck import __version__
from convcheck.cli.exits import MEANINGS, Exit, exit_code
from convcheck.cli.main import COMMANDS
from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import declared
from tests.cli.calling import Caller, process


def test_list_says_what_a_run_would_do(call: Caller, several: Path) -> None:
    called = call("list", "several.yaml")
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0].split("  ")[0] == "output"
    assert [line.split(maxsplit=2)[0] for line in lines[1:4]] == ["2×3"] * 3
    assert lines[2].endswith("several.yaml::small wide")
    document = json.loads(call("list", "several.yaml", "-k", "other", "--format", "json").out)
    ran = json.loads(call("run", "several.yaml", "-k", "other", "--format", "json").out)["checks"][0]
    for key in ("id", "file", "line", "layer", "output_shape", "forward_evaluations"):
        assert document["checks"][0][key] == ran[key], key


def test_list_goes_on_beside_an_invalid_spec(call: Caller, good: Path, invalid: Path) -> None:
    called = call("list", good, invalid)
    assert called.code == 2
    assert "good.yaml::relu" in called.out
    assert call("list", good, "-k", "zzz").code == 5
    assert call("list").code == 2


def test_layers_names_them_all(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        words = " ".join(call("layers").out.split())
        for name, layer in LAYERS.items():
            assert name in words
            assert layer.summary in words


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_in_full(call: Caller, name: str) -> None:
    out = call("layers", name).out
    layer = LAYERS[name]
    for field, declaration in declared(layer.sizes).items():
        assert f"\n  {field} " in out
        assert declaration.meaning in out
    for variant in layer.variants.values():
        assert variant.summary in out
    for equation in layer.equations.values():
        assert equation in out
    assert out.count("known bad") == sum(variant.known_bad for variant in layer.variants.values())


@pytest.mark.parametrize("command", ["layers", "init"])
def test_an_unknown_layer(call: Caller, command: str) -> None:
    called = call(command, "conv2d")
    assert called.code == 2
    assert "no layer is called 'conv2d'; did you mean conv?" in called.err
    assert "there are conv, max_pool" in call(command, "qqq").err


@pytest.mark.parametrize("name", LAYERS)
def test_what_init_writes_runs_and_passes(call: Caller, tmp_path: Path, name: str) -> None:
    assert call("init", name, "-o", "new.yaml").code == 0
    text = (tmp_path / "new.yaml").read_text("utf-8")
    assert call("init", name).out == text
    for field, declaration in declared(LAYERS[name].sizes).items():
        assert f"{field}: " in text
        assert declaration.meaning in text
    assert call("run", "new.yaml").code == 0


@pytest.mark.parametrize("name", LAYERS)
def test_every_comment_of_init_may_be_let_in(call: Caller, tmp_path: Path, name: str) -> None:
    """Each commented key by itself, without its `# `."""
    lines = call("init", name).out.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("# ") or line.endswith(":") or ": " not in line.split("  #")[0] or number < 3:
            continue
        if line.startswith("# shape"):
            text = "\n".join(["layer: relu", line[2:]])
        else:
            text = "\n".join([*lines[:number], line[2:], *lines[number + 1 :]])
        (tmp_path / "let_in.yaml").write_text(text, "utf-8")
        called = call("run", "let_in.yaml", "--impl", "vectorized")
        assert called.code == 0, (line, called.err)


def test_init_is_conv_unless_told(call: Caller) -> None:
    assert call("init").out == call("init", "conv").out


def test_init_does_not_overwrite(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious")
    called = call("init", "-o", "mine.yaml")
    assert called.code == 2
    assert "'mine.yaml' exists; --force replaces it" in called.err
    assert (tmp_path / "mine.yaml").read_text() == "precious"
    assert call("init", "-o", "mine.yaml", "--force").code == 0
    assert call("init", "-o", "nowhere/mine.yaml").code == 2


def test_schemas(call: Caller) -> None:
    for options in ([], ["--report"]):
        jsonschema.Draft7Validator.check_schema(json.loads(call("schema", *options).out))
    assert "schema" in json.loads(call("schema", "--report").out)["properties"]


def test_version(call: Caller) -> None:
    assert call("--version").out == f"convcheck {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(call: Caller, command: str) -> None:
    called = call(command, "--help")
    assert called.code == 0
    assert f"\n    convcheck {command}" in called.out
    assert f"  {command} " in call("--help").out


def test_run_help_tells_the_exit_codes(call: Caller) -> None:
    words = " ".join(call("run", "--help").out.split())
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in words


def test_without_a_command(call: Caller) -> None:
    called = call()
    assert called.code == 2
    assert "Usage: convcheck" in called.err
    assert call("chekc").code == 2


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        ({}, Exit.PASSED),
        ({"all_passed": False}, Exit.FAILED),
        ({"all_passed": False, "invalid": True}, Exit.USAGE),
        ({"checks": 0}, Exit.NOTHING),
        ({"checks": 0, "invalid": True}, Exit.USAGE),
        ({"interrupted": True, "all_passed": False, "invalid": True}, Exit.INTERRUPTED),
        ({"fault": True, "interrupted": True}, Exit.FAULT),
    ],
)
def test_the_gravest_decides_the_exit_code(happened: dict[str, bool | int], code: Exit) -> None:
    usual = {"all_passed": True, "checks": 1, "invalid": False, "interrupted": False, "fault": False}
    assert exit_code(**{**usual, **happened}) is code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("runn", "did you mean run?"),
        ("conv.yaml", "did you mean convcheck run conv.yaml?"),
        ("a b.yml", "did you mean convcheck run 'a b.yml'?"),
        ("zzz", "there are run, list, layers, suite, init, schema"),
    ],
)
def test_a_word_that_is_no_command(call: Caller, word: str, hint: str) -> None:
    called = call(word)
    assert called.code == 2
    assert f"no command is called {word!r}; {hint}" in called.err


def test_init_writes_no_question_marks_on_an_ascii_stream() -> None:
    written = process("init", "conv", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert "H1 x W1" in written
    assert "?" not in written


def test_the_module_is_the_command() -> None:
    assert process("--version").stdout == f"convcheck {__version__}\n"


def test_shells_are_told_how_to_complete() -> None:
    ran = process(env={"_CONVCHECK_COMPLETE": "bash_source"})
    assert ran.returncode == 0
    assert "_CONVCHECK_COMPLETE=bash_complete" in ran.stdout
