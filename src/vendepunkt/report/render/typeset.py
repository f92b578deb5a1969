"""Hand words to a Typst template and take a tagged PDF back, with the fonts Typst carries."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from vendepunkt.report.render.extra import fetch
from vendepunkt.terms import DataError

#: How Typst says that no font has a sign.
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed')


def typeset(
    template: str, data: Mapping[str, Any], drawings: Mapping[str, str], day: dt.date
) -> bytes:
    """Set a document as PDF/UA-1.

    Typst itself refuses to write a file that breaks PDF/UA-1, so what comes back has a title, a
    language, headings in order, marked table headings and words for every picture.

    Parameters
    ----------
    template
        Name of a file in ``templates``, such as ``"report.typ"``.
    data
        What the template reads as ``words.json``; every word in it is final.
    drawings
        File name to SVG, for the template's pictures.
    day
        The date of the document; also the time stamp of the file, so that equal documents are
        equal bytes.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    UsageError
        ``"missing_extra"`` if the report extra is not installed.
    DataError
        ``"no_glyph"`` if a text holds a sign that the fonts do not have; a PDF/UA may not leave a
        gap there.
    """
    typst = fetch("typst")
    source = files("vendepunkt.report.render") / "templates" / template
    with TemporaryDirectory(prefix="vendepunkt-") as folder:
        room = Path(folder)
        (room / template).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        (room / "words.json").write_text(json.dumps(data), encoding="utf-8")
        for name, drawing in drawings.items():
            (room / name).write_text(drawing, encoding="utf-8")
        stamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        try:
            written = typst.compile(
                str(room / template),
                root=str(room),
                format="pdf",
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=int(stamp.timestamp()),
            )
        except typst.TypstError as error:
            missing = _MISSING.search(str(error))
            if missing is None:
                raise
            raise DataError(
                "no_glyph",
                f"The PDF's font has no sign for {missing[1]!r} (U+{ord(missing[1][0]):04X}).",
                allowed="letters of Latin, Greek, Cyrillic, Hebrew and Arabic scripts, and signs",
                try_="other words in the label, or --to html",
            ) from None
    return bytes(written)
