"""The report as one HTML file: no network, no scripts; for any screen, for paper, for ears."""

from __future__ import annotations

import datetime as dt
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from vendepunkt.report.build import BuiltDocument, BuiltFigure
from vendepunkt.report.inline import Inline, plain
from vendepunkt.report.render import svg as drawings
from vendepunkt.report.render.extra import fetch


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
    name = f"fig-{figure.name}"
    title = f"{figure.label}. {plain(figure.caption)}"
    return fetch("markupsafe").Markup(drawings.inline(figure.svg, name, title, figure.alt))


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
    environment.filters["drawing"] = _drawing
    environment.filters["kind"] = lambda part: type(part).__name__
    return environment.get_template("report.html.j2")


def _resource(name: str) -> str:
    folder = files("vendepunkt.report.render") / "templates"
    return (folder / name).read_text(encoding="utf-8")
