"""Ballots: while a vote is open, after it closed, and those typed from paper."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from vendepunkt.web.room.models.agenda import Opening, Panel
from vendepunkt.web.room.models.ideas import Group


class OpenBallot(models.Model):
    """A ballot while its vote is open; in SQLite a table without row ids.

    The key is SHA-256 of ("b" + the phone's secret + the opening), so that the same phone writes
    over its own ballot and nobody else's; there is no way back from it to a token.
    """

    key = models.CharField(max_length=64, primary_key=True)
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="open_ballots")
    #: Theme id → 1, or the dots given.
    marks = models.JSONField(default=dict)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True)

    def __str__(self) -> str:
        return "a ballot"


class CastBallot(models.Model):
    """A ballot after closing, copied in random order under a random key."""

    class Channel(models.TextChoices):
        """As :data:`vendepunkt.convene.CHANNELS`."""

        PHONE = "phone"
        PAPER = "paper"
        HELPER = "helper"

    key = models.CharField(max_length=32, primary_key=True)
    opening = models.ForeignKey(Opening, models.CASCADE, related_name="cast_ballots")
    marks = models.JSONField(default=dict)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PHONE)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True)

    def __str__(self) -> str:
        return "a ballot"


class Batch(models.Model):
    """A pile of paper that somebody types, and somebody else reads again."""

    class Kind(models.TextChoices):
        """What the pile holds."""

        IDEAS = "ideas"
        BALLOTS = "ballots"

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="batches")
    opening = models.ForeignKey(Opening, models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: Whether a helper typed what somebody said, rather than what a slip says.
    helper = models.BooleanField(default=False)
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: Counted in the totals once the second reader agreed, or the meeting asks for none.
    counted = models.BooleanField(default=False)
    #: Random texts of the forms that were sent, so that one sent twice counts once.
    sendings = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PaperBallot(models.Model):
    """One paper ballot of a pile, as first and as second read."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="ballots")
    #: The number pencilled on the paper within its pile, to find it again.
    number = models.PositiveIntegerField()
    marks = models.JSONField(default=dict)
    second = models.JSONField(null=True)
    #: Why it does not count: "spoilt" or a reason; empty where it does.
    spoilt = models.CharField(max_length=200, blank=True)

    class Meta:
        """By the number on the paper."""

        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["batch", "number"], name="paper_number"),)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"
