"""A meeting and how it is to be held."""

from __future__ import annotations

from django.db import models


class Meeting(models.Model):
    """What a meeting is; its panels sit at the same time or on different days."""

    class Admission(models.TextChoices):
        """How people come in: one code for all, or a code handed to each."""

        OPEN = "open"
        SINGLE = "single"

    slug = models.SlugField(max_length=60, unique=True)
    title_da = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    date = models.DateField(null=True, blank=True)
    language = models.CharField(
        max_length=2, default="da", choices=[("da", "Dansk"), ("en", "English")]
    )
    invented = models.BooleanField(default=False)
    rehearsal = models.BooleanField(default=True)
    admission = models.CharField(max_length=10, choices=Admission.choices, default=Admission.OPEN)
    common_themes = models.BooleanField(default=True)
    may_change = models.BooleanField(default=True)
    held_back = models.BooleanField(default=False)
    theme_help = models.BooleanField(default=True)
    #: Whether paper ballots count only once a second person has read them.
    second_reader = models.BooleanField(default=True)
    record_groups = models.BooleanField(default=False)
    ideas_each = models.PositiveSmallIntegerField(default=10)
    idea_length = models.PositiveSmallIntegerField(default=280)
    mapping = models.JSONField(default=list, blank=True)
    delete_by = models.DateField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    #: Counts up with each change made together with others, so that none is lost.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first."""

        ordering = ("-date", "slug")

    def __str__(self) -> str:
        return self.slug
