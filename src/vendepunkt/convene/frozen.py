"""A meeting frozen in the study folder: what was said and chosen, as files a person can read.

``panels/<meeting>/v1/``, ``v2/`` … hold one version each: ``meeting.json``, one file of JSON lines
for each part of the meeting, and ``README.md`` that says in the meeting's language what is in them.

There is no folder or pointer named *latest*: the latest version is the one with the highest
number. A pointer can disagree with what it points at, a link does not survive copying to every
disk, and a copy would be the same words twice, of which one must then be erased twice. Versions
are never written again once they stand; a meeting that did not change gets no new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene import frozen_rows as rows
from vendepunkt.convene.frozen_readme import readme
from vendepunkt.convene.frozen_rows import FORMAT, FORMAT_VERSION
from vendepunkt.convene.types import Meeting
from vendepunkt.terms import DataError

_HEAD: Final = "meeting.json"
_README: Final = "README.md"
_SAFE: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
_VERSION: Final = re.compile(r"v([1-9]\d{0,8})")
#: Names of devices that no folder can have on Windows.
_DEVICES: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_TRIES: Final = 100


def freeze(meeting: Meeting, folder: Path) -> Path:
    """Write a meeting as the next version in a folder of meetings.

    Parameters
    ----------
    meeting
        The meeting.
    folder
        The folder of meetings, ``panels/`` of a study; it is made where it is not there yet.

    Returns
    -------
    Path
        The folder of the version, ``folder/<meeting>/v<N>``. Where the latest version holds the
        same meeting, that one: nothing is written.

    Raises
    ------
    DataError
        ``"other_meeting"`` where the folder holds another meeting under the same name.
    OSError
        Where the folder cannot be written; nothing half-written stands under a version's name.

    Examples
    --------
    >>> import tempfile
    >>> from vendepunkt.convene import Meeting, Words
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = freeze(Meeting("spring", Words("Forårsmøde", "Spring")), Path(folder))
    ...     path.name, thaw(path).title.en
    ('v1', 'Spring')
    """
    home = folder / folder_name(meeting.id)
    home.mkdir(parents=True, exist_ok=True)
    files = _files(rows.canonical(meeting))
    held = versions(home)
    if held and _holds(held[-1], meeting, files):
        return held[-1]
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        for name, content in files.items():
            _write(draft / name, content)
        # mkdtemp lets nobody else in; a frozen version has the rights of its study folder.
        draft.chmod(home.stat().st_mode)
        return _stand(draft, home, _number(held[-1]) + 1 if held else 1)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def thaw(folder: Path) -> Meeting:
    """Read a frozen meeting, and refuse what is not whole.

    Parameters
    ----------
    folder
        The folder of a version; of a meeting, whose latest version is read; or of meetings, where
        it holds one only.

    Returns
    -------
    Meeting
        As it was frozen; its ballots in the order of what stands in them.

    Raises
    ------
    DataError
        ``"no_meeting"``, ``"newer_meeting"``, ``"damaged_meeting"`` (a file is missing, cut off or
        was never ours) or ``"changed_meeting"`` (a file is not what was frozen). The text names
        the file and line, never what stands in it.
    """
    place = _version_folder(folder)
    head = _head(place)
    parts: dict[str, Any] = _head_fields(head)
    for name, kind in rows.PARTS.items():
        parts[name] = _part(place, name, kind, head["files"])
    _whole(place, _README, head["files"])
    return Meeting(**parts)


def versions(folder: Path) -> tuple[Path, ...]:
    """Give the versions of a meeting's folder, the first one first; drafts are no versions.

    Examples
    --------
    >>> versions(Path("no such folder"))
    ()
    """
    if not folder.is_dir():
        return ()
    found = [each for each in folder.iterdir() if _VERSION.fullmatch(each.name) and each.is_dir()]
    return tuple(sorted(found, key=_number))


def folder_name(meeting: str) -> str:
    """Give the name of a meeting's folder, one that every disk can hold.

    The id itself where it is plain; else what is plain in it and a mark of the whole, so that ids
    which differ in case or in letters never meet in one folder.

    Examples
    --------
    >>> folder_name("minikonference-2026")
    'minikonference-2026'
    >>> folder_name("Møde 1")
    'm-de-1-5f1e18ed'
    """
    if _SAFE.fullmatch(meeting) and not _DEVICES.fullmatch(meeting):
        return meeting
    mark = hashlib.sha256(meeting.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", meeting.lower()).strip("-")[:40].strip("-")
    return f"{plain}-{mark}" if plain else f"meeting-{mark}"


def _head_fields(head: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return rows.head_from_plain(head["meeting"])
    except rows.NotARowError as error:
        raise _damaged(_HEAD, str(error)) from error


def _files(meeting: Meeting) -> dict[str, bytes]:
    """Give every file of a version with its content, ``meeting.json`` last."""
    files = {}
    counts = {}
    for name in rows.PARTS:
        lines = [rows.to_line(each) + "\n" for each in getattr(meeting, name)]
        files[f"{name}.jsonl"] = "".join(lines).encode()
        counts[name] = len(lines)
    files[_README] = readme(meeting).encode("utf-8", "replace")
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "written_by": f"vendepunkt {installed('vendepunkt')}",
        "meeting": {name: rows.to_plain(getattr(meeting, name)) for name in rows.HEAD},
        "counts": counts,
        "files": {name: _hash(content) for name, content in files.items()},
    }
    head["seal"] = _seal(head)
    text = json.dumps(head, ensure_ascii=True, indent=2)
    return files | {_HEAD: f"{text}\n".encode()}


def _stand(draft: Path, home: Path, number: int) -> Path:
    """Give a whole draft the name of the next free version, in one step of the file system."""
    for free in range(number, number + _TRIES):
        try:
            # Where somebody froze in the same moment the name is taken, and renaming refuses.
            return draft.rename(home / f"v{free}")
        except OSError:
            if not (home / f"v{free}").exists():
                raise
    raise DataError(
        "versions_taken",
        f"{home.name} gets new versions faster than one more can be written.",
        try_="the same again when nobody else freezes this meeting",
    )


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _holds(place: Path, meeting: Meeting, files: Mapping[str, bytes]) -> bool:
    """Whether a version holds these very files; who wrote them does not count."""
    try:
        head = _head(place)
    except DataError:
        # A damaged version is no reason to keep work from being saved: the next one is written.
        return False
    if head["meeting"].get("id") != meeting.id:
        raise DataError(
            "other_meeting",
            f"The folder {place.parent.name} holds another meeting.",
            try_="another folder, or another id for the meeting",
        )
    compared = [name for name in files if name not in {_HEAD, _README}]
    if any(
        not (place / name).is_file() or (place / name).read_bytes() != files[name]
        for name in compared
    ):
        return False
    return bool(head["meeting"] == json.loads(files[_HEAD])["meeting"])


def _version_folder(folder: Path) -> Path:
    if (folder / _HEAD).is_file():
        return folder
    held = versions(folder)
    if held:
        return held[-1]
    below = sorted(folder.iterdir()) if folder.is_dir() else []
    meetings = [each for each in below if each.is_dir() and versions(each)]
    if len(meetings) == 1:
        return versions(meetings[0])[-1]
    raise DataError(
        "no_meeting",
        f"The folder {folder.name or '.'} holds {len(meetings) or 'no'} frozen meetings.",
        allowed="the folder of a version, or of one meeting",
        try_=f"{folder.name}/{meetings[0].name}" if meetings else "",
    )


def _head(place: Path) -> dict[str, Any]:
    path = place / _HEAD
    if not path.is_file():
        raise _damaged(_HEAD, "it is missing")
    try:
        head = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _damaged(_HEAD, "it is no JSON") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _damaged(_HEAD, "it is not of a frozen meeting")
    if type(head.get("version")) is not int or head["version"] < 1:
        raise _damaged(_HEAD, "it has no version")
    if head["version"] > FORMAT_VERSION:
        raise DataError(
            "newer_meeting",
            f"{place.parent.name}/{place.name} was written by a newer program: its format has the "
            f"version {head['version']}.",
            allowed=f"versions up to {FORMAT_VERSION}",
            try_="a newer version of vendepunkt",
        )
    if head.get("seal") != _seal(head):
        raise _changed(_HEAD)
    if not isinstance(head.get("meeting"), dict) or not isinstance(head.get("files"), dict):
        raise _damaged(_HEAD, "a part of it is missing")
    return head


def _part(place: Path, name: str, kind: type, hashes: Mapping[str, Any]) -> tuple[Any, ...]:
    file = f"{name}.jsonl"
    if file not in hashes:
        # A part that a later version of the program added: an older archive has none of it.
        return ()
    content = _whole(place, file, hashes)
    try:
        lines = content.decode().split("\n")[:-1]
        return rows.from_lines(kind, lines)
    except UnicodeDecodeError as error:
        raise _damaged(file, "it is not text in UTF-8") from error
    except rows.NotARowError as error:
        raise _damaged(file, str(error)) from error


def _whole(place: Path, file: str, hashes: Mapping[str, Any]) -> bytes:
    path = place / file
    if not path.is_file():
        raise _damaged(file, "it is missing")
    content = path.read_bytes()
    if _hash(content) != hashes.get(file):
        raise _changed(file)
    return content


def _number(place: Path) -> int:
    return int(place.name[1:])


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _seal(head: Mapping[str, Any]) -> str:
    """Give the hash over ``meeting.json`` without its seal: it guards against unnoticed edits."""
    sealed = {key: value for key, value in head.items() if key != "seal"}
    return _hash(json.dumps(sealed, sort_keys=True, ensure_ascii=True).encode())


def _damaged(file: str, why: str) -> DataError:
    return DataError(
        "damaged_meeting",
        f"{file} of the frozen meeting cannot be read: {why}.",
        try_="the folder from a backup, or freeze the meeting again",
    )


def _changed(file: str) -> DataError:
    return DataError(
        "changed_meeting",
        f"{file} is not as it was frozen: it was changed or cut off afterwards.",
        try_="the folder from a backup, or freeze the meeting again",
    )
