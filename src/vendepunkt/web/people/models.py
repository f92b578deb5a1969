"""Accounts of those who work here. Participants have none."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What somebody may do; :mod:`vendepunkt.web.rights` says which rights each role has."""

    OWNER = "owner"
    RESEARCHER = "researcher"
    INTERVIEWER = "interviewer"
    CODER = "coder"
    FACILITATOR = "facilitator"
    NOTE_TAKER = "note_taker"
    READER = "reader"


class Person(AbstractUser):
    """Somebody with an account; signs in with a user name that may be any short name."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.READER)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.username)
