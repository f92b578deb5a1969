"""Colours and letters, held against the standards they claim to meet."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from vendepunkt.figures import lettering, style

# Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1.0, linear RGB.
DEFICIENCIES = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# CIE76 distances under about 2.3 are not noticed; small marks side by side want several times that.
APART = 14.0


def linear(colour: str) -> NDArray[np.float64]:
    """Give the linear light of a colour."""
    value = np.array(to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give CIELAB of linear sRGB light."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    white = np.array([0.95047, 1.0, 1.08883])
    ratio = np.clip(to_xyz @ light / white, 0, None)
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = root
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("count", style.GROUP_COLOURS)
def test_group_colours_stay_apart_for_every_eye(count: int, deficiency: str) -> None:
    matrix = np.array(DEFICIENCIES[deficiency], dtype=float)
    seen = [lab(np.clip(matrix @ linear(c), 0, 1)) for c in style.group_colours(count)]
    for first, second in itertools.combinations(seen, 2):
        assert np.linalg.norm(first - second) >= APART


@pytest.mark.parametrize("count", style.GROUP_COLOURS)
def test_group_colours_darken_with_severity(count: int) -> None:
    lightness = [lab(linear(colour))[0] for colour in style.group_colours(count)]
    assert lightness == sorted(lightness, reverse=True)
    assert len(style.group_colours(count)) == count <= len(style.SHAPES)


def test_contrast_is_that_of_the_standard() -> None:
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    for text in (style.INK, style.GREY):
        assert style.contrast(text, style.PAPER) >= 4.5
    for colour in itertools.chain(*style.GROUP_COLOURS.values(), [style.HIDDEN]):
        assert style.contrast(colour, style.PAPER) >= 3.0


@pytest.mark.parametrize("count", range(2, 12))
def test_numbers_on_bars_can_be_read(count: int) -> None:
    for colour in style.ramp(count):
        best = max(style.contrast(ink, colour) for ink in (style.INK, style.PAPER))
        assert best >= 4.0 if count > 7 else best >= 4.5


words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøåÆØÅ-/", min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=12), st.floats(min_value=0.7, max_value=3.0))
def test_wrapping_loses_nothing_and_keeps_the_limit(parts: list[str], limit: float) -> None:
    lines = lettering.wrap(" ".join(parts), limit, style.TEXT)
    assert all(lettering.width(line, style.TEXT) <= limit for line in lines)
    kept = "".join(lines).replace("-", "").replace(" ", "")
    assert kept == "".join(parts).replace("-", "")


def test_a_no_break_space_holds() -> None:
    limit = lettering.width("aaaa 95", style.TEXT) + 0.01
    assert lettering.wrap("aaaa 95\u00a0%", limit, style.TEXT) == ["aaaa", "95\u00a0%"]


@pytest.mark.parametrize(
    ("word", "room", "first"),
    [
        ("Majoritetsgruppen", "Majoritetsg-", "Majoritets-"),
        ("Eksklusionsgruppen", "Eksklusion-", "Eksklu-"),
        ("Risikogruppen", "Risikogru-", "Risiko-"),
    ],
)
def test_a_long_word_is_broken_where_a_syllable_begins(word: str, room: str, first: str) -> None:
    limit = lettering.width(room, style.TEXT) + 0.001
    assert lettering.wrap(word, limit, style.TEXT)[0] == first
