"""Ask in a template what somebody may do."""

from __future__ import annotations

from django import template

from vendepunkt.web.rights import may as allowed

register = template.Library()


@register.filter
def may(user: object, right: str) -> bool:
    """Say whether somebody has a right: ``{% if user|may:"meeting.lead" %}``."""
    return allowed(user, right)
