"""Say a row's words in the language of the page: ``{{ theme|said:"title" }}``."""

from __future__ import annotations

from typing import Any

from django import template

from vendepunkt.web.room.words import said

register = template.Library()


@register.filter(name="said")
def said_filter(row: Any, field: str) -> str:
    """Give ``field_da`` or ``field_en`` of a row, whichever the page is in and is not empty."""
    return said(row, field)
