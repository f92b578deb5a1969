"""People with names and roles, and a database of the run: SQLite, or what DATABASE_URL names.

``python tools/postgres.py python -m pytest tests/web`` runs the same tests on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client

django_settings.SECRET_KEY = "a key of the tests, long enough to be one"  # noqa: S105

#: Role → the person who has it in every test.
NAMES = {
    "owner": "Alice",
    "researcher": "Rune",
    "interviewer": "Ida",
    "coder": "Carl",
    "facilitator": "Bo",
    "note_taker": "Nina",
    "reader": "Lea",
}
PASSWORD = "seven small boats at sea"  # noqa: S105


def pytest_report_header():
    return f"database of the web tests: {connection.vendor}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, tmp_path_factory):
    """Keep SQLite in a file of this run, as a server has it, so that threads can meet in it."""
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("web") / "room.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(path)
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    """Hash passwords cheaply: what the tests try is not how long scrypt takes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _danish():
    """Begin each test in the language a new browser meets."""
    from django.utils import translation

    with translation.override("da"):
        yield


@pytest.fixture
def people(db):
    """Give role → person: Alice the owner, Bo the facilitator, and so on."""
    from vendepunkt.web.people.models import Person

    made = {}
    for role, name in NAMES.items():
        made[role] = Person.objects.create_user(
            username=name.lower(), password=PASSWORD, first_name=name, role=role
        )
    return made


@pytest.fixture
def as_role(people) -> Callable[[str], Client]:
    """Give a function that signs the person of a role in and gives their browser."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return sign_in


@pytest.fixture(scope="session")
def is_postgresql() -> bool:
    """Say whether the run has PostgreSQL."""
    return connection.vendor == "postgresql"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database; skip where there is no PostgreSQL."""
    postgres = pytest.importorskip("postgres") if os.name == "posix" else pytest.skip("POSIX only")
    if postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server("vendepunkt") as (url,):
        yield url
