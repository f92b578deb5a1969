"""The theme help beside each idea: it suggests, never places, and what became of it is recorded."""

from __future__ import annotations

from vendepunkt.web.room.models import HelpUse, Idea, Theme


def note_choice(idea: Idea, theme: Theme) -> None:
    """Record whether the theme an idea was put under is one that the help had suggested."""
    use = HelpUse.objects.filter(idea=idea).first()
    if use is None:
        return
    names = {name.casefold() for name in (theme.title_da, theme.title_en) if name}
    use.taken = any(str(name).casefold() in names for name in use.suggested)
    use.save(update_fields=["taken"])
