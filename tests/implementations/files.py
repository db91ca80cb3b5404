"""Files of code in a temporary folder, and what is found in them."""

from textwrap import dedent

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.loading.load import load_source
from convcheck.implementations.open import binding_on, survey
from convcheck.implementations.source import Source
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.spec.check import Check, Manner
from tests.implementations.running import SIZES


def write(folder, text, name="layers.py"):
    """The Source of a new file with this text; `name` may have folders."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text))
    return Source(str(path))


def functions(*names):
    """A file of functions whose signatures are those of their layers."""
    lines = []
    for name in names:
        plain = name.lower().replace("_", "")
        if "back" in plain or "bwd" in plain:
            lines.append(f"def {name}(dout, cache): return dout")
        elif "conv" in plain:
            lines.append(f"def {name}(x, w, b, conv_param): return x, ()")
        elif "pool" in plain:
            lines.append(f"def {name}(x, pool_param): return x, ()")
        elif "bn" in plain or "norm" in plain:
            lines.append(f"def {name}(x, gamma, beta, bn_param): return x, ()")
        else:
            lines.append(f"def {name}(x): return x, ()")
    return "\n".join(lines) + "\n"


def found(source, *layers):
    """What is found, which must be something."""
    result = survey(source, layers)
    assert result.problem is None
    return result.found


def problem(source, *layers):
    """Why nothing is found."""
    result = survey(source, layers)
    assert result.found == ()
    return result.problem


def sizes_of(layer, **changed):
    return LAYERS[layer].sizes(**SIZES[layer] | changed)


def pair_of(source, one, params=None, **changed):
    """The Pair of what was found, with the layer's usual parameters."""
    import numpy as np

    layer, sizes = LAYERS[one.layer], sizes_of(one.layer, **changed)
    usual = layer.params(sizes, Draws("any"), np.dtype(float))
    return binding_on(load_source(source), one, layer, sizes)(params or usual)


def statuses(source, *layers, **changed):
    """The status of each implementation that is found, from the real engine, at the usual sizes."""
    return [status(source, one, **changed) for one in found(source, *layers)]


def status(source, one, **changed):
    check = Check(f"{one.layer}", one.layer, sizes_of(one.layer, **changed), Manner(), None, None)
    return run_source(check, source, one).status


def checked(source, one, *, suite=True, **changed):
    """The Result of what was found, at the usual sizes of its layer with some of them changed, as in the suite."""
    check = Check(one.layer, one.layer, sizes_of(one.layer, **changed), Manner(), None, None)
    return run_source(check, source, one, Settings(suite=suite))
