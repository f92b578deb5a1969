"""The report as one HTML file: no network, no scripts; for any screen, for paper, for ears."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Final

from vendepunkt.report.build import BuiltDocument, BuiltFigure
from vendepunkt.report.inline import Inline, plain
from vendepunkt.report.render import svg as drawings
from vendepunkt.report.render.extra import fetch

#: The interval behind an estimate.
_INTERVAL: Final = re.compile(r"(?<=\d) (\([^()]*\))$")


def render_html(document: BuiltDocument, day: dt.date) -> bytes:
    """Write a built report as a single HTML file.

    Parameters
    ----------
    document
        The report in words.
    day
        The report's date.

    Returns
    -------
    bytes
        UTF-8 HTML with its styles and drawings inside.

    Raises
    ------
    UsageError
        ``"missing_extra"`` if the report extra is not installed.
    """
    page = _template().render(document=document, day=day.isoformat(), style=_resource("report.css"))
    return (str(page).strip() + "\n").encode()


def _spans(inline: Inline) -> Any:
    """Write printed text; a number from a ref says which, and what its exact value is."""
    markup = fetch("markupsafe").Markup
    done = [
        f'<data value="{escape(part.value)}" data-ref="{escape(part.ref)}">'
        f"{escape(part.text)}</data>"
        if part.ref
        else escape(part.text)
        for part in inline
    ]
    return markup("".join(done))


def _drawing(figure: BuiltFigure) -> Any:
    """Write a figure once in words and, for wide and narrow screens, twice as a drawing."""
    name = f"fig-{figure.name}"
    title = f"{figure.label}. {plain(figure.caption)}"
    both = {"wide": figure.svg, "narrow": figure.narrow} if figure.narrow else {"": figure.svg}
    drawn = "".join(
        f'<div class="{width}">{drawings.inline(svg, f"{name}-{width}".rstrip("-"))}</div>'
        for width, svg in both.items()
    )
    words = (
        f'<span id="{name}-title" class="unseen" hidden>{escape(title)}</span>'
        f'<span id="{name}-words" class="unseen" hidden>{escape(figure.alt)}</span>'
    )
    named = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    return fetch("markupsafe").Markup(f'{words}<div class="picture" {named}>{drawn}</div>')


def _letters(document: BuiltDocument) -> Any:
    """Write the outlines of the letters of all drawings."""
    figures = (part for part in document.parts if isinstance(part, BuiltFigure))
    drawn = (svg for figure in figures for svg in (figure.svg, figure.narrow) if svg)
    return fetch("markupsafe").Markup(drawings.letters(drawn))


def _cell(inline: Inline) -> Any:
    """Write the words of a cell; an interval may stand below its estimate but never breaks."""
    markup = fetch("markupsafe").Markup
    return markup(_INTERVAL.sub(r' <span class="ci">\1</span>', str(_spans(inline))))


@cache
def _template() -> Any:
    jinja2 = fetch("jinja2")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_resource),
    )
    environment.filters["spans"] = _spans
    environment.filters["cell"] = _cell
    environment.filters["drawing"] = _drawing
    environment.filters["letters"] = _letters
    environment.filters["kind"] = lambda part: type(part).__name__
    return environment.get_template("report.html.j2")


def _resource(name: str) -> str:
    folder = files("vendepunkt.report.render") / "templates"
    return (folder / name).read_text(encoding="utf-8")
