"""Back up while votes come in, restore elsewhere, and keep erased what was erased.

A backup is a zip: a table a file, each row a line of JSON that no database owns, and a manifest
with their hashes. It is one moment: everything acknowledged before it is in it. As long as a
question or a vote is open, a backup holds what the database holds of phones; every backup is
therefore registered, and :func:`sweep` rewrites those that are still where they were made.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from vendepunkt.terms.errors import DataError, RefusedError
from vendepunkt.web import record as book
from vendepunkt.web.people.models import Backup, Blob, Change
from vendepunkt.web.room.models import Action, Idea, Meeting, Note, Opening, Theme, Token
from vendepunkt.web.traces import Gone, Tables, open_in, without

#: Counts up when a zip is laid out in another way.
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
#: How often a sweep looks again at most.
PASSES: Final = 5
#: Nothing of these outlives the moment, or the program makes it anew.
_LEFT_OUT: Final = frozenset({"people.attempt", "people.backup"})
#: Kind of change that strikes words out → the table, and its columns with words of people.
_STRUCK: Final[dict[str, type[models.Model]]] = {
    "idea.redacted": Idea,
    "note.redacted": Note,
    "theme.redacted": Theme,
}
_TEXTS: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Idea: ("text", "reason", "redacted"),
    Note: ("text",),
    Theme: ("title_da", "title_en", "description_da", "description_en", "carried_why"),
}
_APPS: Final = ("people", "otp_totp", "otp_static", "room")
_READ_ME: Final = """A backup of the web application of Vendepunkt.

`vendepunkt web restore FILE` puts it into an empty database. It holds names and password hashes of
those who work there. Where manifest.json names openings under "open", it also holds what tied
ballots to phones while they were open: delete copies of this file once the meeting is over, or
make a new backup after it and keep that one.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made or read.

    Attributes
    ----------
    path
        The file.
    rows
        Table → number of rows.
    open
        Openings that were open, of which it holds what the database holds of phones.
    head
        Number and hash of the last change in it.
    """

    path: Path
    rows: dict[str, int]
    open: list[int]
    head: tuple[int, str]


def tables() -> list[type[models.Model]]:
    """Give every table that is backed up, those that others point at first."""
    sorted_ = serializers.sort_dependencies(
        [(apps.get_app_config(label), None) for label in _APPS], allow_cycles=True
    )
    return [one for one in sorted_ if _name(one) not in _LEFT_OUT]


def backup(path: Path) -> Made:
    """Write everything into one file, as it stands at one moment; nobody waits for it.

    Parameters
    ----------
    path
        The zip file; must not be there yet.

    Raises
    ------
    DataError
        ``file_exists`` or ``unwritable_file``.
    """
    path = path.resolve()
    if path.exists():
        raise DataError("file_exists", f"{path.name} is there already.", try_="another name")
    register, _ = Backup.objects.get_or_create(path=str(path))
    try:
        with _moment():
            found = {_name(one): _rows(one) for one in tables()}
            made = _write(path, found, _migrations(), book.head())
    except OSError as error:
        register.delete()
        raise DataError(
            "unwritable_file", f"{path.name} cannot be written: {error.strerror}."
        ) from error
    register.traces, (register.number, register.hash) = made.open, made.head
    register.save()
    # What closed while it was written was not yet known to hold traces.
    sweep()
    return made


def restore(path: Path) -> Made:
    """Put a backup into an empty database.

    Parameters
    ----------
    path
        A file that :func:`backup` wrote.

    Raises
    ------
    DataError
        ``not_a_backup``, ``damaged_backup`` or ``newer_backup``.
    RefusedError
        ``not_empty`` where the database has people or meetings.
    """
    found, manifest = _read(path)
    known = set(MigrationRecorder(connection).applied_migrations())
    if not {(app, name) for app, name in manifest["migrations"]} <= known:
        raise DataError(
            "newer_backup",
            f"{path.name} was made by version {manifest['version']}, this is {_version()}.",
            try_="the newer version",
        )
    with transaction.atomic():
        if any(_all(one).exists() for one in tables()):
            raise RefusedError(
                "not_empty",
                "The database is not empty; a backup is restored into an empty one.",
                try_="another folder, or another DATABASE_URL",
            )
        for rows in found.values():
            for one in serializers.deserialize("python", rows, ignorenonexistent=True):
                one.save(force_insert=True)
        _count_on()
    head = (manifest["head"][0], manifest["head"][1])
    if book.verify(head):
        raise DataError("damaged_backup", f"The log in {path.name} is not whole.")
    book.record(None, "backup.restored", f"backup:{path.name}"[:200])
    return Made(path, {name: len(rows) for name, rows in found.items()}, manifest["open"], head)


def sweep() -> int:
    """Take out of registered backups what has closed, was erased or deleted since.

    Called after each closing, each erasing, and when a meeting is deleted. A backup that was
    copied elsewhere is beyond reach; its manifest says what it holds.

    Returns
    -------
    int
        How often a file was rewritten.
    """
    total = 0
    for _ in range(PASSES):
        # Somebody else may close something meanwhile, and write the same file: whoever wrote
        # last looks again.
        rewritten = _sweep_all()
        total += rewritten
        if not rewritten:
            break
    return total


def _sweep_all() -> int:
    gone: Gone | None = None
    rewritten = 0
    for one in Backup.objects.all():
        path = Path(one.path)
        if not path.exists():
            one.delete()
            continue
        gone = gone or _gone()
        rewritten += _sweep(one, path, gone)
    return rewritten


def with_traces() -> list[Backup]:
    """Give the registered backups that hold something of phones that is open no more."""
    still = set(Opening.objects.filter(state=Opening.State.OPEN).values_list("pk", flat=True))
    return [one for one in Backup.objects.all() if set(one.traces) - still]


def _sweep(one: Backup, path: Path, gone: Gone) -> int:
    try:
        found, manifest = _read(path)
        kept = without(found, replace(gone, deleted=_deleted(found)), _parents())
        if kept == found:
            return 0
        head = (manifest["head"][0], manifest["head"][1])
        made = _write(path, kept, manifest["migrations"], head)
    except (OSError, DataError):
        # It stays registered with its traces; `vendepunkt web doctor` names it.
        return 0
    one.traces = made.open
    one.save()
    return 1


def _gone() -> Gone:
    still = set(Opening.objects.filter(state=Opening.State.OPEN).values_list("pk", flat=True))
    backed_up = {key for one in Backup.objects.all() for key in one.traces}
    return Gone(
        closed=frozenset(backed_up - still),
        words={_name(model): _words(model, what) for what, model in _STRUCK.items()},
        erased=frozenset(Blob.objects.filter(text="").values_list("pk", flat=True)),
    )


def _words(model: type[models.Model], what: str) -> dict[str, dict[str, Any]]:
    """Give what now stands in the rows of a table whose words were struck out, or are gone."""
    about = Change.objects.filter(what=what).values_list("about", flat=True)
    keys = {one.partition(":")[2] for one in about}
    struck = models.Q(pk__in=keys)
    if "text" in _TEXTS[model]:
        struck |= models.Q(text="")
    rows = _all(model).filter(struck).values("pk", *_TEXTS[model])
    return {str(row.pop("pk")): row for row in rows}


def _deleted(found: Tables) -> dict[str, frozenset[Any]]:
    """Give the rows of a backup that the database no longer has, of what can be deleted."""
    deleted = {}
    for model in (Meeting, Idea, Note, Theme, Opening, Token, Action):
        there = {str(row["pk"]): row["pk"] for row in found.get(_name(model), [])}
        here = {str(key) for key in _all(model).values_list("pk", flat=True)}
        deleted[_name(model)] = frozenset(key for name, key in there.items() if name not in here)
    return deleted


def _parents() -> dict[str, dict[str, str]]:
    return {
        _name(one): {
            field.name: _name(field.related_model)
            for field in one._meta.concrete_fields  # noqa: SLF001  # a public name of Django
            if isinstance(field, models.ForeignKey)
            and not isinstance(field.related_model, str)
            and field.remote_field.on_delete is models.CASCADE
        }
        for one in tables()
    }


@contextmanager
def _moment() -> Iterator[None]:
    """See the database as it stands now, however long it takes, without keeping anybody waiting."""
    # A connection that opens says anew how its transactions begin.
    connection.ensure_connection()
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        # A reader's transaction: in WAL it sees one moment, and writers go on.
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def _rows(model: type[models.Model]) -> list[dict[str, Any]]:
    found = _all(model).order_by("pk").iterator()
    rows: list[dict[str, Any]] = serializers.serialize("python", found)
    # As JSON would give them back; times keep their microseconds, which the log is sealed over.
    return list(json.loads(json.dumps(rows, default=_plain)))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _migrations() -> list[tuple[str, str]]:
    return sorted(MigrationRecorder(connection).applied_migrations())


def _write(
    path: Path, found: Tables, migrations: list[tuple[str, str]], head: tuple[int, str]
) -> Made:
    lines = {
        name: "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows).encode("ascii")
        for name, rows in found.items()
    }
    made = Made(path, {name: len(rows) for name, rows in found.items()}, open_in(found), head)
    manifest = {
        "format": FORMAT,
        "version": _version(),
        "migrations": migrations,
        "head": head,
        "open": made.open,
        "tables": {
            name: {"rows": made.rows[name], "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in lines.items()
        },
    }
    # Readable by its owner only, and there as a whole or not at all.
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with (
            os.fdopen(number, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped,
        ):
            zipped.writestr("README.txt", _READ_ME)
            zipped.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for name, text in lines.items():
                zipped.writestr(f"{name}.jsonl", text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return made


def _read(path: Path) -> tuple[Tables, dict[str, Any]]:
    try:
        with zipfile.ZipFile(path) as zipped:
            manifest = json.loads(zipped.read(MANIFEST))
            if manifest["format"] > FORMAT:
                raise DataError(
                    "newer_backup",
                    f"{path.name} was made by version {manifest['version']}, this is {_version()}.",
                    try_="the newer version",
                )
            found: Tables = {}
            for name, said in manifest["tables"].items():
                text = zipped.read(f"{name}.jsonl")
                if hashlib.sha256(text).hexdigest() != said["sha256"]:
                    raise DataError("damaged_backup", f"{name} in {path.name} was changed.")
                found[name] = [json.loads(line) for line in text.splitlines()]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise DataError(
            "not_a_backup",
            f"{path.name} is no backup.",
            try_="a file made by vendepunkt web backup",
        ) from error
    return found, manifest


def _count_on() -> None:
    """Let tables that number their rows go on after the highest number."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _name(model: type[models.Model]) -> str:
    return model._meta.label_lower  # noqa: SLF001  # a public name of Django


def _all(model: type[models.Model]) -> models.QuerySet[models.Model]:
    return model._default_manager.all()  # noqa: SLF001  # a public name of Django


def _version() -> str:
    return version("vendepunkt")


def new_path() -> Path:
    """Name a new backup beside the database, by the time."""
    folder = Path(settings.HOME) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}.zip"
