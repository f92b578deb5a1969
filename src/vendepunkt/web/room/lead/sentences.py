"""What was done, in one sentence each, for messages, buttons and the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendepunkt.web.room.models import Meeting
from vendepunkt.web.room.undo import Line
from vendepunkt.web.room.words import said

#: Kind of change → what is said about it. Numbers are given as "n ideas" even for one.
SENTENCES: Final = {
    "idea.placed": gettext_lazy("Placed under “%(theme)s”: %(n)s"),
    "idea.unplaced": gettext_lazy("Taken out of their theme: %(n)s"),
    "idea.folded": gettext_lazy("Folded together: %(n)s"),
    "idea.unfolded": gettext_lazy("Unfolded one idea"),
    "idea.shown": gettext_lazy("Shown: %(n)s"),
    "idea.held": gettext_lazy("Held back: %(n)s"),
    "idea.removed": gettext_lazy("Taken away with a reason: %(n)s"),
    "idea.personal_case": gettext_lazy("Marked as a personal case: %(n)s"),
    "theme.made": gettext_lazy("Made the theme “%(theme)s”"),
    "theme.described": gettext_lazy("Changed the words of the theme “%(theme)s”"),
    "theme.split": gettext_lazy("Split “%(theme)s” off “%(from)s”"),
    "theme.merged": gettext_lazy("Merged “%(theme)s” into “%(into)s”"),
    "theme.removed": gettext_lazy("Took the theme “%(theme)s” away"),
    "theme.ordered": gettext_lazy("Moved the theme “%(theme)s”"),
    "theme.cited": gettext_lazy("“%(theme)s” cites one more"),
    "theme.uncited": gettext_lazy("“%(theme)s” cites one less"),
    "theme.carried": gettext_lazy("“%(theme)s” is carried forward"),
    "theme.not_carried": gettext_lazy("“%(theme)s” is no longer carried forward"),
    "theme.on_ballot": gettext_lazy("“%(theme)s” is on the ballot"),
    "theme.off_ballot": gettext_lazy("“%(theme)s” stands without votes"),
    "note.written": gettext_lazy("Wrote a note"),
    "note.changed": gettext_lazy("Changed a note"),
    "note.removed": gettext_lazy("Took a note away"),
}


class Titles:
    """The names of a meeting's themes now, also of those that are gone."""

    def __init__(self, meeting: Meeting) -> None:
        self._titles = {str(theme.pk): said(theme, "title") for theme in meeting.themes.all()}

    def say(self, line: Line) -> str:
        """Give the sentence about a line of the history."""
        what = line.change.what
        if what in {"action.undone", "action.redone"}:
            inner = self._sentence(str(line.said.get("what", "")), line.said)
            form = _("Undone: %(what)s") if what == "action.undone" else _("Done again: %(what)s")
            return form % {"what": inner}
        return self._sentence(what, line.said)

    def _sentence(self, what: str, facts: Mapping[str, Any]) -> str:
        sentence = SENTENCES.get(what)
        if sentence is None:
            return what
        named = {key: self._titles.get(str(facts.get(key)), "…") for key in _NAMES}
        return str(sentence) % {**named, "n": facts.get("n", 1)}


_NAMES: Final = ("theme", "into", "from")
