"""Pabulib files, ``.pb``: the sections META, PROJECTS and VOTES of participatory budgeting."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.build import Builder, slug
from vendepunkt.convene.formats.cells import number, text_of, unmarked, write_text
from vendepunkt.convene.formats.mapping import Head, VoteMap, head_of, named, votes_of
from vendepunkt.convene.formats.pabulib_write import INVENTED, pb_text
from vendepunkt.convene.formats.protocol import Choice, Imported, Written
from vendepunkt.convene.types import Channel, Meeting, Words
from vendepunkt.terms import DataError, Notice, VendepunktError

_SECTIONS: Final = ("META", "PROJECTS", "VOTES")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "META": ("key", "value"),
    "PROJECTS": ("project_id",),
    "VOTES": ("voter_id", "vote"),
}
VOTE_TYPES: Final = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
_PAPER: Final = frozenset({"paper", "mail"})


@dataclass(frozen=True, slots=True)
class Pabulib:
    """One vote with its projects, as pabulib.org publishes them: a project is a theme.

    The kinds of vote become rules: ``approval`` approval (choose-k where ``max_length`` caps it),
    ``choose-1`` choose-k with one, ``ordinal`` Borda on ranks, ``cumulative`` dots, ``scoring``
    score.

    References
    ----------
    .. [1] Faliszewski, P. et al. (2023). Participatory budgeting: data, tools, and analysis.
       *IJCAI 2023*, 2667-2674. doi:10.24963/ijcai.2023/297
    """

    name: str = "pabulib"
    words: str = "Pabulib file of a participatory budget"
    suffix: str = ".pb"
    reads: bool = True
    writes: bool = True
    holds: frozenset[str] = frozenset({"marks", "blank", "themes", "titles", "attribution"})

    def claims(self, path: Path) -> bool:
        """Whether the file ends in ``.pb``, or is text that begins with META."""
        if path.suffix.lower() == ".pb":
            return True
        if path.suffix.lower() not in {".csv", ".txt"} or not path.is_file():
            return False
        try:
            return text_of(path).lstrip("\ufeff \r\n")[:5].strip(" ;\r\n") == "META"
        except VendepunktError:
            return False

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read a vote.

        Raises
        ------
        DataError
            ``"bad_pabulib"`` with the line, where a section or column is missing, a count is wrong
            or a vote cannot be; ``"unknown_vote_type"``.
        """
        file = _parse(path)
        vote_type = _meta(file, "vote_type").lower()
        if vote_type not in VOTE_TYPES:
            raise DataError(
                "unknown_vote_type",
                f"{path.name} names no vote_type that is known.",
                allowed=", ".join(VOTE_TYPES),
            )
        return _build(file, vote_type, mapping)

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write one vote of one panel; each theme is a project that costs 1, and places the budget.

        Raises
        ------
        DataError
            ``"cannot_be_pabulib"`` where ranks are shared or below what the format has.
        """
        text, losses = pb_text(meeting, choice)
        write_text(path, text)
        return Written((path,), tuple(losses))


@dataclass(slots=True)
class _File:
    """The sections as they stand, each entry with its line."""

    name: str
    meta: dict[str, tuple[str, int]] = field(default_factory=dict)
    projects: dict[str, tuple[Mapping[str, str], int]] = field(default_factory=dict)
    votes: list[tuple[Mapping[str, str], int]] = field(default_factory=list)

    def wrong(self, line: int, what: str) -> DataError:
        """Say what cannot be, and on which line."""
        return DataError(
            "bad_pabulib",
            f"{self.name}, line {line}: {what}.",
            try_="the file from its source again",
        )

    def whole(self, key: str) -> int | None:
        """Give a whole number of META, or None where it is not there."""
        text, line = self.meta.get(key, ("", 0))
        if text in {"", "None"}:
            return None
        try:
            value = number(text)
        except ValueError:
            raise self.wrong(line, f"{key} is no number") from None
        if value.denominator != 1 or value < 0:
            raise self.wrong(line, f"{key} is no whole number")
        return int(value)


def _parse(path: Path) -> _File:
    file = _File(path.name)
    section = ""
    header: tuple[str, ...] = ()
    for line, row in _rows(path):
        first = row[0].strip().upper()
        if first in _SECTIONS and not any(cell.strip() for cell in row[1:]):
            section, header = first, ()
            continue
        if not section:
            raise file.wrong(line, "the file does not begin with META")
        if not header:
            header = tuple(cell.strip().lower() for cell in row)
            missing = [name for name in _NEEDED[section] if name not in header]
            if missing:
                raise file.wrong(line, f"{section} has no column {missing[0]}")
            continue
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise file.wrong(line, f"{section} has more columns here than its first row")
        _take(
            file,
            section,
            dict.fromkeys(header, "")
            | dict(zip(header, (cell.strip() for cell in row), strict=False)),
            line,
        )
    for name, held in (("META", file.meta), ("PROJECTS", file.projects), ("VOTES", file.votes)):
        if not held and name != "VOTES":
            raise DataError("bad_pabulib", f"{path.name} has no section {name}, or it is empty.")
    return file


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text_of(path), newline=""), delimiter=";")
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            "bad_pabulib", f"{path.name}, line {line}: it cannot be split into columns."
        ) from error


def _take(file: _File, section: str, row: Mapping[str, str], line: int) -> None:
    if section == "META":
        file.meta[row["key"].lower()] = (row.get("value", ""), line)
    elif section == "PROJECTS":
        project = row["project_id"]
        if not project or "," in project:
            raise file.wrong(line, "a project has no id, or one with a comma")
        if project in file.projects:
            raise file.wrong(line, "a project stands twice")
        file.projects[project] = (row, line)
    else:
        file.votes.append((row, line))


def _build(file: _File, vote_type: str, mapping: Mapping[str, Any]) -> Imported:
    for key, held in (("num_projects", file.projects), ("num_votes", file.votes)):
        said = file.whole(key)
        if said is not None and said != len(held):
            line = file.meta[key][1]
            raise file.wrong(line, f"{key} is {said}, and the file has {len(held)}")
    language = "da" if _meta(file, "language").lower() in {"da", "danish"} else "en"
    stem = Path(file.name).stem
    title = unmarked(_meta(file, "description")) or stem
    comment = re.sub(r"^#1:\s*", "", _meta(file, "comment"))
    invented = comment.startswith(INVENTED)
    head = Head(
        slug(stem) or "meeting",
        Words(da=title) if language == "da" else Words(en=title),
        language=language,
        invented=invented,
        attribution=comment.removeprefix(INVENTED).strip() if comment else "",
    )
    built = Builder(head_of(mapping, head), votes_of(mapping, _rule(file, vote_type)))
    panel = built.panel(named(mapping, "panel") or unmarked(_meta(file, "subunit")))
    phase = built.phase(named(mapping, "phase") or unmarked(_meta(file, "instance")))
    for project, (row, _) in file.projects.items():
        built.theme(unmarked(row.get("name", "")) or project, phase, id_=project)
    vote = built.vote(phase)
    for row, line in file.votes:
        marks = _marks(file, vote_type, row, line)
        paper = row.get("voting_method", "").lower() in _PAPER
        channel: Channel = "paper" if paper else "phone"
        built.ballot(vote, panel, marks, channel)
    return Imported(built.meeting(), tuple(_notices(file, vote_type)))


def _meta(file: _File, key: str) -> str:
    return file.meta.get(key, ("",))[0]


def _rule(file: _File, vote_type: str) -> VoteMap:
    most = file.whole("max_length")
    free = most is None or most >= len(file.projects)
    places = 3
    budget = _meta(file, "budget")
    costs = {row.get("cost", "") for row, _ in file.projects.values()}
    if costs == {"1"} and budget.isascii() and budget.isdigit() and 1 <= len(budget) <= 4:
        # Every project costs 1: the budget is a number of places.
        places = max(1, int(budget))
    if vote_type == "choose-1":
        return VoteMap("choose-k", 1, places)
    if vote_type == "ordinal":
        return VoteMap("borda", None, places)
    if vote_type == "cumulative":
        return VoteMap("dots", file.whole("max_sum_points"), places)
    if vote_type == "scoring":
        return VoteMap("score", file.whole("max_points"), places)
    if _meta(file, "rule").lower() == "equalshares":
        return VoteMap("equal-shares", None, places)
    return VoteMap("approval", None, places) if free else VoteMap("choose-k", most, places)


def _marks(file: _File, vote_type: str, row: Mapping[str, str], line: int) -> dict[str, Fraction]:
    text = row["vote"] if row["vote"].lower() != "none" else ""
    chosen = [one.strip() for one in text.split(",") if one.strip()]
    if len(set(chosen)) < len(chosen):
        raise file.wrong(line, "a vote names the same project twice")
    if not set(chosen) <= set(file.projects):
        raise file.wrong(line, "a vote names a project that PROJECTS does not have")
    least, most = file.whole("min_length"), file.whole("max_length")
    if vote_type == "choose-1":
        most = 1
    if most is not None and len(chosen) > most:
        raise file.wrong(line, f"a vote names more than {most} projects")
    if least is not None and 0 < len(chosen) < least:
        raise file.wrong(line, f"a vote names fewer than {least} projects")
    if vote_type == "ordinal":
        return {one: Fraction(place) for place, one in enumerate(chosen, start=1)}
    if vote_type in {"approval", "choose-1"}:
        return dict.fromkeys(chosen, Fraction(1))
    return _points(file, vote_type, chosen, row, line)


def _points(
    file: _File, vote_type: str, chosen: list[str], row: Mapping[str, str], line: int
) -> dict[str, Fraction]:
    written = [one for one in row.get("points", "").split(",") if one.strip()]
    if len(written) != len(chosen) or (chosen and "points" not in row):
        raise file.wrong(line, "a vote has another number of points than of projects")
    try:
        values = [number(one) for one in written]
        default = number(_meta(file, "default_score") or "0")
        limits = {
            key: number(_meta(file, key)) for key in ("max_points", "min_points", "max_sum_points")
            if _meta(file, key)
        }  # fmt: skip
    except ValueError:
        raise file.wrong(line, "points are no numbers") from None
    if any(value > limits.get("max_points", value) for value in values):
        raise file.wrong(line, "a vote gives a project more points than max_points")
    if any(value < limits.get("min_points", value) for value in values):
        raise file.wrong(line, "a vote gives a project fewer points than min_points")
    if vote_type == "cumulative" and sum(values) > limits.get("max_sum_points", sum(values)):
        raise file.wrong(line, "a vote gives more points than max_sum_points")
    marks = dict(zip(chosen, values, strict=True))
    if vote_type == "scoring" and default and chosen:
        marks |= {one: default for one in file.projects if one not in marks}
    return marks


def _notices(file: _File, vote_type: str) -> Iterator[Notice]:
    voters = [row["voter_id"] for row, _ in file.votes]
    twice = len(voters) - len(set(voters))
    if twice:
        yield Notice(
            "voter_twice",
            f"{twice} votes have a voter_id that stands before them; all are counted.",
            {"n": twice},
        )
    personal = sorted(
        {"age", "sex", "district", "neighborhood", "education"} & set(file.votes[0][0])
        if file.votes
        else ()
    )
    if personal:
        yield Notice(
            "personal_columns",
            f"What voters told about themselves ({', '.join(personal)}) is not taken over.",
            {"columns": ", ".join(personal)},
        )
    if {row.get("cost", "1") for row, _ in file.projects.values()} != {"1"}:
        yield Notice(
            "costs_left_out",
            "What projects cost, and the budget, are not taken over: themes cost nothing.",
        )
    counted = dict.fromkeys(file.projects, 0)
    for row, line in file.votes:
        for project in _marks(file, vote_type, row, line):
            counted[project] += 1
    differing = sum(
        row["votes"].isdigit() and int(row["votes"][:18]) != counted[project]
        for project, (row, _) in file.projects.items()
        if row.get("votes")
    )
    if differing and not _meta(file, "default_score"):
        yield Notice(
            "votes_differ",
            f"For {differing} projects the column votes differs from the votes in the file; "
            "the votes in the file count.",
            {"n": differing},
        )
