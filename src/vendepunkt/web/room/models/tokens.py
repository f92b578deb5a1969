"""Who is admitted: a token a person, and never what they did with it."""

from __future__ import annotations

from django.db import models

from vendepunkt.web.room.models.agenda import Panel
from vendepunkt.web.room.models.ideas import Group


class Token(models.Model):
    """The right of one person to take part in a panel.

    In SQLite a table without row ids. No time, no address, no order: the key is random.
    """

    #: Random; the single-use code that was handed out, or made when somebody came by the open one.
    key = models.CharField(max_length=40, primary_key=True)
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="tokens")
    #: The small group whose table it was handed out at, where the meeting records groups.
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True)
    #: SHA-256 of ("t" + the phone's secret) while something is open; erased at each closing.
    holder = models.CharField(max_length=64, blank=True, default="")
    #: Whether anybody ever came with it.
    arrived = models.BooleanField(default=False)
    #: Taken out of use by a facilitator, for instance when a phone was lost.
    retired = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "a token"
