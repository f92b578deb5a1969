"""Renderers: one file per format, all of them fed with the same built document.

A renderer is a function from a :class:`~vendepunkt.report.build.BuiltDocument` and the time stamp
of its files to bytes. List it here and every report can be had in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final, TypeAlias

from vendepunkt.report.build import BuiltDocument
from vendepunkt.report.render.html import render_html
from vendepunkt.report.render.pdf import render_pdf

Renderer: TypeAlias = Callable[[BuiltDocument, dt.date], bytes]

#: Format, which is also the ending of the file, to renderer.
RENDERERS: Final[dict[str, Renderer]] = {"html": render_html, "pdf": render_pdf}
