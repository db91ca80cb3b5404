"""What to do about an exception in the code under test, where that is known."""

from __future__ import annotations

import dis
import re
from collections.abc import Mapping
from types import MappingProxyType

from convcheck.implementations.errors.line import line_of
from convcheck.implementations.vocabulary import BACKWARDS, FORWARDS

FLOAT_INDEX = "divide sizes with //, and make arrays of indices with dtype=int: those of np.zeros hold floats"
NO_FIT = "two shapes do not fit"
MORE_AXES = "what is assigned has an axis more than its place: look for a [:, None], or a sum over one axis too few"
AXES = "look at what forward puts in its cache, and how many axes the code takes its arrays to have"
EMPTY = "an array is empty"
PAST_THE_END = "an index goes past the end"
# What a layer knows more of (`Words.hints`), by its name there.
_OF_LAYERS = {AXES: "axes", EMPTY: "empty", PAST_THE_END: "index"}

# (type of the exception or of a parent of it, pattern of its message, what to do). The first that fits is said.
_HINTS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        TypeError,
        r"'float' object cannot be interpreted as an integer",
        "a size is a float: divide with //, not /",
    ),
    (
        TypeError,
        r"'numpy\.float\d*' object cannot be interpreted as an integer|"
        r"expected a sequence of integers or a single integer, got '\d+\.|integer argument expected, got float",
        f"a size is a float: {FLOAT_INDEX}",
    ),
    (TypeError, r"slice indices must be integers", f"a slice begins or ends at a float: {FLOAT_INDEX}"),
    (IndexError, r"only integers, slices|arrays used as indices must be of", f"an index is a float: {FLOAT_INDEX}"),
    (
        AttributeError,
        r"module 'numpy' has no attribute '(int|float|bool|object|complex|str)'",
        r"np.\1 is gone since NumPy 1.24: write \1",
    ),
    (
        AttributeError,
        r"module 'numpy' has no attribute '(float_|complex_|product|cumproduct|alltrue|sometrue|Inf|NaN|in1d|trapz)'",
        r"np.\1 is gone since NumPy 2.0: see numpy.org/doc/stable/numpy_2_0_migration_guide.html",
    ),
    (AttributeError, r"'dict' object has no attribute 'iteritems'", "Python 2 had iteritems: write items"),
    (AttributeError, r"'dict' object has no attribute 'has_key'", "Python 2 had has_key: write `key in dict`"),
    (NameError, r"name 'xrange' is not defined", "Python 2 had xrange: write range"),
    (NameError, r"name 'unicode' is not defined", "Python 2 had unicode: write str"),
    (NameError, r"name 'raw_input' is not defined", "Python 2 had raw_input: write input"),
    (NameError, r"name 'long' is not defined", "Python 2 had long: write int"),
    (NameError, r"name 'reduce' is not defined", "Python 2 had reduce: from functools import reduce"),
    (NameError, r"name 'np' is not defined", "import numpy as np"),
    (
        NameError,
        r"name '(\w*(?:im2col|col2im)_(?:6d_)?cython)' is not defined",
        r"\1 is compiled code that is not built: python setup.py build_ext --inplace",
    ),
    (
        UnboundLocalError,
        r"",
        "no line before gave the name a value: look for a branch or a loop that did not run, and for a slip in the "
        "name before a +=",
    ),
    (
        ValueError,
        r"assignment destination is read-only|output array is read-only",
        "the array is a view that must not be written to (np.broadcast_to, as_strided): copy it first",
    ),
    (
        ValueError,
        r"could not broadcast|could not be broadcast|non-broadcastable output",
        NO_FIT,
    ),
    (
        ValueError,
        r"cannot reshape array",
        "the number of entries does not fit: look for a size written as a number, or rows taken for columns",
    ),
    (
        ValueError,
        r"not enough values to unpack|too many values to unpack",
        AXES,
    ),
    (ValueError, r"zero-size array to reduction", EMPTY),
    (IndexError, r"out of bounds", PAST_THE_END),
    (ZeroDivisionError, r"", "look for a size that was rounded down to 0"),
    (RecursionError, r"", "a function calls itself without end"),
    (MemoryError, r"", "look for an array with the product of all sizes"),
)

_PACKAGES = {"cv2": "opencv-python", "PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn"}


def hint_for(error: BaseException, layer_hints: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """One sentence on what to do, or None. `layer_hints` are what the layer says of mistakes (`Words.hints`)."""
    message = str(error)
    for kind, pattern, hint in _HINTS:
        if isinstance(error, kind) and (found := re.search(pattern, message)):
            said = found.expand(hint) if "\\" in hint else hint
            if FLOAT_INDEX in said and _divides(error):
                return said.replace(FLOAT_INDEX, "divide with //, not /")
            kind_of_mistake = _unfit(message) if said == NO_FIT else _OF_LAYERS.get(said, "")
            more = MORE_AXES if kind_of_mistake == "more axes" else layer_hints.get(kind_of_mistake)
            return f"{said}: {more}" if more else said
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return f"a dictionary has no key {error.args[0]!r}: compare how it is spelt with what it is called with"
    if isinstance(error, AttributeError) and (setter := _setter(error)):
        return f"{setter} sets it, and was not called: an adapter can do that"
    if isinstance(error, ImportError) and error.name:
        return install(error.name)
    return None


def _unfit(message: str) -> str:
    """What is known of two shapes that do not fit, from NumPy's message, by its name in `Words.hints`."""
    shapes = [tuple(map(int, re.findall(r"\d+", text))) for text in re.findall(r"\([\d, ]*\)", message)]
    # What is assigned may have fewer axes than its place, and never more.
    if "into shape" in message and len(shapes) == 2 and len(shapes[0]) > len(shapes[1]):
        return "more axes"
    images = [shape for shape in shapes if len(shape) > 2]
    # A crop like [pad:-pad] leaves neither rows nor columns; a window past the end may have one of them.
    if any(shape[-2:] == (0, 0) for shape in images):
        return "cropped"
    if any(0 in shape[-2:] for shape in images):
        return "empty"
    if len(images) > 1 and len(images[0]) == len(images[1]):
        (rows, columns), (others, more) = images[0][-2:], images[1][-2:]
        return "two off" if rows - others == columns - more in (-2, 2) else "shapes"
    return "shapes"


def _divides(error: BaseException) -> bool:
    """Whether the line of code at which it happened divides with /, and not with //, within square brackets."""
    line = line_of(error)
    depth = 0
    for piece in re.findall(r"//|[\[\]/]", line.text if line else ""):
        depth += {"[": 1, "]": -1}.get(piece, 0)
        if piece == "/" and depth > 0:
            return True
    return False


def _setter(error: AttributeError) -> str | None:
    """The public method that would have given the instance the attribute that it lacks: init_params, build, compile."""
    kind = type(error.obj)
    for owner in kind.__mro__:
        for name, value in vars(owner).items():
            code = getattr(value, "__code__", None)
            if code is None or name.startswith("_") or name in (*FORWARDS, *BACKWARDS):
                continue
            stores = any(i.opname == "STORE_ATTR" and i.argval == error.name for i in dis.get_instructions(code))
            if stores:
                return f"{kind.__name__}.{name}"
    return None


def install(module: str) -> str:
    """How to come by a module that is not there."""
    top = module.partition(".")[0]
    return f"pip install {_PACKAGES.get(top, top)}"


# (pattern of the message, pattern of the line, what to do), for code that this Python cannot read.
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    (r"", r"^\s*[%!]\w", "this is a notebook's command: take the line out"),
    (r"Missing parentheses|print", r"^\s*print\b(?!\s*\()", "this is Python 2: convert it with 2to3 -w {file}"),
    (r"multiple exception types|invalid syntax", r"^\s*(except .*,|raise \w+,)", "this is Python 2: 2to3 -w {file}"),
    (r"leading zeros|invalid syntax", r"<>|`|\b0\d|\d[lL]\b|\bexec\b", "this is Python 2: 2to3 -w {file}"),
    (r"inconsistent use of tabs|unindent|expected an indented|unexpected indent", r"", "indent with spaces only"),
    (r"", r"^(<{7}|={7}|>{7})", "this is a merge conflict: resolve it"),
)


def syntax_hint(error: SyntaxError, text: str, file: str) -> str | None:
    """What to do about code that does not compile, or None."""
    for message, line, hint in _SYNTAX:
        if re.search(message, error.msg or "") and re.search(line, text):
            return hint.format(file=file)
    return None
