"""What people wrote, without who or when; and what note-takers wrote."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from vendepunkt.web.room.models.agenda import Opening, Panel, Phase, Question


class Group(models.Model):
    """A small group that talks together."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="groups")
    name = models.CharField(max_length=60)

    class Meta:
        """By name."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Idea(models.Model):
    """One idea. In SQLite a table without row ids; the key is random."""

    class State(models.TextChoices):
        """As :data:`vendepunkt.convene.IDEA_STATES`."""

        HELD = "held"
        SHOWN = "shown"
        REMOVED = "removed"
        PERSONAL_CASE = "personal_case"

    class Channel(models.TextChoices):
        """As :data:`vendepunkt.convene.CHANNELS`."""

        PHONE = "phone"
        PAPER = "paper"
        HELPER = "helper"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="ideas")
    question = models.ForeignKey(Question, models.CASCADE, related_name="ideas")
    #: The words as sent; empty once redacted.
    text = models.TextField(blank=True)
    redacted = models.BooleanField(default=False)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PHONE)
    state = models.CharField(max_length=14, choices=State.choices, default=State.SHOWN)
    reason = models.CharField(max_length=300, blank=True)
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True)
    released = models.BooleanField(default=False)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class IdeaClaim(models.Model):
    """That a phone sent an idea: SHA-256 of ("i" + secret + question + slot). Erased at closing."""

    key = models.CharField(max_length=64, primary_key=True)
    opening = models.ForeignKey(Opening, models.CASCADE)
    idea = models.ForeignKey(Idea, models.CASCADE)
    #: SHA-256 of ("w" + secret + words): tells a re-sent idea from another one.
    said = models.CharField(max_length=64)

    def __str__(self) -> str:
        return "a claim"


class Note(models.Model):
    """What a note-taker wrote from a small group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    group = models.ForeignKey(Group, models.CASCADE, related_name="notes")
    phase = models.ForeignKey(Phase, models.CASCADE)
    theme = models.ForeignKey("room.Theme", models.SET_NULL, null=True, blank=True)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    version = models.PositiveIntegerField(default=1)
    gone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.id)
