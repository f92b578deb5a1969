"""The tables of accounts and of the record of changes."""

from vendepunkt.web.people.models.attempt import Attempt
from vendepunkt.web.people.models.backup import Backup
from vendepunkt.web.people.models.change import Blob, Change
from vendepunkt.web.people.models.person import Person, Role

__all__ = ["Attempt", "Backup", "Blob", "Change", "Person", "Role"]
