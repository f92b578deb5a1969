"""Failed attempts to sign in, counted without any address."""

from __future__ import annotations

from django.db import models


class Attempt(models.Model):
    """How often somebody failed to sign in to an account from a device, and until when to wait."""

    #: Keyed hash of the user name and the device, so that no name that was tried is kept.
    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return "an attempt"
