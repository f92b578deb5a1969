"""The record of what people did: append-only, chained, with words that can be erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import QuerySet

from vendepunkt.study import changes
from vendepunkt.web.people.models import Blob, Change, Person

#: The lock that recording takes on PostgreSQL; any number nobody else uses.
_LOCK: Final = 0x76656E64


@contextmanager
def changing() -> Iterator[None]:
    """Open a transaction that has the record to itself until it ends.

    For work that locks rows and records more than once: whoever takes the record first cannot
    stand in the way of somebody who locked the rows first. On SQLite every transaction is so.
    """
    with transaction.atomic():
        _take()
        yield


def record(
    who: Person | None,
    what: str,
    about: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """Write one change into the record, in the transaction of the change itself.

    Parameters
    ----------
    who
        Who did it; None for the program itself.
    what
        Short name of the kind of change, ``"thing.done"``, such as ``"theme.renamed"``.
    about
        Key of the thing, ``"thing:key"``, such as ``"theme:4f1c…"``.
    before, after
        What stood before and after; None where there is nothing. Never a ballot, nor an idea as
        it was sent.
    """
    with changing():
        last = Change.objects.order_by("-number").first()
        entry = changes.follow(
            last.entry() if last else None,
            at=datetime.now(UTC).isoformat(),
            who="" if who is None else str(who.pk),
            what=what,
            about=about,
            before=_put_away(about, before),
            after=_put_away(about, after),
        )
        return Change.objects.create(
            number=entry.number,
            at=datetime.fromisoformat(entry.at),
            who=who,
            what=what,
            about=about,
            before_digest=entry.before,
            after_digest=entry.after,
            previous=entry.previous,
            hash=entry.hash,
        )


def erase(
    about: str | Iterable[str], who: Person | None = None, *, holding: Iterable[str] = ()
) -> int:
    """Erase the words of every change about some things, and record that it was done.

    Parameters
    ----------
    about
        Key of the thing, or several.
    who
        Who erased; None for the program itself, as at a delete-by date.
    holding
        Texts that all stand in the contents that are meant, as they are written there; by
        default all contents are.

    Returns
    -------
    int
        How many contents were erased.
    """
    count = 0
    with changing():
        for one in [about] if isinstance(about, str) else about:
            found = Blob.objects.filter(about=one).exclude(text="")
            for part in holding:
                found = found.filter(text__contains=part)
            gone = found.update(text="", key="")
            if gone:
                record(who, "record.erased", one)
            count += gone
    return count


def history(about: str) -> QuerySet[Change]:
    """Give all changes about a thing, the first one first."""
    return Change.objects.filter(about=about).select_related("who").order_by("number")


def head() -> tuple[int, str]:
    """Give number and hash of the last change; (0, :data:`changes.START`) before the first."""
    last = Change.objects.order_by("-number").values_list("number", "hash").first()
    return last or (0, changes.START)


def verify(seen: tuple[int, str] | None = None) -> tuple[changes.Fault, ...]:
    """Say where the record is not what it was; nothing when it is whole.

    Parameters
    ----------
    seen
        Number and hash of a change known from elsewhere, such as a backup.
    """
    with transaction.atomic():
        contents = {blob.digest: blob.content() for blob in Blob.objects.iterator()}
        entries = (change.entry() for change in Change.objects.order_by("number").iterator())
        return changes.verify(entries, contents, seen=seen if seen and seen[0] else None)


def _take() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _put_away(about: str, contents: Mapping[str, Any] | None) -> str:
    if contents is None:
        return ""
    plain = json.loads(json.dumps(contents, cls=DjangoJSONEncoder))
    content = changes.put_away(plain)
    Blob.objects.create(
        digest=content.digest, about=about, key=content.key, text=content.text or ""
    )
    return content.digest
