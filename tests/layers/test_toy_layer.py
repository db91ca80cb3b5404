"""A layer is one folder and one line: a toy is added to a copy of the package, and goes through every door.

`toy/scale_norm/` is the folder, written by the recipe of CONTRIBUTING; `toy/code/` has right code of other people's for
it, in every style; here a line of it is changed to make it wrong. All is run by the real command, in processes of its
own, forked from one that has imported the copy; one style of code is run in workers, the others without.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
import yaml

import convcheck
from tests.cli.calling import clean_environment

TOY = Path(__file__).parent / "toy"
CODE = TOY / "code"
NAME = "scale_norm"
END = ")\nMISTAKES"
SPEC = f"layer: {NAME}\nN: 3\nD: 5\n"
# Runs commands, each in a process forked from this one, and writes the exit code of each.
COMMANDS = """
import json, os, sys
import convcheck.checking.run_source, convcheck.cli.actions.run, convcheck.diagnosis.conclude
import convcheck.implementations.open, convcheck.running.no_isolation
from convcheck.__main__ import main
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        asked = json.loads(line)
        os.chdir(asked["folder"])
        os.environ.update(asked["env"])
        for descriptor, mode in enumerate((os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)):
            os.dup2(os.open(asked["streams"][descriptor], mode), descriptor)
        sys.argv[1:] = asked["arguments"]
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def copy_of_the_package(folder: Path, line: str) -> Path:
    """The package with the toy's folder in it, and `line` in its catalogue."""
    package = folder / "convcheck"
    shutil.copytree(Path(convcheck.__file__).parent, package)
    shutil.copytree(TOY / NAME, package / "layers" / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = package / "layers" / "catalogue.py"
    text = catalogue.read_text()
    assert text.count(END) == 1
    catalogue.write_text(text.replace(END, line + END))
    return folder


@contextmanager
def commands_of(home: Path) -> Iterator[subprocess.Popen[str]]:
    """What runs the commands of the copy that is at `home`."""
    environment = clean_environment({"PYTHONPATH": str(home)})
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", COMMANDS], cwd=home, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as started:
        yield started


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Where the copy with the toy is."""
    return copy_of_the_package(tmp_path_factory.mktemp("with_the_toy"), f'    "{NAME}",\n')


@pytest.fixture(scope="session")
def commands(home):
    with commands_of(home) as started:
        yield started


class Door:
    """`door("layers")`: the real command of the copy, in a temporary folder of the test's."""

    def __init__(self, commands: subprocess.Popen[str], folder: Path) -> None:
        self.commands, self.folder = commands, folder

    def _called(self, arguments: tuple[object, ...], code: int, env: dict[str, str]) -> tuple[str, str]:
        streams = [self.folder / name for name in ("out.txt", "err.txt")]
        for stream in streams:
            stream.write_text("")
        asked = {
            "folder": str(self.folder), "env": env, "arguments": [*map(str, arguments)],
            "streams": [os.devnull, *map(str, streams)],
        }  # fmt: skip
        self.commands.stdin.write(json.dumps(asked) + "\n")
        self.commands.stdin.flush()
        returned = int(self.commands.stdout.readline())
        out, err = (stream.read_text() for stream in streams)
        assert returned == code, out + err
        assert "Traceback" not in err
        return out, err

    def __call__(self, *arguments: object, code: int = 0, env: dict[str, str] | None = None) -> str:
        """What it wrote on both streams; `code` is the exit code that it must have."""
        return "".join(self._called(arguments, code, env or {}))

    def json(self, *arguments: object, code: int = 0, workers: bool = False) -> dict:
        """The report of a run, in worker processes or in its own."""
        where = () if workers else ("--no-isolation",)
        return json.loads(self._called(("run", *arguments, "--format=json", *where), code, {})[0])

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def own(self, name: str, old: str = "", new: str = "") -> str:
        """A copy of the code beside this file, with one change."""
        text = (CODE / name).read_text()
        assert text.count(old) == 1 or not old
        self.write(name, text.replace(old, new) if old else text)
        return name


@pytest.fixture
def door(commands, tmp_path):
    return Door(commands, tmp_path)


def wrong_tensors(check: dict) -> list[str]:
    return [tensor["name"] for tensor in check["tensors"] if tensor["verdict"] == "wrong"]


class Style(NamedTuple):
    """A way to write the layer: its file, and one change that makes the tensor `wrong` wrong.

    `changed` is the file that the change is made in, where that is another.
    """

    file: str
    old: str
    new: str
    wrong: str
    changed: str = ""


STYLES = {
    "functions with a dictionary": Style("functions.py", "np.sum(dout * xhat", "np.mean(dout * xhat", "dgain"),
    "functions with a dictionary of another name": Style(
        "dictionary.py", "np.mean(dxhat * xhat", "np.mean(dout * xhat", "dx"
    ),
    "keywords": Style("keywords.py", "(gain * dY - ", "(gain * dY + ", "dx"),
    "the output alone": Style("output_alone.py", "np.sum(dout * xhat", "np.sum(scaled * xhat", "dgain"),
    "functions with an eps of their own": Style(
        "own_eps_functions.py", "np.mean(gain * dout * xhat", "np.mean(dout * xhat", "dx"
    ),
    "a class told sizes": Style("class_sizes.py", "(dout * self.xhat).sum", "dout.sum", "dgain"),
    "a class told weights": Style(
        "class_weights.py", "np.sum(grad * self.normed", "np.sum(scaled * self.normed", "dgain"
    ),
    "a class with an eps of its own": Style("own_eps_class.py", "(dxhat - self.xhat", "(dxhat + self.xhat", "dx"),
    "an adapter": Style("adapter.py", "(inner * normed).mean(0)", "(inner * normed).sum(0)", "dx", "columns.py"),
    "a torch Function": Style("torch_function.py", "(dout * xhat).sum(0)", "(dout * xhat).mean(0)", "dgain"),
    "a torch Module": Style("torch_module.py", "dr * x / r / x.shape[1]", "dr * x / r", "dx"),
}

IN_WORKERS = "a class told sizes"


def over(styles):
    marked = [pytest.param(style, marks=pytest.mark.torch if "torch" in style else ()) for style in styles]
    return pytest.mark.parametrize("style", marked)


def style_of(name):
    if "torch" in name:
        pytest.importorskip("torch")
    return STYLES[name]


# A wrong sum over the batch shows nothing where there is one row, nor a wrong mean over the columns where there is one.
HIDDEN = {
    "functions with a dictionary": {"one_row"},
    "a torch Function": {"one_row"},
    "an adapter": {"one_column"},
    "a torch Module": {"one_column"},
}


@over(STYLES)
def test_what_is_right_is_found_and_passes_the_suite(door, style):
    about = style_of(style)
    file = door.own(about.file)
    if about.changed:
        door.own(about.changed)
    report = door.json("--impl", file, workers="torch" in style or style == IN_WORKERS)
    checks = yaml.safe_load((TOY / NAME / "suite.yaml").read_text())["checks"]
    assert [check["status"] for check in report["checks"]] == ["pass"] * len(checks)


@over(STYLES)
def test_what_is_wrong_fails_and_the_tensor_is_named(door, style):
    about = style_of(style)
    door.own(about.file)
    door.own(about.changed or about.file, about.old, about.new)
    report = door.json("--impl", about.file, code=1, workers="torch" in style or style == IN_WORKERS)
    for check in report["checks"]:
        wrong = wrong_tensors(check)
        name = check["id"].partition("::")[2].partition("[")[0]
        hidden = name in HIDDEN.get(style, ())
        assert (check["status"], wrong) == (("pass", []) if hidden else ("fail", [about.wrong])), check["id"]


def test_the_reader(door):
    door.write("good.yaml", f"{SPEC}eps: 0.5\n---\nlayer: {NAME}\nmatrix: {{N: [1, 2], D: [3, 4]}}\n")
    assert door("list", "good.yaml").count(f"good.yaml::{NAME}") == 5
    door.write("bad.yaml", f"layer: scale_nrom\nN: 3\n---\nlayer: ScaleNormalization\n---\n{SPEC}epss: 1\n---\n"
                           f"layer: {NAME}\nN: 0\nbatch_size: 3\n")  # fmt: skip
    said = door("list", "bad.yaml", code=2)
    assert "bad.yaml:1:8: layer: expected conv" in said
    assert 'received the text "scale_nrom"' in said
    assert f'"ScaleNormalization"\n    layer: ScaleNormalization\n           ^\n    hint: did you mean {NAME}?' in said
    assert said.count(f"did you mean {NAME}?") == 2
    assert f'bad.yaml:9:1: unknown key "epss" for {NAME}\n    epss: 1\n    ^\n    hint: did you mean eps?' in said
    assert f"bad.yaml:11:1: missing key: {NAME} also needs D" in said
    assert "bad.yaml:12:4: N: expected a whole number of at least 1, received 0" in said
    assert said.endswith(
        'unknown key "batch_size" for scale_norm\n    batch_size: 3\n    ^\n    hint: did you mean N?\n'
    )


def test_the_schema(door):
    schema = json.loads(door("schema"))
    jsonschema.validate(yaml.safe_load(SPEC) | {"eps": 0.5}, schema)
    jsonschema.validate({"layer": NAME, "N": 1, "D": 2, "implementation": "vectorized"}, schema)
    for wrong in ({"eps": 0}, {"pad": 1}, {"D": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(SPEC) | wrong, schema)


def test_the_layers_on_the_page(door):
    summary = "every row divided by its root mean square, then every column by a gain"
    assert f"{NAME} {summary}" in " ".join(door("layers").split())
    said = " ".join(door("layers", NAME).split())
    assert said.startswith(f"{NAME}: {summary} Fields")
    assert "eps added to the mean square (number ≥ 1e-30; 1e-05 by default)" in said
    assert "vectorized all rows at once" in said
    assert "dgain Σ_n dout x̂" in said
    assert f"did you mean {NAME}?" in door("layers", "ScaleNorm", code=2)


def test_a_spec_to_start_from(door):
    text = door("init", NAME)
    assert f"layer: {NAME}" in text
    door.write("mine.yaml", text)
    assert "1 check: 1 pass" in door("run", "mine.yaml")
    assert f"did you mean {NAME}?" in door("init", "scalenorm", code=2)


@pytest.mark.parametrize("style", ["functions with a dictionary", "keywords", "a class told sizes"])
def test_the_adapter_that_init_writes(door, style):
    about = STYLES[style]
    file = door.own(about.file)
    door.write("adapter_of_mine.py", door("init", NAME, "--impl", file))
    assert "6 checks: 6 pass" in door("run", "--impl", "adapter_of_mine.py", "--no-isolation")
    door.own(about.file, about.old, about.new)
    report = door.json("--impl", "adapter_of_mine.py", code=1)
    assert {name for check in report["checks"] for name in wrong_tensors(check)} == {about.wrong}


@pytest.mark.parametrize("variant", ["naive", "vectorized"])
def test_the_built_in_variants_pass_the_suite_that_is_printed(door, variant):
    text = door("suite", NAME)
    assert text == (TOY / NAME / "suite.yaml").read_text()
    door.write("suite.yaml", text)
    assert "6 checks: 6 pass" in door("run", "suite.yaml", "--impl", variant)
    assert f"did you mean {NAME}?" in door("suite", "scale_nrm", code=2)


# One of each kind.
CALLED = {
    "functions with a dictionary": "scale_norm_forward(x, gain, param) → out, cache; "
    "scale_norm_backward(dout, cache) → dx, dgain",
    "a class told sizes": "ScaleNorm(dim, eps).forward(x), .backward(dout)",
    "an adapter": "forward(x, gain, eps), backward(dout, cache)",
    "a torch Function": "ScaleNormFunction.apply(x, gain, eps), torch.autograd.grad",
}


@over(CALLED)
def test_what_is_found_is_listed_with_how_it_is_called(door, style):
    about = style_of(style)
    file = door.own(about.file)
    if about.changed:
        door.own(about.changed)
    said = door("run", "--list-impl", file)
    assert f"  {NAME}  " in said
    assert f"  {CALLED[style]}\n" in said


def test_code_whose_names_say_nothing_is_named_with_a_spec(door):
    text = (CODE / "functions.py").read_text()
    door.write("mine.py", text.replace("scale_norm_forward", "there").replace("scale_norm_backward", "back"))
    door.write("spec.yaml", f"{SPEC}eps: 0.5\n")
    assert "--layer conv (or any that `convcheck layers` lists)" in door(
        "run", "--impl", "mine.py:there,back", "--no-isolation", code=2
    )
    assert "1 check: 1 pass" in door("run", "spec.yaml", "--impl", "mine.py:there,back", "--no-isolation")
    door.write("spec.yaml", f"{SPEC}implementation: {{file: mine.py, forward: there, backward: back}}\n")
    assert "1 check: 1 pass" in door("run", "spec.yaml", "--trust")


@pytest.mark.parametrize("words", ["layers sc", "init sc", "suite relu sc"])
def test_completion_in_the_shell(door, words):
    asked = {"_CONVCHECK_COMPLETE": "bash_complete", "COMP_WORDS": f"convcheck {words}"}
    assert door(env={**asked, "COMP_CWORD": str(len(words.split()))}).split() == [f"plain,{NAME}"]


def test_code_with_an_eps_of_its_own_is_asked_for_that(door):
    report = door.json("--impl", door.own("own_eps_class.py"))
    notes = [f["message"] for check in report["checks"] for f in check["findings"]]
    assert notes == ["checked with eps = 1e-08, which is built into it"] * 6
    door.write("spec.yaml", SPEC)
    said = door("run", "spec.yaml", "--impl", "own_eps_class.py", "--no-isolation", code=1)
    assert "ScaleNorm adds 1e-08 by itself: eps = 1e-05 cannot be asked of it" in said
    door.write("spec.yaml", f"{SPEC}eps: 1e-8\n")
    assert "1 check: 1 pass" in door("run", "spec.yaml", "--impl", "own_eps_class.py", "--no-isolation")


def test_an_eps_that_is_no_constant_under_the_root_is_wrong(door):
    report = door.json("--impl", door.own("own_eps_functions.py", " + 1e-3)", ") + 1e-3"), code=1)
    assert {check["status"] for check in report["checks"]} == {"fail"}
    assert all("forward" in wrong_tensors(check) for check in report["checks"])


def test_an_import_that_is_not_there_is_replaced(door):
    line = "import numpy as np\nfrom nowhere.fast import scale_norm_forward_fast, scale_norm_backward_fast\n"
    said = door("run", "--impl", door.own("functions.py", "import numpy as np\n", line), "--no-isolation")
    assert "convcheck: nowhere.fast is not installed: an empty module stands in for it" in said
    assert "6 checks: 6 pass" in said


def test_a_key_that_there_is_not_is_named(door):
    said = door("run", "--impl", door.own("functions.py", 'param["eps"]', 'param["epsilon_squared"]'), code=1)
    assert "forward raised KeyError: 'epsilon_squared' (line 5 of functions.py, in scale_norm_forward)" in said
    assert "mend: a dictionary has no key 'epsilon_squared'" in said


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("functions.py", "(x, gain, param)", "(x, gain, flavour, param)", "it is not known what 'flavour' is"),
        ("functions.py", "(x, gain, param)", "(x)", f"and {NAME} has x, gain: write an adapter"),
        ("functions.py", "def scale_norm_backward", "def other", "has no scale_norm_backward beside it"),
        ("adapter.py", "eps):", "tiny):", f"'tiny' is no name of {NAME}: there are x, gain, eps, N, D"),
        ("adapter.py", f'"{NAME}"', '"ScaleNorm"', f"did you mean {NAME}?"),
    ],
)
def test_what_cannot_be_called_is_said(door, file, old, new, said):
    door.own("columns.py")
    assert said in door("run", "--impl", door.own(file, old, new), code=2)


def test_a_name_alone_is_asked_for_with_the_words_of_the_layer(door):
    door.write("none.py", "def f(x):\n    return x\n")
    door.write("spec.yaml", SPEC)
    said = door("run", "spec.yaml", "--impl", "none.py", code=2)
    assert "the customary name of a layer, such as scale_norm_forward and scale_norm_backward" in said


def test_from_python(home, tmp_path):
    program = "\n".join([
        "import convcheck",
        f"spec = {yaml.safe_load(SPEC)!r}",
        "print(convcheck.check(spec).status)",
        "print(convcheck.check(spec, implementation='vectorized', dtype='float32').status)",
        "try:",
        "    convcheck.check(spec | {'layer': 'ScaleNorm'})",
        "except convcheck.InvalidSpec as error:",
        "    print(error.errors[0].hint)",
    ])  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"pass\npass\ndid you mean {NAME}?\n"


def test_without_its_line_in_the_catalogue_every_door_is_closed(tmp_path, tmp_path_factory):
    home = copy_of_the_package(tmp_path_factory.mktemp("without_its_line"), "")
    with commands_of(home) as commands:
        _every_door_is_closed(Door(commands, tmp_path))


def _every_door_is_closed(door):
    door.write("spec.yaml", SPEC)
    assert NAME not in door("layers") + door("schema") + door("suite")
    for command in ("layers", "init", "suite"):
        assert f"{NAME!r}" in door(command, NAME, code=2)
    assert f'received the text "{NAME}"' in door("run", "spec.yaml", code=2)
    assert "no layer is called scale_norm" in door("run", "--impl", door.own("functions.py"), code=2)
    assert "no layer is called scale_norm" in door("run", "--list-impl", "functions.py", code=5)
    door.own("columns.py")
    assert f"layer = '{NAME}': expected one of conv" in door("run", "--impl", door.own("adapter.py"), code=2)
