"""Figures as files: the same bytes from the same table, today and in ten years.

Texts are written as outlines. A label then stands where it was measured on every machine, in the
PDF as on the page, also where the font is not installed (a bare server has none). What outlines
take away, searching and reading aloud, is given back: the SVG carries its alternative text, and
each figure of a report has its table beside it.
"""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from vendepunkt.figures.style import house_style

_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_GROUP_ID = re.compile(r'<g id="[^"]*">')
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)


def svg_text(figure: Figure, alt: str) -> str:
    """Write a figure as SVG text that a screen reader can say.

    The root carries ``role="img"`` and the alternative text; ids that only number matplotlib's own
    groups are left out, so that several figures can stand in one HTML page.

    Parameters
    ----------
    figure
        A figure of this package.
    alt
        What the figure shows, in words; see :func:`vendepunkt.figures.alt_text`.

    Returns
    -------
    str
        A complete SVG document without date or program version, equal for equal input.
    """
    buffer = StringIO()
    with house_style():
        FigureCanvasSVG(figure)
        blank = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=blank)
    text = _METADATA.sub("", _COMMENT.sub("", buffer.getvalue()))
    text = _GROUP_ID.sub("<g>", text)
    root = _ROOT.search(text)
    if root is None:
        raise RuntimeError("matplotlib wrote an SVG without a root element")
    spoken = f'{root.group(0)[:-1]} role="img" aria-label={quoteattr(alt)}>'
    return f"{text[: root.start()]}{spoken}\n <desc>{escape(alt)}</desc>{text[root.end() :]}"


def save_svg(figure: Figure, path: Path, alt: str) -> Path:
    """Save a figure as a deterministic SVG file with its alternative text inside.

    Parameters
    ----------
    figure
        A figure of this package.
    path
        Where to write; the folder must exist.
    alt
        What the figure shows, in words.

    Returns
    -------
    Path
        `path`.
    """
    path.write_bytes(svg_text(figure, alt).encode())
    return path


def png_bytes(figure: Figure, dots_per_inch: int = 192) -> bytes:
    """Draw a figure as PNG, for documents that take no SVG.

    Parameters
    ----------
    figure
        A figure of this package.
    dots_per_inch
        Resolution; 192 is twice a CSS pixel.
    """
    buffer = BytesIO()
    with house_style():
        FigureCanvasAgg(figure)
        figure.savefig(
            buffer, format="png", dpi=dots_per_inch, metadata={"Software": None}, transparent=False
        )
    return buffer.getvalue()
