"""How one vote of a meeting becomes a folder like Polis open data."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from vendepunkt.convene.formats.cells import csv_text, write_text
from vendepunkt.convene.formats.protocol import (
    FEWEST,
    Choice,
    Loss,
    OneVote,
    Written,
    lost_beside_the_vote,
    one_vote,
)
from vendepunkt.convene.types import Meeting
from vendepunkt.terms import DataError

_FILES: Final = ("comments.csv", "participants-votes.csv", "votes.csv", "summary.csv")


def write_polis(meeting: Meeting, path: Path, choice: Choice) -> Written:
    """Write statements, the matrix of votes and the totals; themes are the statements.

    A cross agrees; nothing is known of who saw a theme without marking it, so that its cell stays
    empty. Statements and participants are numbered; participants stand in an order that tells
    nothing.
    """
    kept = one_vote(meeting, choice)
    allowed = {-1, 0, 1}
    if any(value not in allowed for one in kept.ballots for value in one.marks.values()):
        raise DataError(
            "cannot_be_polis",
            "Polis cannot hold this vote: it has marks other than agrees, passes and disagrees.",
            try_="--format ballots",
        )
    ids = _ids(kept)
    path.mkdir(parents=True, exist_ok=True)
    losses = lost_beside_the_vote(meeting, kept)
    groups, hidden = _groups(kept)
    contents = (
        _comments(kept, ids),
        _matrix(kept, ids, groups),
        _votes(kept, ids),
        _summary(meeting, kept, groups),
    )
    for name, rows in zip(_FILES, contents, strict=True):
        write_text(path / name, csv_text(rows))
    if any(groups):
        losses = [one for one in losses if one.code != "groups"]
    if hidden:
        losses.append(Loss("small_groups", {"n": FEWEST}))
    if list(ids) != list(ids.values()):
        losses.append(Loss("statements_numbered"))
    losses.append(Loss("history"))
    if meeting.attribution or meeting.invented:
        losses.append(Loss("unsaid"))
    return Written(tuple(path / name for name in _FILES), tuple(losses))


def _ids(kept: OneVote) -> dict[str, str]:
    plain = [theme.id for theme in kept.themes]
    if all(one.isascii() and one.isdigit() and str(int(one[:15])) == one for one in plain):
        return {one: one for one in plain}
    return {one: str(place) for place, one in enumerate(plain)}


def _groups(kept: OneVote) -> tuple[list[str], bool]:
    """Number the groups of ballots; a group of too few voters is left out."""
    named = [one.group for one in kept.ballots]
    large = sorted({one for one in named if one is not None and named.count(one) >= FEWEST})
    small = any(one is not None and one not in large for one in named)
    return [str(large.index(one)) if one in large else "" for one in named], small


def _comments(kept: OneVote, ids: dict[str, str]) -> Sequence[Sequence[object]]:
    head = ("timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees",
            "moderated", "comment-body")  # fmt: skip
    rows: list[Sequence[object]] = [head]
    for theme, title in zip(kept.themes, kept.titles, strict=True):
        values = [one.marks[theme.id] for one in kept.ballots if theme.id in one.marks]
        counts = (values.count(Fraction(1)), values.count(Fraction(-1)))
        rows.append(("", "", ids[theme.id], "", *counts, 1, title))
    return rows


def _matrix(
    kept: OneVote, ids: dict[str, str], groups: Sequence[str]
) -> Sequence[Sequence[object]]:
    head = ("participant", "xid", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree")
    rows: list[Sequence[object]] = [(*head, *ids.values())]
    for place, (one, group) in enumerate(zip(kept.ballots, groups, strict=True)):
        values = list(one.marks.values())
        totals = (len(values), sum(v == 1 for v in values), sum(v == -1 for v in values))
        cells = (one.marks.get(theme, "") for theme in ids)
        rows.append((place, "", group, 0, *totals, *cells))
    return rows


def _votes(kept: OneVote, ids: dict[str, str]) -> Sequence[Sequence[object]]:
    rows: list[Sequence[object]] = [("timestamp", "datetime", "comment-id", "voter-id", "vote")]
    for place, one in enumerate(kept.ballots):
        rows += [("", "", ids[theme], place, value) for theme, value in sorted(one.marks.items())]
    return rows


def _summary(meeting: Meeting, kept: OneVote, groups: Sequence[str]) -> Sequence[Sequence[object]]:
    return [
        ("topic", meeting.title.in_(kept.language)),
        ("url", ""),
        ("views", kept.panel.present if kept.panel.present is not None else ""),
        ("voters", len(kept.ballots)),
        ("voters-in-conv", len(kept.ballots)),
        ("commenters", 0),
        ("comments", len(kept.themes)),
        ("groups", len(set(groups) - {""})),
        ("conversation-description", ""),
    ]
