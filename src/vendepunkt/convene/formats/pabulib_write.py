"""How one vote of a meeting becomes the text of a Pabulib file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from vendepunkt.convene.formats.cells import neutral
from vendepunkt.convene.formats.protocol import (
    Choice,
    Loss,
    OneVote,
    lost_beside_the_vote,
    one_vote,
)
from vendepunkt.convene.rules import RULES
from vendepunkt.convene.types import Marks, Meeting
from vendepunkt.terms import DataError

#: How an invented meeting says so in the comment of its file.
INVENTED: Final = "Invented example, no real people."

_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {"choose-k": "greedy", "approval": "greedy", "dots": "greedy", "equal-shares": "equalshares"}
)
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"crosses": "approval", "dots": "cumulative", "scores": "scoring", "ranks": "ordinal"}
)
_NAMED: Final = frozenset({"choose-k", "approval", "dots", "score", "borda", "equal-shares"})
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def pb_text(meeting: Meeting, choice: Choice) -> tuple[str, list[Loss]]:
    """Give the text of the file, and what it cannot hold."""
    kept = one_vote(meeting, choice)
    losses = lost_beside_the_vote(meeting, kept)
    vote_type = _TYPES[RULES[kept.vote.rule].form.kind]
    if kept.vote.rule not in _NAMED:
        losses.append(Loss("rule_unnamed", {"rule": kept.vote.rule}))
    ids = _ids(kept)
    if list(ids) != list(ids.values()):
        losses.append(Loss("ids_numbered"))
    votes = [_vote(ballot.marks, vote_type, ids) for ballot in kept.ballots]
    if vote_type == "ordinal" and any(_gaps(ballot.marks) for ballot in kept.ballots):
        losses.append(Loss("ranks"))
    points = vote_type in {"cumulative", "scoring"}
    out = io.StringIO()
    csv_out = csv.writer(out, delimiter=";", lineterminator="\n")
    csv_out.writerows([("META",), ("key", "value"), *_meta(meeting, kept, vote_type)])
    csv_out.writerows([("PROJECTS",), ("project_id", "cost", "votes", "name")])
    for theme, title in zip(kept.themes, kept.titles, strict=True):
        marked = sum(theme.id in ballot.marks for ballot in kept.ballots)
        csv_out.writerow((ids[theme.id], 1, marked, _line(title)))
    csv_out.writerows([("VOTES",), ("voter_id", "vote", "points")[: 3 if points else 2]])
    for place, (chosen, values) in enumerate(votes, start=1):
        csv_out.writerow((place, chosen, values)[: 3 if points else 2])
    return out.getvalue(), losses


def _meta(meeting: Meeting, kept: OneVote, vote_type: str) -> list[tuple[str, object]]:
    vote, language = kept.vote, kept.language
    phase = next(one for one in meeting.phases if one.id == vote.phase)
    day = meeting.date.strftime("%d.%m.%Y") if meeting.date else ""
    said = f"{INVENTED} {meeting.attribution}" if meeting.invented else meeting.attribution
    caps = {"choose-k": "max_length", "dots": "max_sum_points", "score": "max_points"}
    rows: list[tuple[str, object]] = [
        ("description", _line(meeting.title.in_(language) or meeting.id)),
        ("country", "Unknown"),
        ("unit", _line(meeting.title.in_(language) or meeting.id)),
        ("subunit", _line(kept.panel.title.in_(language) or kept.panel.id)),
        ("instance", _line(phase.title.in_(language) or phase.id)),
        ("num_projects", len(kept.themes)),
        ("num_votes", len(kept.ballots)),
        ("budget", vote.places),
        ("vote_type", vote_type),
        ("rule", _RULES.get(vote.rule, "unknown")),
        ("date_begin", day),
        ("date_end", day),
    ]
    if vote.choices is not None and vote.rule in caps:
        rows.append((caps[vote.rule], vote.choices))
    rows.append(("language", "Danish" if language == "da" else "English"))
    if said.strip():
        rows.append(("comment", f"#1: {_BREAKS.sub(' ', said).strip()}"))
    return rows


def _ids(kept: OneVote) -> dict[str, str]:
    plain = [theme.id for theme in kept.themes]
    if all(_ID.fullmatch(one) for one in plain):
        return {one: one for one in plain}
    return {one: str(place) for place, one in enumerate(plain, start=1)}


def _vote(marks: Marks, vote_type: str, ids: Mapping[str, str]) -> tuple[str, str]:
    if not set(marks) <= set(ids):
        raise _cannot("a ballot marks a theme that is not on the ballot paper")
    order = sorted(marks, key=lambda one: (marks[one], one) if vote_type == "ordinal" else (0, one))
    if vote_type == "ordinal" and len(set(marks.values())) < len(marks):
        raise _cannot("a ballot gives two themes the same rank")
    if vote_type == "approval" and any(value != 1 for value in marks.values()):
        raise _cannot("a cross has another value than 1")
    values = [str(marks[one]) for one in order]
    return ",".join(ids[one] for one in order), ",".join(values)


def _cannot(why: str) -> DataError:
    return DataError(
        "cannot_be_pabulib",
        f"Pabulib cannot hold this vote: {why}.",
        try_="--format ballots",
    )


def _gaps(marks: Marks) -> bool:
    return sorted(marks.values()) != [Fraction(n) for n in range(1, len(marks) + 1)]


def _line(text: str) -> str:
    """Keep a text in one line, where simple readers begin a new row, and no formula."""
    return neutral(_BREAKS.sub(" ", text).strip())
