"""The panel meetings of a study: which are read, and whether they fit what `[convene]` says.

Everything that does not fit is collected with its line, so that `check` can say it all at once.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from vendepunkt.study import ConveneTable, Study, hash_file
from vendepunkt.terms import DataError, VendepunktError

if TYPE_CHECKING:
    from vendepunkt.convene import Meeting, SameTheme, Vote
    from vendepunkt.pipeline.prepare import Findings, Path

#: Where frozen meetings lie in a study folder.
PANELS: Final = "panels"
#: Choices of a vote whose ballots are held against no cap.
_NO_CAP: Final = 10**9
_COLUMNS: Final = ("theme", "common", "by", "why")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A meeting as the study reads it.

    Attributes
    ----------
    meeting
        The meeting, with the rule, the places and the mapping that `[convene]` puts in place of
        its own.
    folder
        Where it stands within the study folder, with forward slashes.
    own
        Id of a vote → the vote as the meeting held it, where `[convene]` changed it.
    """

    meeting: Meeting
    folder: str
    own: Mapping[str, Vote]


def meeting_folders(study: Study) -> tuple[str, ...]:
    """Name the folders of the meetings that a study reads, with forward slashes.

    Those of `[convene] meetings`, else every folder in `panels/` that holds a frozen version.
    """
    from vendepunkt.convene import versions

    if study.convene is None:
        return ()
    if study.convene.meetings:
        return tuple(name.replace("\\", "/").rstrip("/") for name in study.convene.meetings)
    home = study.folder / PANELS
    below = sorted(home.iterdir()) if home.is_dir() else []
    return tuple(f"{PANELS}/{each.name}" for each in below if each.is_dir() and versions(each))


def panel_files(study: Study) -> dict[str, str]:
    """Give every file that the stage is made from: path within the study folder → SHA-256."""
    from vendepunkt.convene import versions

    files: list[FilePath] = []
    for name in meeting_folders(study):
        folder = study.folder / name
        held = versions(folder)
        files += sorted(path for path in (held[-1] if held else folder).rglob("*"))
    stated = study.convene
    if stated is not None and stated.mapping is not None:
        files.append(study.folder / stated.mapping)
    return {
        path.relative_to(study.folder).as_posix(): hash_file(path)
        for path in files
        if path.is_file()
    }


def gather(study: Study, findings: Findings) -> tuple[Gathered, ...]:
    """Read the meetings of a study.

    Parameters
    ----------
    study
        The study; without `[convene]` there are none.
    findings
        Where everything that does not fit is noted.

    Returns
    -------
    tuple of Gathered
        Those that can be read.
    """
    stated = study.convene
    if stated is None:
        return ()
    folders = meeting_folders(study)
    if not folders:
        findings.add(
            ("convene",),
            "no_meeting",
            f"[convene] reads panel meetings, and {PANELS}/ holds none.",
            try_=f"vendepunkt convene import, or freeze a meeting into {PANELS}/",
        )
        return ()
    held: list[tuple[Path, str, Meeting]] = []
    for place, name in enumerate(folders):
        path: Path = ("convene", "meetings", place) if stated.meetings else ("convene",)
        meeting = _thawed(study, name, path, findings)
        if meeting is not None:
            held.append((path, name, meeting))
    _twice(held, findings)
    mapped = _mapped(study, stated, [meeting for *_, meeting in held], findings)
    found = []
    for (path, name, _), meeting in zip(held, mapped, strict=True):
        one = _with_rule(stated, meeting, name)
        _check(one, path, findings)
        found.append(one)
    return tuple(found)


def _thawed(study: Study, name: str, path: Path, findings: Findings) -> Meeting | None:
    """Read a frozen meeting, or note why not."""
    from vendepunkt.convene import thaw

    folder = study.folder / name
    if not folder.is_dir():
        findings.add(
            path,
            "no_meeting",
            f"[convene] meetings names {name!r}, and there is no such folder.",
            allowed="a folder inside the study folder that holds a frozen meeting",
        )
        return None
    try:
        return thaw(folder)
    except VendepunktError as error:
        findings.add(path, error.code, f"{name}: {error.text}", error.allowed, error.try_)
        return None


def _twice(held: list[tuple[Path, str, Meeting]], findings: Findings) -> None:
    seen: dict[str, str] = {}
    for path, name, meeting in held:
        if meeting.id in seen:
            findings.add(
                path,
                "meeting_twice",
                f"{seen[meeting.id]} and {name} hold the same meeting.",
                try_="name one of them under [convene] meetings",
            )
        seen.setdefault(meeting.id, name)


def _with_rule(stated: ConveneTable, meeting: Meeting, folder: str) -> Gathered:
    """Put the rule and the places of `[convene]` into every vote of a meeting."""
    votes, own = [], {}
    for vote in meeting.votes:
        rule = stated.rule or vote.rule
        other = replace(
            vote,
            rule=rule,
            places=stated.places or vote.places,
            # The cap of a ballot says nothing under another rule than the ballot was made for.
            choices=vote.choices if rule == vote.rule else None,
        )
        if other != vote:
            own[vote.id] = vote
        votes.append(other)
    return Gathered(replace(meeting, votes=tuple(votes)), folder, own)


def _check(one: Gathered, path: Path, findings: Findings) -> None:
    """Note ballots that the rule they are counted by cannot read."""
    from vendepunkt.convene.rules import RULES

    meeting = one.meeting
    for vote in meeting.votes:
        rule = RULES.get(vote.rule)
        if rule is None:
            findings.add(
                path,
                "unknown_rule",
                f"{one.folder}: a vote is counted by {vote.rule!r}.",
                allowed=", ".join(RULES),
            )
            continue
        where: Path = ("convene", "rule") if vote.id in one.own else path
        for panel in meeting.panels:
            themes = [theme.id for theme in meeting.themes_of(vote.id, panel.id)]
            try:
                for ballot in meeting.ballots_of(vote.id, panel.id):
                    rule.check(ballot.marks, vote.choices or _NO_CAP, themes)
            except DataError as error:
                findings.add(
                    where, error.code, f"{one.folder}: {error.text}", error.allowed, error.try_
                )


def _mapped(
    study: Study, stated: ConveneTable, meetings: list[Meeting], findings: Findings
) -> list[Meeting]:
    """Put the mapping of `[convene]` in place of the meetings' own."""
    if stated.mapping is None:
        return meetings
    rows = _rows(study.folder / stated.mapping, stated.mapping, findings)
    known = {meeting.id for meeting in meetings}
    for line, row in enumerate(rows, start=2):
        of = row.get("meeting", "")
        if (of and of not in known) or (not of and len(meetings) > 1):
            findings.add(
                ("convene", "mapping"),
                "unknown_meeting",
                f"{stated.mapping}, line {line}, does not say which meeting it is about.",
                allowed=", ".join(sorted(known)),
            )
            return meetings
    return [
        replace(meeting, mapping=_same(meeting, stated.mapping, rows, findings))
        for meeting in meetings
    ]


def _same(
    meeting: Meeting, name: str, rows: list[dict[str, str]], findings: Findings
) -> tuple[SameTheme, ...]:
    """Read the rows that are about one meeting."""
    from vendepunkt.convene import SameTheme

    themes = [theme.id for theme in meeting.themes]
    found: dict[str, SameTheme] = {}
    for line, row in enumerate(rows, start=2):
        if row.get("meeting", "") not in {"", meeting.id}:
            continue
        problem = ""
        if row["theme"] not in themes:
            problem = f"names the theme {row['theme']!r}, which {meeting.id} does not have"
        elif row["theme"] in found:
            problem = f"names the theme {row['theme']!r} a second time"
        elif not row["common"] or not row["by"]:
            problem = "does not say the common name, or who mapped"
        if problem:
            findings.add(
                ("convene", "mapping"),
                "bad_mapping",
                f"{name}, line {line}, {problem}.",
                allowed=", ".join(themes),
            )
            continue
        found[row["theme"]] = SameTheme(*(row[column] for column in _COLUMNS))
    return tuple(found.values())


def _rows(path: FilePath, name: str, findings: Findings) -> list[dict[str, str]]:
    """Read the csv file of a mapping; a comma or a semicolon between the columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        findings.add(
            ("convene", "mapping"),
            "no_mapping",
            f"[convene] mapping is {name!r}, which is no file that can be read as UTF-8.",
            try_="a csv file with the columns " + ", ".join(_COLUMNS),
        )
        return []
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ",")
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        findings.add(
            ("convene", "mapping"),
            "bad_mapping",
            f"{name} has no column {missing[0]!r}.",
            allowed=", ".join((*_COLUMNS, "meeting")),
        )
        return []
    return [
        {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        for row in reader
    ]
