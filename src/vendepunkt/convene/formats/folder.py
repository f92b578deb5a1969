"""Our own frozen folder: the one format that holds everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vendepunkt.convene.formats.protocol import Choice, Imported, Written
from vendepunkt.convene.frozen import freeze, thaw, versions
from vendepunkt.convene.types import Meeting


@dataclass(frozen=True, slots=True)
class Folder:
    """A meeting as the study folder keeps it; see :mod:`vendepunkt.convene.frozen`.

    It holds people's own words and every single ballot: it is for the study folder, not for
    passing on.
    """

    name: str = "frozen"
    words: str = "folder of a frozen meeting, panels/<meeting>/v<N>"
    suffix: str = ""
    reads: bool = True
    writes: bool = True
    holds: frozenset[str] = frozenset({"everything"})

    def claims(self, path: Path) -> bool:
        """Whether it is the folder of a version, of a meeting, or of meetings."""
        if not path.is_dir():
            return False
        if (path / "meeting.json").is_file() or versions(path):
            return True
        return any(versions(each) for each in path.iterdir() if each.is_dir())

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read the latest version."""
        return Imported(thaw(path))

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the next version under a folder of meetings."""
        return Written((freeze(meeting, path),))
