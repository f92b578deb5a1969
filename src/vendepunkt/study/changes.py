"""An append-only log of changes: each entry seals the one before, and contents can be erased.

An entry says who changed what about which thing, and when. It holds keyed hashes of what stood
before and after, never the words themselves. The words lie in contents of their own, each with a
random key: once a content and its key are erased, nobody can guess what it said, and the chain of
entries still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

#: What the first entry has in the place of the hash of the one before.
START: Final = "0" * 64

FaultKind = Literal["missing", "altered", "unlinked", "content_lost", "content_altered", "cut_off"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes
    ----------
    number
        Place in the log, counted from 1.
    at
        When, as ISO 8601 in UTC.
    who
        Key of the person who changed it; empty for the program itself.
    what
        Short name of the kind of change, such as ``"theme.renamed"``.
    about
        Key of the thing that was changed, such as ``"theme:4f1c…"``.
    before, after
        Keyed hashes of the contents; empty where there is none.
    previous
        Hash of the entry before, or :data:`START`.
    hash
        SHA-256 over all of the above.
    """

    number: int
    at: str
    who: str
    what: str
    about: str
    before: str = ""
    after: str = ""
    previous: str = START
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What stood before or after a change, for as long as it has not been erased.

    Attributes
    ----------
    digest
        Keyed hash of the text; this is what an entry points at.
    key
        Random key of the hash; empty once erased.
    text
        The contents as canonical JSON; None once erased.
    """

    digest: str
    key: str
    text: str | None

    @property
    def erased(self) -> bool:
        """Whether only the tombstone is left."""
        return self.text is None


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a log is not what it was.

    Attributes
    ----------
    number
        The entry at which it shows.
    kind
        ``missing``: entries before this one are not there; ``altered``: the entry was changed;
        ``unlinked``: it does not follow from the one before; ``content_lost``: a content is gone
        without having been erased; ``content_altered``: a content says something else;
        ``cut_off``: the log ends before this entry, which was seen earlier.
    """

    number: int
    kind: FaultKind


def canonical(contents: Mapping[str, Any]) -> str:
    r"""Write contents as JSON in the one way that is hashed.

    Parameters
    ----------
    contents
        Values that JSON has words for.

    Examples
    --------
    >>> canonical({"b": "ø", "a": 1})
    '{"a":1,"b":"\\u00f8"}'
    """
    return json.dumps(contents, sort_keys=True, separators=(",", ":"), allow_nan=False)


def keyed_hash(text: str, key: str) -> str:
    """Hash a text with a key; without the key the text cannot be guessed from the hash."""
    return hmac.new(key.encode("ascii"), text.encode("ascii"), hashlib.sha256).hexdigest()


def put_away(contents: Mapping[str, Any]) -> Content:
    """Make a content with a fresh random key, to be kept beside the log."""
    text, key = canonical(contents), secrets.token_hex(32)
    return Content(keyed_hash(text, key), key, text)


def erased(content: Content) -> Content:
    """Give the tombstone of a content: its digest, and neither text nor key."""
    return Content(content.digest, "", None)


def seal(entry: Entry) -> str:
    """Hash an entry, all but its own hash."""
    return hashlib.sha256(_plain(replace(entry, hash="")).encode("ascii")).hexdigest()


def follow(
    last: Entry | None,
    *,
    at: str,
    who: str,
    what: str,
    about: str,
    before: str = "",
    after: str = "",
) -> Entry:
    """Make the entry that comes after `last`.

    Parameters
    ----------
    last
        The last entry of the log; None where it is empty.
    at, who, what, about, before, after
        As in :class:`Entry`.

    Examples
    --------
    >>> one = follow(None, at="2026-11-23T10:00:00+00:00", who="1", what="made", about="theme:a")
    >>> two = follow(one, at="2026-11-23T10:01:00+00:00", who="1", what="named", about="theme:a")
    >>> two.number, two.previous == one.hash, verify([one, two], {})
    (2, True, ())
    """
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    entry = Entry(number, at, who, what, about, before, after, previous)
    return replace(entry, hash=seal(entry))


def verify(
    entries: Iterable[Entry],
    contents: Mapping[str, Content],
    *,
    seen: tuple[int, str] | None = None,
) -> tuple[Fault, ...]:
    """Say everywhere a log is not what it was; nothing when it is whole.

    Parameters
    ----------
    entries
        The log in its order.
    contents
        Digest → content, tombstones among them.
    seen
        Number and hash of an entry known from elsewhere, such as the last of a backup: without it
        nobody can see that a log was cut off at its end, or written anew from its start.
    """
    faults: list[Fault] = []
    last: Entry | None = None
    for entry in entries:
        faults += _faults(entry, last, contents)
        if seen and entry.number == seen[0] and entry.hash != seen[1]:
            faults.append(Fault(entry.number, "altered"))
        last = entry
    if seen and seen[0] > (last.number if last else 0):
        faults.append(Fault(seen[0], "cut_off"))
    return tuple(faults)


def to_line(entry: Entry) -> str:
    """Write an entry as one line of JSON."""
    return _plain(entry)


def from_line(line: str) -> Entry:
    """Read an entry from its line; the opposite of :func:`to_line`."""
    return Entry(**json.loads(line))


def _plain(entry: Entry) -> str:
    return canonical(asdict(entry))


def _faults(entry: Entry, last: Entry | None, contents: Mapping[str, Content]) -> list[Fault]:
    faults: list[Fault] = []
    follows = last.number + 1 if last else 1
    if entry.number != follows:
        faults.append(Fault(entry.number, "missing"))
    elif entry.previous != (last.hash if last else START):
        faults.append(Fault(entry.number, "unlinked"))
    if seal(entry) != entry.hash:
        faults.append(Fault(entry.number, "altered"))
    for digest in filter(None, (entry.before, entry.after)):
        content = contents.get(digest)
        if content is None:
            faults.append(Fault(entry.number, "content_lost"))
        elif content.text is not None and keyed_hash(content.text, content.key) != digest:
            faults.append(Fault(entry.number, "content_altered"))
    return faults
