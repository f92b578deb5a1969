"""How tables whose rows belong to nobody lie on the disk: in the order of random keys.

An ordinary SQLite table numbers its rows in the order they came, and whoever knows in which
order people voted could count along. These tables have no row numbers. PostgreSQL keeps rows
where there was room; there they are rewritten in the order of their keys at each closing, and no
statistics are gathered over what will be erased.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

#: Tables without row ids.
ROWLESS: Final = (
    "room_idea",
    "room_token",
    "room_openballot",
    "room_ideaclaim",
    "room_castballot",
)
#: Other tables with words that people wrote or what they marked, which can be erased.
WORDS: Final = (
    "people_blob",
    "room_note",
    "room_theme",
    "room_placement",
    "room_paperballot",
    "room_batch",
)
#: Columns that hold images of a phone's secret, or what it sent while open.
ERASED: Final = (
    ("room_token", "holder"),
    ("room_openballot", "key"),
    ("room_openballot", "marks"),
    ("room_ideaclaim", "key"),
    ("room_ideaclaim", "said"),
    ("room_ideaclaim", "idea_id"),
)


def has_row_ids(connection: BaseDatabaseWrapper) -> list[str]:
    """Give the tables of :data:`ROWLESS` that SQLite still numbers; none on PostgreSQL."""
    if connection.vendor != "sqlite":
        return []
    return [
        name
        for name, sql in _definitions(connection).items()
        if not sql.rstrip().upper().endswith("WITHOUT ROWID")
    ]


def without_row_ids(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Lay the tables so that nothing tells in which order their rows came.

    For ``RunPython``. A later migration that makes SQLite build one of the tables anew (most
    changes of a field do) ends with this operation again; a test says where it was forgotten.
    """
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        for table, column in ERASED:
            schema_editor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')
        return
    definitions = _definitions(connection)
    for table in has_row_ids(connection):
        _rebuild(schema_editor, table, definitions[table])


def _definitions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        return {name: sql for name, sql in cursor.fetchall() if name in ROWLESS}


def _rebuild(schema_editor: BaseDatabaseSchemaEditor, table: str, sql: str) -> None:
    """Build a table anew without row ids, with its rows and indexes."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql NOTNULL",
            [table],
        )
        indexes = [row[0] for row in cursor.fetchall()]
    schema_editor.execute(sql.replace(f'"{table}"', f'"new__{table}"', 1) + " WITHOUT ROWID")
    schema_editor.execute(f'INSERT INTO "new__{table}" SELECT * FROM "{table}"')  # noqa: S608
    schema_editor.execute(f'DROP TABLE "{table}"')
    schema_editor.execute(f'ALTER TABLE "new__{table}" RENAME TO "{table}"')
    for index in indexes:
        schema_editor.execute(index)
