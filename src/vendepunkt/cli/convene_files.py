"""``vendepunkt convene import|export``: meetings from and to files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option

if TYPE_CHECKING:
    from vendepunkt.convene import Meeting

#: Parts of a meeting, in the order of the answer, with words for people.
_PARTS = {
    "panels": "panels",
    "phases": "life phases",
    "groups": "small groups",
    "questions": "questions",
    "notes": "notes",
    "ideas": "ideas",
    "themes": "themes",
    "placements": "placements of ideas under themes",
    "votes": "votes",
    "ballots": "ballots",
    "placings": "published places",
    "mapping": "themes mapped between panels",
}


@click.command("import")
@click.argument("source", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Freeze the meeting here: a study, or a folder of meetings.  [default: only look]",
)
@click.option("--format", "name", metavar="NAME", help="Format, where the file does not show it.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file that says what columns mean.",
)
@click.option("--holds", metavar="KIND", help="What the sheet holds: ideas, counts, voters, …")
@click.option("--columns", metavar="text=A,…", help="What its columns mean, by name or letter.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@click.option("--panel", metavar="TITLE", help="Panel, where the file names none.")
@click.option("--phase", metavar="TITLE", help="Life phase, where the file names none.")
@json_option
def import_(
    source: Path,
    to: Path | None,
    name: str | None,
    mapping: Path | None,
    holds: str | None,
    columns: str | None,
    sheet: str | None,
    panel: str | None,
    phase: str | None,
    *,
    as_json: bool,
) -> None:
    """Read a meeting from a file or folder, and freeze it.

    Reads Pabulib files, csv of ballots, lists of published places, folders of Polis open data,
    frozen meetings, and spreadsheets whose columns are named by themselves or by --mapping.
    """
    from vendepunkt.convene import freeze, import_meeting

    given = _given(mapping, panel=panel, phase=phase)
    if holds or columns or sheet:
        given["sheet"] = [_sheet(holds, columns, sheet)]
    found = import_meeting(source, name, given)
    place = None if to is None else freeze(found.meeting, _home(to))
    answer(
        {
            "meeting": found.meeting.id,
            "title": found.meeting.title,
            "invented": found.meeting.invented,
            "attribution": found.meeting.attribution,
            "counts": _counts(found.meeting),
            "frozen": None if place is None else place.as_posix(),
        },
        schema="convene-import/1",
        notices=found.notices,
        as_json=as_json,
        lines=_read_lines(found.meeting, place),
    )


@click.command("export")
@click.argument("source", metavar="MEETING", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE",
    required=True,
    help="Where to write.",
)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    help="tables, workbook, pabulib, ballots, places, polis or frozen.  [default: by the ending]",
)
@click.option("--mapping", type=click.Path(path_type=Path), metavar="FILE", help="As in import.")
@click.option("--panel", metavar="ID", help="Panel, for formats that hold one vote.")
@click.option("--phase", metavar="ID", help="Life phase, for formats that hold one vote.")
@json_option
def export(
    source: Path,
    to: Path,
    name: str | None,
    mapping: Path | None,
    panel: str | None,
    phase: str | None,
    *,
    as_json: bool,
) -> None:
    """Write a meeting to a file or folder, and say what is lost.

    `tables` and `workbook` are open data: counts, numbers of fewer than five voters hidden, and
    only the ideas that were released. What a format cannot hold is listed.
    """
    from vendepunkt.convene import import_meeting, write_meeting

    found = import_meeting(source, None, _given(mapping))
    written = write_meeting(found.meeting, to, name, panel=panel, phase=phase)
    files = [path.as_posix() for path in written.paths]
    answer(
        {"meeting": found.meeting.id, "files": files, "losses": list(written.losses)},
        schema="convene-export/1",
        notices=found.notices,
        as_json=as_json,
        lines=_written_lines(files, written.losses),
    )


def _given(mapping: Path | None, **more: str | None) -> dict[str, Any]:
    """Give the mapping file, with what options say in place of it."""
    from vendepunkt.convene.formats.mapping import load_mapping

    read: Mapping[str, Any] = load_mapping(mapping)
    return dict(read) | {key: value for key, value in more.items() if value}


def _sheet(holds: str | None, columns: str | None, sheet: str | None) -> dict[str, Any]:
    """Give what options say about the columns as a mapping file would."""
    pairs = [part.partition("=") for part in (columns or "").split(",") if part.strip()]
    if not all(key.strip() and value.strip() for key, _, value in pairs):
        raise click.UsageError("--columns wants pairs, such as text=Response,theme=B.")
    table = {
        "holds": holds,
        "columns": {key.strip(): value.strip() for key, _, value in pairs},
        "sheet": sheet,
    }
    return {key: value for key, value in table.items() if value}


def _home(to: Path) -> Path:
    """Give the folder of meetings: of a study it is ``panels``."""
    return to / "panels" if (to / "study.toml").is_file() else to


def _counts(meeting: Meeting) -> dict[str, int]:
    return {part: len(getattr(meeting, part)) for part in _PARTS}


def _read_lines(meeting: Meeting, place: Path | None) -> Iterator[str]:
    title = meeting.title.in_("en") or meeting.id
    yield f"{title}{' (invented)' if meeting.invented else ''}"
    for part, n in _counts(meeting).items():
        if n:
            yield f"  {n:>6}  {_PARTS[part]}"
    if meeting.attribution:
        yield f"Wherever it is shown, say: {meeting.attribution}"
    if place is not None:
        yield f"Frozen in {place.as_posix()}."
    else:
        yield "Nothing was written. To keep it: --to FOLDER"


def _written_lines(files: list[str], losses: tuple[str, ...]) -> Iterator[str]:
    for file in files:
        yield f"{file} is written."
    if losses:
        yield "Not in it:"
        yield from (f"  {loss}" for loss in losses)
