"""What a comparison of panels says in words: agreement, only in one panel, opposite order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vendepunkt.language import listed, plural, text

if TYPE_CHECKING:
    from vendepunkt.convene.comparison import Comparison
    from vendepunkt.convene.pairing import Pair

#: At most so many pairs in opposite order are written out.
_MOST: Final = 3


def sentences(found: Comparison, pair: Pair, language: str) -> list[str]:
    """Say what two panels agree on, what only one chose, and what they put in opposite order.

    Parameters
    ----------
    found
        The comparison the pair is of; it knows the titles.
    pair
        The two panels.
    language
        ``"da"`` or ``"en"``.
    """
    names = {
        "first": found.title(pair.first, language),
        "second": found.title(pair.second, language),
    }
    said = []
    both = _themes(found, pair, "both", language)
    if both:
        said.append(text("convene.compare.both", language, themes=both, **names))
    else:
        said.append(text("convene.compare.none", language, **names))
    for side in ("first", "second"):
        only = _themes(found, pair, side, language)
        if only:
            said.append(text("convene.compare.only", language, panel=names[side], themes=only))
    for above, below in pair.opposite[:_MOST]:
        said.append(
            text(
                "convene.compare.opposite",
                language,
                above=found.title(above, language),
                below=found.title(below, language),
                **names,
            )
        )
    if len(pair.opposite) > _MOST:
        said.append(plural("convene.compare.more", len(pair.opposite) - _MOST, language))
    if not pair.opposite:
        said.append(text("convene.compare.same_order", language))
    for panel, other, alone in (
        (pair.first, pair.second, pair.alone_first),
        (pair.second, pair.first, pair.alone_second),
    ):
        if alone:
            said.append(
                text(
                    "convene.compare.alone",
                    language,
                    panel=found.title(panel, language),
                    other=found.title(other, language),
                    themes=_quoted([found.title(theme, language) for theme in alone], language),
                )
            )
    return said


def _themes(found: Comparison, pair: Pair, verdict: str, language: str) -> str:
    titles = [
        found.title(row.theme, language) for row in pair.differences if row.verdict == verdict
    ]
    return _quoted(titles, language) if titles else ""


def _quoted(titles: list[str], language: str) -> str:
    marks = ("”", "”") if language == "da" else ("“", "”")
    return listed([f"{marks[0]}{title}{marks[1]}" for title in titles], language)
