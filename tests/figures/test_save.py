"""Files: equal bytes, valid XML, words for a screen reader, no traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from tests.figures.test_content import example

from vendepunkt import figures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", figures.FIGURES)
def test_the_same_table_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    table, options = example(name)
    first = figures.save_svg(figures.draw(name, table, "da", **options), tmp_path / "a", "Alt")
    with mpl.rc_context(
        {"font.size": 30, "svg.hashsalt": "other", "svg.fonttype": "none", "font.family": "serif"}
    ):
        second = figures.save_svg(figures.draw(name, table, "da", **options), tmp_path / "b", "Alt")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_screen_reader_hears_the_alternative_text(name: str) -> None:
    table, options = example(name)
    alt = 'Med "anførsel", <vinkel> & æøå'
    text = figures.svg_text(figures.draw(name, table, "da", **options), alt)
    root = ET.fromstring(text.encode())  # noqa: S314 - our own file
    assert root.get("role") == "img"
    assert root.get("aria-label") == alt
    assert root.findtext(f"{SVG}desc") == alt
    assert root.get("viewBox")
    assert not root.findall(f".//{SVG}text"), "letters are outlines, so that no font is needed"
    assert not [group for group in root.iter(f"{SVG}g") if group.get("id")]


def test_no_date_and_no_maker() -> None:
    table, options = example("shares")
    text = figures.svg_text(figures.draw("shares", table, "da", **options), "Alt").lower()
    assert "matplotlib" not in text
    assert "<metadata" not in text
    assert "dc:date" not in text


def test_an_svg_stays_small() -> None:
    table, options = example("profile")
    assert len(figures.svg_text(figures.draw("profile", table, "da", **options), "Alt")) < 200_000


def test_png_is_twice_a_css_pixel() -> None:
    table, options = example("shares")
    figure = figures.draw("shares", table, "da", width="narrow", **options)
    data = figures.png_bytes(figure)
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 640
    assert data == figures.png_bytes(figures.draw("shares", table, "da", width="narrow", **options))


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(mpl.rcParams)
    table, options = example("profile")
    figures.svg_text(figures.draw("profile", table, "da", **options), "Alt")
    assert dict(mpl.rcParams) == before


def test_pyplot_is_not_imported() -> None:
    code = "import sys, vendepunkt.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
