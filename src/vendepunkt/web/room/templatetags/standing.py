"""Look something up by a key in a template: ``{{ standing|of:theme.pk }}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(table: Mapping[str, Any] | None, key: object) -> Any:
    """Give what a table has for a key, or None."""
    return (table or {}).get(str(key))
