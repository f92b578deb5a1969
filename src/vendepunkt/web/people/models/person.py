"""Accounts of those who work here. Participants have none."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody may do; :mod:`vendepunkt.web.rights` says which rights each role has."""

    OWNER = "owner", _("Owner")
    RESEARCHER = "researcher", _("Researcher")
    INTERVIEWER = "interviewer", _("Interviewer")
    CODER = "coder", _("Coder")
    FACILITATOR = "facilitator", _("Facilitator")
    NOTE_TAKER = "note_taker", _("Note-taker")
    READER = "reader", _("Reader")


class PersonManager(UserManager["Person"]):
    """Finds people by user name, in whatever case it is typed: phones begin with a capital."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Find somebody by user name."""
        return self.get(username__iexact=username)


class Person(AbstractUser):
    """Somebody with an account; signs in with a user name that may be any short name.

    The name that others see stands in ``first_name``, whole; no address is asked for.
    """

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.READER)
    #: Counts up when all sessions of the account are to end.
    epoch = models.PositiveIntegerField(default=0)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PersonManager] = PersonManager()

    def __str__(self) -> str:
        return self.get_full_name() or str(self.username)

    def get_session_auth_hash(self) -> str:
        """Give what a session must know to stay open: a new password or epoch ends it."""
        salt = "vendepunkt.web.people.session"
        return salted_hmac(salt, f"{self.password}\n{self.epoch}", algorithm="sha256").hexdigest()
