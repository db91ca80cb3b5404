"""A thousand mistakes planted in right code of many hands: how many does the built-in suite of its layer notice?

The code is that of the corpus, across layers and styles: loops, im2col, einsum, closures, classes, dictionaries. The
mistakes are those of `convcheck audit --impl`, evenly over each file.

    python benchmarks/own_code_mutants.py [--each 30] [--jobs 2] [--only NAME] [--all]

Every mutant that the suite lets pass has been looked at by a person, and what was found stands in
`own_code_judged.yaml`: it is printed where it is not there. Exit code 1 where there is such a one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import yaml

from convcheck.audit.own_code import OwnCodeAudit, Tried, audit_own_code
from convcheck.implementations.source import Source, parse_source

FOLDER = Path(__file__).parents[1] / "tests" / "corpus" / "files" / "right"
JUDGED = Path(__file__).with_name("own_code_judged.yaml")
# Each file, as after --impl, with its style.
CODE = {
    "six_loops.py": "loops",
    "conv_course_steps.py": "slices in loops, a tuple for a cache",
    "conv_pairs.py": "pairs of sizes",
    "strides_einsum.py": "as_strided and einsum",
    "conv_gather_scatter.py": "indices and np.add.at",
    "im2col_classes.py:Convolution": "im2col, a class",
    "pool_mask_helper.py": "a mask in a dictionary",
    "pool_im2col_indices.py": "im2col by indices",
    "avg_pool_reshape.py": "reshape, or loops",
    "gap_functions.py": "means over axes",
    "bn_loops.py": "loops",
    "bn_nine_nodes.py": "a graph of nine nodes",
    "bn_moving_class.py": "a class",
    "spatial_einsum_class.py": "einsum, a class",
    "ln_dicts.py": "a dictionary for a cache",
    "gn_vjp_closure.py": "closures",
    "inorm_axes.py": "sums over axes",
    "rms_rows.py": "row by row",
    "fc_params_and_grads.py": "a class with params and grads",
    "act_masks.py": "masks",
    "losses_course.py": "loss and gradient in one",
    "dropout_course.py": "a dictionary of settings",
    "embed_loops.py": "loops",
    "temporal_affine_einsum.py": "einsum",
    "rnn_course.py": "steps in time",
    "lstm_loops.py": "loops over time",
    "gru_step_functions.py": "one step",
    "conv1d_views.py": "sliding windows",
    "convt_spread.py": "spread and correlate",
    "dwconv_im2col.py": "im2col",
    "conv3d_vol2col.py": "vol2col",
    "attn_einsum.py": "einsum",
    "mha_functions.py": "heads by reshape",
}


# What is counted of each file.
KINDS = ("mutants", "killed", "warned", "not run", "equal", "survived", "equivalent", "open", "unjudged")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=31, help="mutants of one file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="files whose name contains this")
    parser.add_argument("--all", action="store_true", help="print every mutant that passes, judged or not")
    options = parser.parse_args()
    judged = yaml.safe_load(JUDGED.read_text(encoding="utf-8")) if JUDGED.exists() else {}
    total: Counter[str] = Counter()
    unjudged = 0
    heads = KINDS
    print(f"{'':28} {'layers':22} " + " ".join(f"{head:>10}" for head in heads))
    for name, style in CODE.items():
        if options.only not in name:
            continue
        began = time.perf_counter()
        given = parse_source(str(FOLDER / name))
        audit = audit_own_code(given or Source(name), workers=options.jobs, most=options.each)
        if audit.problem:
            print(f"{name}: {audit.problem}")
            unjudged += 1
            continue
        counts, unknown = judged_counts(audit, judged.get(name) or [], print_all=options.all)
        unjudged += unknown
        total += counts
        layers = ", ".join(dict.fromkeys(one.layer for one in audit.found))
        row = " ".join(f"{counts[key]:>10}" for key in KINDS)
        print(f"{name.removesuffix('.py'):28.28} {layers:22.22} {row}  {style} ({time.perf_counter() - began:.0f} s)")
        sys.stdout.flush()
    print(f"{'all':51} " + "  ".join(f"{value} {key}" for key, value in total.items()))
    return 1 if unjudged else 0


def judged_counts(audit: OwnCodeAudit, judged: list[dict[str, str]], *, print_all: bool) -> tuple[Counter[str], int]:
    """How many of each kind there are, and how many of those that pass nobody has looked at."""
    known = {(one["before"], one["after"]): one for one in judged}
    counts = Counter({"mutants": len(audit.tried), "killed": len(audit.of("killed"))})
    unknown = 0
    for one in audit.tried:
        if one.fate == "killed":
            continue
        counts[one.fate] += 1
        if one.fate == "warned":
            continue
        said = known.get((one.mutant.before, one.mutant.after))
        counts[said["is"] if said else "unjudged"] += 1
        unknown += said is None
        if said is None or print_all:
            print_mutant(one, said)
    return counts, unknown


def print_mutant(one: Tried, said: dict[str, str] | None) -> None:
    """With what is known of it."""
    print(f"    {one.fate} after {one.checks}, line {one.mutant.line} ({one.mutant.kind}) {one.how}")
    print(f"        {one.mutant.before}\n      → {one.mutant.after}")
    if said:
        print(f"      {said['is']}: {said['why']}")


if __name__ == "__main__":
    sys.exit(main())
