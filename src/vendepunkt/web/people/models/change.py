"""The record of changes as tables; :mod:`vendepunkt.study.changes` says what holds it together."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models

from vendepunkt.study.changes import Content, Entry


class Blob(models.Model):
    """What stood before or after a change; erased, only its digest is left."""

    digest = models.CharField(max_length=64, primary_key=True)
    about = models.CharField(max_length=200, db_index=True)
    key = models.CharField(max_length=64, blank=True)
    #: Canonical JSON, never empty; empty once erased.
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.about

    def content(self) -> Content:
        """Give it as the log knows it."""
        return Content(self.digest, self.key, self.text or None)


class Change(models.Model):
    """One entry of the record. Nothing updates or deletes it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="changes"
    )
    what = models.CharField(max_length=60, db_index=True)
    about = models.CharField(max_length=200, db_index=True)
    before_digest = models.CharField(max_length=64, blank=True)
    after_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """In the order of the log."""

        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.what} {self.about}"

    def entry(self) -> Entry:
        """Give it as the log knows it."""
        return Entry(
            number=self.number,
            at=self.at.isoformat(),
            who="" if self.who_id is None else str(self.who_id),
            what=self.what,
            about=self.about,
            before=self.before_digest,
            after=self.after_digest,
            previous=self.previous,
            hash=self.hash,
        )

    def before(self) -> dict[str, Any] | None:
        """Give what stood before; None where nothing did, or where it was erased."""
        return _contents(self.before_digest)

    def after(self) -> dict[str, Any] | None:
        """Give what stood after; None where nothing did, or where it was erased."""
        return _contents(self.after_digest)


def _contents(digest: str) -> dict[str, Any] | None:
    blob = Blob.objects.filter(pk=digest).first() if digest else None
    return None if blob is None or not blob.text else dict(json.loads(blob.text))
