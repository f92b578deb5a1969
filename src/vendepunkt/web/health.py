"""Examine the web application: what is not as it should be."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from vendepunkt.terms.errors import DataError
from vendepunkt.web import backups, record
from vendepunkt.web.people.models import Backup
from vendepunkt.web.room.erasing import traces_left

#: Bytes of free disk under which a meeting may not end well.
ROOM: Final = 500_000_000
FINE: Final = True
WRONG: Final = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found.

    Attributes
    ----------
    name
        What was examined.
    fine
        Whether it is as it should be.
    text
        One sentence.
    """

    name: str
    fine: bool
    text: str


def examine() -> list[Finding]:
    """Examine everything; where the tables are not up to date, nothing that needs them."""
    found = [_tables()]
    if found[0].fine:
        found += [_log(), _traces(), _backups()]
    return [*found, _writes(), _disk(), _settings()]


def need_tables() -> None:
    """Ask for tables as this version of the program knows them.

    Raises
    ------
    DataError
        ``no_tables``.
    """
    if not (found := _tables()).fine:
        raise DataError(
            "no_tables",
            f"The tables are not those of this version: {found.text}.",
            try_="vendepunkt serve",
        )


def _tables() -> Finding:
    executor = MigrationExecutor(connection)
    left = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    text = f"{left} changes are not made yet; `vendepunkt serve` makes them" if left else "made"
    return Finding("tables", not left, text)


def _log() -> Finding:
    seen = Backup.objects.exclude(number=0).order_by("-number").first()
    faults = record.verify((seen.number, seen.hash) if seen else None)
    number, _ = record.head()
    if faults:
        return Finding("log", WRONG, f"not whole: {faults[0].kind} at number {faults[0].number}")
    beside = ", also against the newest backup" if seen else ""
    return Finding("log", FINE, f"{number} changes follow from one another{beside}")


def _traces() -> Finding:
    if traces_left():
        text = "what closed is not erased from the files yet; a page of staff tries again"
        return Finding("traces", WRONG, text)
    return Finding("traces", FINE, "what closed is erased from the files")


def _backups() -> Finding:
    # Those that lie where they were made are cleaned now, if an earlier try failed.
    backups.sweep()
    bad = [Path(one.path).name for one in backups.with_traces()]
    if bad:
        text = f"these hold traces of what has closed and cannot be rewritten: {', '.join(bad)}"
        return Finding("backups", WRONG, text)
    return Finding("backups", FINE, f"{Backup.objects.count()} known, without traces")


def _writes() -> Finding:
    if connection.vendor != "sqlite":
        return Finding("database", FINE, connection.display_name)
    mode, deleted = _pragma("journal_mode"), _pragma("secure_delete")
    fine = mode == "wal" and deleted == "1"
    return Finding("database", fine, f"SQLite, journal {mode}, secure_delete {deleted}")


def _pragma(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return str(cursor.fetchone()[0])


def _disk() -> Finding:
    free = shutil.disk_usage(settings.HOME).free
    return Finding("disk", free > ROOM, f"{free // 1_000_000} MB free")


def _settings() -> Finding:
    if not settings.SECRET_KEY:
        return Finding("settings", WRONG, "there is no secret key; `vendepunkt serve` makes one")
    key = settings.HOME / "secret.key"
    if os.name == "posix" and key.exists() and key.stat().st_mode & 0o077:
        return Finding("settings", WRONG, "others on this machine can read secret.key")
    if not settings.SECURE:
        return Finding("settings", FINE, "http only: for this machine and a room's own network")
    wrong = run_checks(tags=[Tags.security], include_deployment_checks=True)
    wrong = [one for one in wrong if not one.is_silenced()]
    if wrong:
        return Finding("settings", WRONG, "; ".join(one.id or "" for one in wrong))
    return Finding("settings", FINE, "https, as `check --deploy` wants it")
