"""The words that people gave a meeting, in the language of the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from vendepunkt.convene import Words


def said(row: Any, field: str) -> str:
    """Give a text of a row in the language of the page, or in the other where that is empty.

    Parameters
    ----------
    row
        Anything with ``field_da`` and ``field_en``: a meeting, panel, phase, question, theme, vote.
    field
        ``"title"``, ``"text"`` or ``"description"``.
    """
    words = Words(da=getattr(row, f"{field}_da"), en=getattr(row, f"{field}_en"))
    return words.in_((get_language() or "da")[:2])
