"""What is printed for a meeting: the poster at the door, codes, slips for ideas, ballots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from vendepunkt.report.render.svg import clean
from vendepunkt.report.render.typeset import typeset


@dataclass(frozen=True, slots=True)
class Poster:
    """How to come in, for the wall.

    Attributes
    ----------
    heading
        What the meeting is.
    lines
        What to do, a sentence each.
    address, code
        What people type.
    qr, qr_alt
        The QR code as SVG, and what it is in words.
    """

    heading: str
    lines: Sequence[str]
    address: str
    code: str
    qr: str
    qr_alt: str


@dataclass(frozen=True, slots=True)
class CodeSlip:
    """A single-use code to hand out, with its QR code as SVG."""

    code: str
    qr: str


@dataclass(frozen=True, slots=True)
class CodeSlips:
    """Codes to cut apart and hand out, one each.

    Attributes
    ----------
    heading
        What the meeting is, on every slip.
    lines
        What to do, on every slip.
    address
        What people type.
    slips
        The codes.
    qr_alt
        What a QR code is in words; holds no code.
    """

    heading: str
    lines: Sequence[str]
    address: str
    slips: Sequence[CodeSlip]
    qr_alt: str


@dataclass(frozen=True, slots=True)
class IdeaSlips:
    """Slips to write ideas on.

    Attributes
    ----------
    heading
        The life phase.
    question
        What is asked.
    lines
        What to know before writing: no names.
    copies
        How many.
    """

    heading: str
    question: str
    lines: Sequence[str]
    copies: int = 4


@dataclass(frozen=True, slots=True)
class PaperBallots:
    """Ballots to mark with a pen.

    Attributes
    ----------
    heading
        The life phase.
    question
        How to vote, such as "Set up to 3 crosses".
    themes
        Title and description of each theme, in the order of the screen.
    dots
        Whether numbers are written rather than crosses set.
    number
        The word before the number that the typist pencils on.
    lines
        What to know: fold it, no name.
    copies
        How many.
    """

    heading: str
    question: str
    themes: Sequence[tuple[str, str]]
    number: str
    dots: bool = False
    lines: Sequence[str] = field(default_factory=tuple)
    copies: int = 1


Sheet = Poster | CodeSlips | IdeaSlips | PaperBallots


def print_sheets(
    sheet: Sheet, title: str, language: str, day: dt.date, *, large: bool = False, mark: str = ""
) -> bytes:
    """Set sheets to print as a tagged PDF of A4 pages.

    Parameters
    ----------
    sheet
        What to print; every word in it is final.
    title
        Title of the file.
    language
        ``"da"`` or ``"en"``.
    day
        Date of the file.
    large
        Whether in large type, at least 18 points.
    mark
        A word across the foot of each sheet, such as "Rehearsal"; empty for none.

    Returns
    -------
    bytes
        The PDF.

    Raises
    ------
    UsageError, DataError
        As :func:`~vendepunkt.report.render.typeset.typeset`.
    """
    drawn: dict[str, str] = {}
    data: dict[str, Any] = {
        "kind": type(sheet).__name__,
        "title": title,
        "language": language,
        "large": large,
        "mark": mark,
        **asdict(sheet),
    }
    if isinstance(sheet, Poster):
        drawn["qr.svg"] = clean(sheet.qr)
        del data["qr"]
    elif isinstance(sheet, CodeSlips):
        data["slips"] = [slip.code for slip in sheet.slips]
        drawn.update({f"qr-{at}.svg": clean(slip.qr) for at, slip in enumerate(sheet.slips)})
    return typeset("sheets.typ", data, drawn, day)
