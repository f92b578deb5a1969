"""Which backups there are, so that what is erased here is erased there too."""

from __future__ import annotations

from django.db import models


class Backup(models.Model):
    """A backup that was made, by the path of its file."""

    path = models.CharField(max_length=1000, unique=True)
    made = models.DateTimeField(auto_now_add=True)
    #: Keys of the openings that were open: what the file still holds of phones, until they close.
    traces = models.JSONField(default=list, blank=True)
    #: Number and hash of the last change in it.
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        """The newest last."""

        ordering = ("id",)

    def __str__(self) -> str:
        return self.path
