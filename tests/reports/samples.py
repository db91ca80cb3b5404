"""Results to print: one of every kind of thing that a report has to say."""

from __future__ import annotations

from math import inf, nan, prod

from convcheck.checking.result import Entry, Finding, Result, TensorMap, TensorResult

EXACT = "every bit the same (all sums are exact)"
BOUND = "|a - n| <= the difference scheme's error estimate + 32 eps S"


def tensor(name: str = "dx", shape: tuple[int, ...] = (2, 3, 8, 8), **changes: object) -> TensorResult:
    entries = 1
    for length in shape:
        entries *= length
    plain = TensorResult(
        name=name,
        shape=shape,
        verdict="exact",
        entries=entries,
        checked=entries,
        wrong=0,
        undecided=0,
        max_abs_error=0.0,
        max_rel_error=0.0,
        max_error_over_bound=None,
        criterion=EXACT,
        scheme="one-sided differences, h = 0.5",
    )
    return plain._replace(**changes)


def drawn(shape: tuple[int, ...] = (2, 8), states: str = "", **changes: object) -> TensorMap:
    """A map in which each kind of cell comes up, if it has so many of them."""
    number = prod(shape)
    states = (states or "=!~!?!! ") * number
    plain = TensorMap(
        shape=shape,
        block=(1,) * len(shape),
        states=states[:number],
        ratio=tuple(({"=": 0.0, "~": 0.5, "!": 4.0 ** (cell % 400)}).get(states[cell], inf) for cell in range(number)),
        analytic=tuple(cell % 5 - 2.0 for cell in range(number)),
        numeric=tuple(nan if states[cell] == " " else 0.5 for cell in range(number)),
    )
    return plain._replace(**changes)


def result(**changes: object) -> Result:
    plain = Result(
        id="conv.yaml::conv[stride=2]",
        layer="conv",
        spec={"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 2, "pad": 1},
        output_shape=(2, 4, 4, 4),
        implementation="naive",
        dtype="float64",
        data="dyadic",
        seed=0,
        scheme="auto",
        expect="pass",
        status="pass",
        tensors=(
            tensor("forward", (2, 4, 4, 4), scheme="the reference forward"),
            tensor("dx", (2, 3, 8, 8)),
            tensor("dw", (4, 3, 3, 3)),
            tensor("db", (4,)),
        ),
        findings=(),
        forward_evaluations=62,
        backward_evaluations=3,
        seconds=0.03125,
        file="conv.yaml",
        line=3,
    )
    return plain._replace(**changes)


def wrong_entries(number: int) -> tuple[Entry, ...]:
    return tuple(Entry((0, 0, 0, k), 0.0, 0.5 / (k + 1), 0.0) for k in range(number))


PASSED = result()

FAILED = result(
    id="conv.yaml::conv[stride=2,pad=0]",
    status="fail",
    tensors=(
        tensor("forward", (2, 4, 4, 4), scheme="the reference forward"),
        tensor(
            "dx",
            (2, 3, 8, 8),
            verdict="wrong",
            wrong=27,
            max_abs_error=0.5,
            max_rel_error=1.0,
            max_error_over_bound=None,
            worst=wrong_entries(1)[0],
            listed=wrong_entries(20),
        ),
        tensor("dw", (4, 3, 3, 3)),
        tensor("db", (4,)),
    ),
    findings=(
        Finding(
            "input-mutated",
            "error",
            "backward changed dout: 12 of its 128 entries are not what they were before the call",
            "dout",
            "work on a copy, or write dx into an array of its own",
        ),
        Finding("unread-rows", "note", "no window reads the last row and the last column of the padded input", "dx"),
    ),
)

WITHIN = result(
    id="batchnorm.yaml::batchnorm",
    layer="batchnorm",
    spec={"N": 4, "D": 5, "mode": "train", "eps": 1e-5, "momentum": 0.9},
    output_shape=(4, 5),
    dtype="float32",
    data="normal",
    seed=7,
    tensors=(
        tensor(
            "forward",
            (4, 5),
            verdict="within_bound",
            max_abs_error=1.2e-7,
            max_rel_error=3.1e-7,
            max_error_over_bound=0.0312,
            criterion=BOUND,
            scheme="the reference forward",
            worst=Entry((1, 2), 0.12345679, 0.12345691, 3.8e-6),
        ),
        tensor(
            "dx",
            (4, 5),
            verdict="within_bound",
            max_abs_error=2.6231e-12,
            max_rel_error=8.8234e-11,
            max_error_over_bound=0.25,
            criterion=BOUND,
            scheme="complex step",
            worst=Entry((3, 0), 1.2345678901234, 1.2345678901260, 1e-11),
        ),
    ),
)

UNDECIDED = result(
    id="relu.yaml::relu",
    layer="relu",
    spec={"shape": (4, 1000)},
    output_shape=(4, 1000),
    status="undecided",
    tensors=(
        tensor("forward", (4, 1000), scheme="the reference forward"),
        tensor(
            "dx",
            (4, 1000),
            verdict="undecided",
            undecided=3,
            max_abs_error=0.5,
            max_rel_error=1.0,
            worst=Entry((0, 7), 0.0, 0.5, 0.0, "kink"),
            listed=(Entry((0, 7), 0.0, 0.5, 0.0, "kink"), Entry((1, 9), 0.0, float("inf"), 0.0, "overflow")),
        ),
    ),
)

PROBED = result(
    id="big.yaml::conv",
    spec={"N": 16, "C": 256, "H": 224, "W": 224, "F": 512, "H1": 3, "W1": 3, "stride": 1, "pad": 1},
    output_shape=(16, 512, 224, 224),
    scheme="auto",
    status="fail",
    seconds=83.4,
    tensors=(
        tensor("forward", (16, 512, 224, 224), scheme="the reference forward"),
        tensor(
            "dx",
            (16, 256, 224, 224),
            checked=0,
            directions=4,
            verdict="wrong",
            wrong=1,
            max_abs_error=2.0,
            max_rel_error=0.0625,
            scheme="random directions",
        ),
    ),
)

EXPECTED = result(
    id="known_bad.yaml::spatial_batchnorm",
    layer="spatial_batchnorm",
    spec={"N": 2, "C": 3, "H": 4, "W": 5, "mode": "train", "eps": 1e-05, "momentum": 0.9},
    output_shape=(2, 3, 4, 5),
    implementation="reshape_without_swap",
    expect="fail",
    tensors=(
        tensor(
            "forward",
            (2, 3, 4, 5),
            verdict="wrong",
            wrong=118,
            max_abs_error=2.5,
            max_rel_error=1.0,
            max_error_over_bound=3.0e12,
            worst=Entry((1, 2, 3, 4), -1.5, 1.0, 8.3e-13),
            listed=(Entry((1, 2, 3, 4), -1.5, 1.0, 8.3e-13),),
        ),
    ),
)

UNEXPECTED = result(id="known_bad.yaml::conv", expect="fail", status="fail")

BROKEN = result(
    id="conv.yaml::conv",
    status="error",
    tensors=(),
    findings=(Finding("raised", "error", "forward raised IndexError: index 8 is out of bounds for axis 2"),),
    forward_evaluations=1,
)

ODD = result(
    id="odd [bold] 'it''s' \"q\" \U0001f600 \x1b[31m %0A\nend.yaml::" + "x" * 300,
    file="odd [bold].yaml",
    layer="[red]conv[/red]",
    implementation="a\tb",
    status="error",
    findings=(Finding("raised", "error", "said [/] and \x1b]0;title\x07 and ::error::", "[dx]", "ask :smile:"),),
)

SKIPPED = result(
    id="suite/conv.yaml::no_pad[pad=0]",
    status="skipped",
    implementation="layers.py:conv_forward,conv_backward",
    tensors=(),
    findings=(
        Finding("unread", "note", "no window reads 1 row"),
        Finding("not-written", "warning", "conv_backward is not written yet: it returns None"),
    ),
)

EVERY = (PASSED, FAILED, WITHIN, UNDECIDED, PROBED, EXPECTED, UNEXPECTED, BROKEN, ODD)
