"""The csv files of Polis open data, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from vendepunkt.convene.formats.cells import read_sheet, rows_named
from vendepunkt.terms import DataError

_WHOLE: Final = re.compile(r"-?\d{1,15}")
_BEFORE: Final = ("participant", "group-id", "n-votes", "n-agree", "n-disagree")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the counts that ``comments.csv`` gives it.

    Attributes
    ----------
    moderated
        1 kept, 0 not handled, -1 removed.
    """

    id: str
    author: str
    agrees: int
    disagrees: int
    moderated: int
    text: str


@dataclass(frozen=True, slots=True)
class Participant:
    """A row of the matrix.

    Attributes
    ----------
    group
        Polis' group of opinion; empty where it put the person into none.
    marks
        Statement → 1 agrees, 0 passes, -1 disagrees; not there where it was not seen.
    votes, agrees, disagrees
        Totals as the file gives them.
    """

    group: str
    marks: Mapping[str, Fraction]
    votes: int
    agrees: int
    disagrees: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A folder of Polis open data, with votes signed as in the matrix: 1 agrees.

    Attributes
    ----------
    columns
        Statements that the matrix has a column for.
    votes
        Rows of ``votes.csv``; None where the file is not there.
    turned
        Whether the files had the other sign, as raw Polis databases have it (-1 agrees).
    history
        The last row of ``stats-history.csv``; empty where the file is not there.
    """

    statements: tuple[Statement, ...]
    participants: tuple[Participant, ...]
    columns: tuple[str, ...]
    summary: Mapping[str, str]
    votes: int | None
    turned: bool
    history: Mapping[str, int]

    @property
    def present(self) -> int | None:
        """How many came to the conversation, by the last row of its history."""
        return self.history.get("n-visitors")


def read_conversation(folder: Path) -> Conversation:
    """Read the files of a conversation.

    The sign of votes is found by comparing each person's agreements in the matrix with the total
    that stands beside it, so that open data (1 agrees) and raw databases (-1 agrees) come out
    alike.

    Raises
    ------
    DataError
        ``"no_such_file"``, ``"bad_polis"`` naming file and rows.
    """
    statements = tuple(_statements(folder / "comments.csv"))
    participants, columns = _matrix(folder / "participants-votes.csv")
    turned = _turned(participants)
    if turned:
        participants = [
            Participant(
                one.group,
                {key: -value for key, value in one.marks.items()},
                one.votes,
                one.agrees,
                one.disagrees,
            )
            for one in participants
        ]
    return Conversation(
        statements,
        tuple(participants),
        columns,
        _summary(folder / "summary.csv"),
        _votes(folder / "votes.csv"),
        turned,
        _history(folder / "stats-history.csv"),
    )


def _rows(
    path: Path, needed: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    sheet = read_sheet(path)
    header = tuple(cell.strip() for cell in sheet.rows[0][1]) if sheet.rows else ()
    missing = [name for name in needed if name not in header]
    if missing:
        raise DataError("bad_polis", f"{path.name} has no column {missing[0]}.")
    if len(set(header)) < len(header):
        raise DataError("bad_polis", f"{path.name} has two columns of one name.")
    wrong = [row for row, cells in sheet.rows[1:] if len(cells) != len(header)]
    if wrong:
        raise DataError(
            "bad_polis", f"{path.name} has rows of another length ({rows_named(wrong)})."
        )
    return header, [(row, dict(zip(header, cells, strict=True))) for row, cells in sheet.rows[1:]]


def _whole(path: Path, row: int, text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        raise DataError("bad_polis", f"{path.name} has no whole number where one belongs "
                        f"({rows_named([row])}).")  # fmt: skip
    return int(text)


def _statements(path: Path) -> list[Statement]:
    needed = ("comment-id", "agrees", "disagrees", "moderated", "comment-body")
    out: list[Statement] = []
    seen: set[str] = set()
    for row, cells in _rows(path, needed)[1]:
        agrees, disagrees, moderated = (_whole(path, row, cells[name]) for name in needed[1:4])
        id_ = str(_whole(path, row, cells["comment-id"]))
        if id_ in seen or moderated not in {-1, 0, 1}:
            raise DataError(
                "bad_polis",
                f"{path.name} names a statement twice, or a state that is none "
                f"({rows_named([row])}).",
                allowed="moderated is 1, 0 or -1",
            )
        seen.add(id_)
        author = cells.get("author-id", "")
        text = cells["comment-body"]
        out.append(Statement(id_, author, agrees, disagrees, moderated, text))
    # The files of Polis begin with the latest statement; people read them from the first.
    return sorted(out, key=lambda one: int(one.id))


def _matrix(path: Path) -> tuple[list[Participant], tuple[str, ...]]:
    header, rows = _rows(path, _BEFORE)
    columns = tuple(name for name in header if name.isascii() and name.isdigit())
    out = []
    for row, cells in rows:
        marks = {}
        for name in columns:
            if not cells[name].strip():
                continue
            value = _whole(path, row, cells[name])
            if value not in {-1, 0, 1}:
                raise DataError(
                    "bad_polis",
                    f"{path.name} holds a vote that is none ({rows_named([row])}).",
                    allowed="1, 0, -1 or nothing",
                )
            marks[name] = Fraction(value)
        totals = [_whole(path, row, cells[name]) for name in _BEFORE[2:]]
        out.append(Participant(cells["group-id"].strip(), marks, *totals))
    return out, columns


def _turned(participants: Sequence[Participant]) -> bool:
    as_is = turned = 0
    for one in participants:
        agrees = sum(value == 1 for value in one.marks.values())
        disagrees = sum(value == -1 for value in one.marks.values())
        as_is += agrees == one.agrees and disagrees == one.disagrees
        turned += disagrees == one.agrees and agrees == one.disagrees
    return turned > as_is


def _summary(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    rows = read_sheet(path).rows
    return {cells[0].strip(): ",".join(cells[1:]).strip() for _, cells in rows}


def _votes(path: Path) -> int | None:
    if not path.is_file():
        return None
    for row, cells in (rows := _rows(path, ("comment-id", "voter-id", "vote"))[1]):
        if _whole(path, row, cells["vote"]) not in {-1, 0, 1}:
            raise DataError(
                "bad_polis", f"{path.name} holds a vote that is none ({rows_named([row])})."
            )
    return len(rows)


def _history(path: Path) -> dict[str, int]:
    if not path.is_file():
        return {}
    rows = _rows(path, ("n-votes", "n-visitors"))[1]
    row, cells = rows[-1] if rows else (0, {})
    return {name: _whole(path, row, value) for name, value in cells.items()}
