"""What the record's kinds of change are called on the page."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Kind of change → words. A kind without words is shown by its name.
KINDS: Final[dict[str, str | Promise]] = {
    "backup.restored": _("A backup was restored"),
    "clock.extended": _("Time was added"),
    "clock.started": _("The clock was started"),
    "clock.stopped": _("The clock was stopped"),
    "code.handed_out": _("A code was handed out"),
    "code.retired": _("A code was taken out of use"),
    "idea.folded": _("An idea was laid together with one that says the same"),
    "idea.held": _("An idea was held back"),
    "idea.personal_case": _("An idea was marked as a personal case"),
    "idea.placed": _("An idea was placed under a theme"),
    "idea.redacted": _("Words of an idea were taken out"),
    "idea.release": _("An idea was released, or held back from release"),
    "idea.removed": _("An idea was removed"),
    "idea.shown": _("An idea was shown"),
    "idea.unfolded": _("An idea was laid apart again"),
    "idea.unplaced": _("An idea was taken from its theme"),
    "meeting.delete": _("A meeting was deleted"),
    "meeting.export": _("A meeting was exported"),
    "meeting.freeze": _("A meeting was frozen into the study"),
    "meeting.make": _("A meeting was made"),
    "meeting.map": _("Themes of the panels were matched"),
    "meeting.rehearsal_ended": _("A rehearsal was ended"),
    "note.changed": _("A note was changed"),
    "note.redacted": _("Words of a note were taken out"),
    "note.removed": _("A note was removed"),
    "note.written": _("A note was written"),
    "opening.closed": _("A question or vote was closed"),
    "opening.opened": _("A question or vote was opened"),
    "panel.again": _("A question or vote was opened again"),
    "panel.codes": _("Codes were made"),
    "panel.counted": _("Those present were counted"),
    "panel.invented_answers": _("Invented people answered"),
    "panel.moved": _("A panel went to another step"),
    "panel.revealed": _("Something was shown to the panel"),
    "panel.turned": _("The screen was turned to something else"),
    "paper.count": _("A pile of paper was counted"),
    "paper.mend": _("Something typed from paper was corrected"),
    "person.activated": _("An account was taken into use again"),
    "person.changed": _("An account was changed"),
    "person.codes_made": _("Recovery codes were made"),
    "person.deactivated": _("An account was taken out of use"),
    "person.link_made": _("A link to choose a password was made"),
    "person.made": _("An account was made"),
    "person.password_changed": _("A password was chosen"),
    "person.role_changed": _("A role was changed"),
    "person.second_removed": _("Signing in asks for no code any more"),
    "person.second_set_up": _("Signing in asks for a code"),
    "person.sessions_ended": _("Signed out everywhere else"),
    "person.signed_in": _("Signed in"),
    "record.erased": _("Words were erased"),
    "theme.carried": _("A theme was carried forward"),
    "theme.cited": _("A theme was tied to what it rests on"),
    "theme.described": _("A theme was described"),
    "theme.made": _("A theme was made"),
    "theme.merged": _("Themes were put together"),
    "theme.named": _("A theme was named"),
    "theme.not_carried": _("A theme was not carried forward after all"),
    "theme.off_ballot": _("A theme was taken off the ballot"),
    "theme.on_ballot": _("A theme was put on the ballot"),
    "theme.ordered": _("Themes were put in another order"),
    "theme.redacted": _("Words of a theme were taken out"),
    "theme.removed": _("A theme was removed"),
    "theme.renamed": _("A theme was renamed"),
    "theme.split": _("A theme was split"),
    "theme.uncited": _("A theme was untied from something it rested on"),
}


def called(kind: str) -> str | Promise:
    """Say what a kind of change is called."""
    return KINDS.get(kind, kind)
