"""Accounts from a terminal, for when nobody can sign in any more."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from vendepunkt.terms.errors import RefusedError, UsageError
from vendepunkt.web.people import second
from vendepunkt.web.people.forms import last_owner
from vendepunkt.web.people.models import Person, Role
from vendepunkt.web.record import changing, record


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands now.

    Attributes
    ----------
    name, role, active
        As in :class:`~vendepunkt.web.people.models.Person`.
    made
        Whether it was made just now.
    """

    name: str
    role: str
    active: bool
    made: bool


def change_account(
    name: str,
    *,
    role: str | None = None,
    password: str = "",
    forget_second: bool = False,
    active: bool | None = None,
) -> Account:
    """Make an account, or change one.

    Parameters
    ----------
    name
        User name.
    role
        Needed for a new account.
    password
        A new one; empty to leave it.
    forget_second
        Take the second factor out of use.
    active
        Take into or out of use; None to leave it.

    Raises
    ------
    UsageError
        ``role_needed`` for a new account without a role; ``weak_password``.
    RefusedError
        ``last_owner`` where nobody would be left who is an owner.
    """
    with changing():
        person = Person.objects.filter(username__iexact=name).first()
        made = person is None
        if person is None:
            if role is None:
                raise UsageError(
                    "role_needed",
                    "There is no account of this name, and a new one needs a role.",
                    allowed=", ".join(Role.values),
                    try_="--role facilitator",
                )
            person = Person(username=name, role=role)
            person.set_unusable_password()
        before = None if made else _state(person)
        if not made and before == {"role": Role.OWNER, "active": True} and last_owner(person):
            _keep_an_owner(role, active)
        person.role = role or person.role
        person.is_active = person.is_active if active is None else active
        if password:
            _check(password, person)
            person.set_password(password)
            person.epoch += 1
        person.save()
        if forget_second:
            second.remove(person)
        _record(person, before, password=bool(password), forget_second=forget_second)
    return Account(str(person.username), str(person.role), person.is_active, made)


def _state(person: Person) -> dict[str, object]:
    return {"role": str(person.role), "active": person.is_active}


def _keep_an_owner(role: str | None, active: bool | None) -> None:
    if active is False or role not in {None, Role.OWNER}:
        raise RefusedError(
            "last_owner",
            "This is the only owner.",
            try_="making somebody else an owner first",
        )


def _check(password: str, person: Person) -> None:
    with override("en"):
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise UsageError("weak_password", " ".join(error.messages)) from error


def _record(
    person: Person, before: dict[str, object] | None, *, password: bool, forget_second: bool
) -> None:
    about, after = f"person:{person.pk}", _state(person)
    if before is None:
        record(None, "person.made", about, after=after)
    elif before != after:
        record(None, "person.changed", about, before, after)
    if password:
        record(None, "person.password_changed", about)
    if forget_second:
        record(None, "person.second_removed", about)
