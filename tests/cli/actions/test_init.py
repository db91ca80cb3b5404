"""`convcheck init`: a spec that runs as it is, with the line by which an editor finds the schema; or an adapter.

Covers cli/commands/init.py.
"""

import re
from pathlib import Path

import pytest

from convcheck.layers.catalogue import FORMS, LAYERS
from convcheck.spec.fields import declared
from convcheck.spec.reader import read_text
from tests.cli.calling import Caller, process


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
    """Each commented key by itself, without its `# `; run where the layer is one that others are like."""
    lines = call("init", name).out.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("# ") or line.endswith(":") or ": " not in line.split("  #")[0] or number < 3:
            continue
        if line.startswith("# shape"):
            text = "\n".join(["layer: relu", line[2:]])
        else:
            text = "\n".join([*lines[:number], line[2:], *lines[number + 1 :]])
        reading = read_text(text, "let_in.yaml", FORMS)
        assert (len(reading.checks), reading.errors) == (1, ()), line
        if name in ("conv", "batchnorm", "gelu"):
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


def test_init_writes_no_question_marks_on_an_ascii_stream() -> None:
    written = process("init", "conv", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert "H1 x W1" in written
    assert "?" not in written


@pytest.mark.parametrize(
    ("written", "output", "options", "place"),
    [
        (None, "new.yaml", [], "convcheck.schema.json"),
        (None, None, [], "convcheck.schema.json"),
        ("convcheck.schema.json", "sub/new.yaml", [], "../convcheck.schema.json"),
        ("sub/convcheck.schema.json", "sub/new.yaml", [], "convcheck.schema.json"),
        ("../convcheck.schema.json", "new.yaml", [], "convcheck.schema.json"),
        (None, "sub/new.yaml", ["--schema", "my specs.json"], "../my%20specs.json"),
        (None, None, ["--schema", "https://example.org/s.json"], "https://example.org/s.json"),
    ],
)
def test_the_spec_says_where_it_is(
    call: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str | None,
    output: str | None,
    options: list[str],
    place: str,
) -> None:
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    (root / "sub").mkdir()
    monkeypatch.chdir(root)
    if written:
        Path(written).write_text(call("schema").out)
    called = call("init", "relu", *(["-o", output] if output else []), *options)
    assert (called.code, called.err) == (0, "")
    text = Path(output).read_text("utf-8") if output else called.out
    # As the language server reads it.
    found = re.search(r"^#\s+yaml-language-server\s*:.*\$schema=(\S+)", text.splitlines()[0])
    assert found is not None
    assert found[1] == place
    if written and output and written != "../convcheck.schema.json":
        assert (Path(output).parent / place).is_file()


def test_a_first_adapter_runs_as_it_is(call: Caller, own: Path, good: Path) -> None:
    assert call("init", "--impl", own.name, "-o", "adapter.py").code == 0
    assert call("run", good.name, "--impl", "adapter.py", "--no-isolation").code == 0
    assert "'adapter.py' exists; --force replaces it" in call("init", "--impl", own.name, "-o", "adapter.py").err
    again = call("init", "--impl", "adapter.py")
    assert again.code == 2
    assert "adapter.py is an adapter already; check it: convcheck run --impl adapter.py" in again.err


def test_an_adapter_takes_no_place_of_the_code_that_it_is_for(call: Caller, own: Path) -> None:
    before = own.read_text()
    assert "'layers.py' is read in this run" in call("init", "--impl", own.name, "-o", own.name, "--force").err
    assert own.read_text() == before


def test_a_first_text_for_code_that_no_guess_can_call(call: Caller, own: Path) -> None:
    own.write_text(
        "def conv_forward(x, w, b, stride, pad):\n    N, H, W, C = x.shape\n"
        "def conv_backward(dout, cache):\n    return dout\n"
    )
    called = call("init", "conv", "--impl", "layers.py:conv_forward,conv_backward")
    assert called.code == 0
    assert "layers.py" not in called.out.partition("# Found: ")[0]
    assert "# Found: conv_forward takes images as (N, H, W, C): line 2 calls the axes of x N, H, W, C" in called.out
    assert "convcheck init" not in called.out
    assert "mend the text for that" in called.err
    assert call("init", "conv", "--impl", "layers.py:nosuch").code == 2


def test_an_adapter_for_names_that_say_nothing(call: Caller, own: Path) -> None:
    own.write_text(own.read_text().replace("relu_forward", "f").replace("relu_backward", "g"))
    called = call("init", "relu", "--impl", "layers.py:f,g")
    assert called.code == 0
    assert "from layers import f, g" in called.out
    unsaid = call("init", "--impl", "layers.py:f,g")
    assert unsaid.code == 2
    assert "name the layer: convcheck init LAYER --impl layers.py:f,g" in unsaid.err
    assert "expected FILE.py or package.module, received 'naive'" in call("init", "--impl", "naive").err
