"""What was done together with others, so that each thing can be undone by anybody who leads."""

from __future__ import annotations

from django.db import models

from vendepunkt.web.people.models import Change
from vendepunkt.web.room.models.agenda import Panel, Phase
from vendepunkt.web.room.models.meeting import Meeting


class Action(models.Model):
    """One change that can be undone: where it belongs, and which fields it touched.

    What stood before and after is in the record; nothing of it is held here.
    """

    #: Number of its entry in the record is the key, so that actions are in the record's order.
    change = models.OneToOneField(Change, models.DO_NOTHING, primary_key=True, related_name="+")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="actions")
    panel = models.ForeignKey(Panel, models.CASCADE, null=True, blank=True)
    phase = models.ForeignKey(Phase, models.CASCADE, null=True, blank=True)
    #: Fields it changed, such as ``theme:KEY.title_da``.
    touched = models.JSONField(default=list)
    #: Fields that had to be as they were, such as that a theme was there to be placed under.
    rests_on = models.JSONField(default=list)
    #: The action this one undid.
    undoes = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+")
    #: False once it was undone.
    stands = models.BooleanField(default=True)

    class Meta:
        """The first one first."""

        ordering = ("change_id",)

    def __str__(self) -> str:
        return f"{self.change_id}"
