"""What ideas are gathered under, and who placed which."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from vendepunkt.web.room.models.agenda import Panel, Phase
from vendepunkt.web.room.models.ideas import Idea, Note
from vendepunkt.web.room.models.meeting import Meeting


class Theme(models.Model):
    """A theme; `panel` is null where themes are common to all panels."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="themes")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="themes")
    panel = models.ForeignKey(Panel, models.CASCADE, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    title_da = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    description_da = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    on_ballot = models.BooleanField(default=True)
    carried_by = models.CharField(max_length=200, blank=True)
    carried_why = models.TextField(blank=True)
    #: Merged away or removed; kept, so that it can come back.
    gone = models.BooleanField(default=False)

    class Meta:
        """In the order facilitators gave them."""

        ordering = ("position", "id")

    def __str__(self) -> str:
        return str(self.id)


class Cite(models.Model):
    """An idea or a note that a theme's description rests on."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="cites")
    idea = models.ForeignKey(Idea, models.CASCADE, null=True, blank=True)
    note = models.ForeignKey(Note, models.CASCADE, null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.theme_id}"


class Placement(models.Model):
    """An idea under a theme. One stands at a time; those undone stay on the record."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="placements")
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="placements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    why = models.CharField(max_length=300, blank=True)
    undone = models.BooleanField(default=False)

    class Meta:
        """At most one placement of an idea stands."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["idea"], condition=models.Q(undone=False), name="one_placement_stands"
            ),
        )

    def __str__(self) -> str:
        return f"{self.idea_id} → {self.theme_id}"


class HelpUse(models.Model):
    """That the theme help suggested themes for an idea, and whether one of them was taken."""

    idea = models.OneToOneField(Idea, models.CASCADE, primary_key=True)
    suggested = models.JSONField(default=list)
    taken = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.idea_id}"
