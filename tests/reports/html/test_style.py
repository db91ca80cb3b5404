"""The shades of `reports/html/style.py`, as people see them who see fewer colours than others, or none."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from convcheck.reports.html.style import CSS, DARK, FILLS, LIGHT

SCHEMES = {"light": LIGHT, "dark": DARK}
# Machado, Oliveira and Fernandes (2009): of linear RGB, what is seen by who lacks a kind of cones.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "no colours": [[0.2126, 0.7152, 0.0722]] * 3,
}
# CIE 1976: differences in Lab below 2.3 are hardly seen.
CLEAR = 10
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def shades(scheme: str, sight: str) -> dict[str, np.ndarray]:
    """Each shade in Lab, as it is seen."""
    found = {}
    for name, colour in re.findall(r"--(\w+):#([0-9a-f]{3,6})", SCHEMES[scheme]):
        parts = (
            [int(colour[i : i + 2], 16) for i in (0, 2, 4)] if len(colour) == 6 else [int(c * 2, 16) for c in colour]
        )
        rgb = np.array(parts) / 255
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen = np.clip(np.asarray(SIGHTS[sight]) @ linear, 0, 1)
        x, y, z = np.cbrt(np.maximum(XYZ @ seen / XYZ.sum(axis=1), 1e-6))
        found[name] = np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
    return found


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other))


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_whoever_looks_tells_the_shades_apart(scheme, sight):
    seen = shades(scheme, sight)
    for names in (
        ("right", "step1", "step2", "step3", "step4", "step5"),
        ("back", "plus1", "plus2", "plus3"),
        ("back", "minus1", "minus2", "minus3"),
    ):
        distances = [apart(seen[a], seen[b]) for a, b in pairwise(names)]
        assert min(distances) > CLEAR, (names, distances)
    # Without any colours the sign is told by its mark alone.
    for step in (1, 2, 3) if sight != "no colours" else ():
        assert apart(seen[f"plus{step}"], seen[f"minus{step}"]) > CLEAR, step


def test_every_shade_that_is_drawn_has_a_colour_in_both_schemes():
    assert set(FILLS) <= shades("light", "all cones").keys()
    assert shades("light", "all cones").keys() == shades("dark", "all cones").keys()
    used = set(re.findall(r"var\(--(\w+)\)", CSS))
    assert used <= shades("light", "all cones").keys()
