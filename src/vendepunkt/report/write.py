"""Write a report: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from vendepunkt.report.blocks import Document, Figure, Table
from vendepunkt.report.build import build
from vendepunkt.report.csv_table import as_csv
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.render.svg import clean
from vendepunkt.terms import RefValue, UsageError, choose

#: Formats that a later version brings.
_LATER: Final = ("docx",)


def write_report(
    document: Document,
    out: Path | str,
    formats: Iterable[str] = ("html", "pdf"),
    *,
    refs: Mapping[str, RefValue],
) -> tuple[Path, ...]:
    """Write a report with its tables and figures.

    Parameters
    ----------
    document
        The report.
    out
        Folder to write into; made where it is missing.
    formats
        Any of :data:`~vendepunkt.report.render.RENDERERS`: ``"html"``, ``"pdf"``.
    refs
        Every citable value by its written ref.

    Returns
    -------
    tuple of Path
        The files: ``report.FORMAT``, ``tables/NAME.csv``, ``figures/NAME.svg``.

    Raises
    ------
    UsageError
        ``"format_later"`` or ``"not_allowed"`` for a format that cannot be written,
        ``"missing_extra"`` where the report extra is not installed.
    RefusedError
        If a ref is missing, or a table or figure was cleared under another name.

    Notes
    -----
    Everything is made before anything is replaced, so that an interruption leaves the last
    complete report. Tables and figures of an earlier run that this report does not have are taken
    away: they have not passed this run's disclosure control.
    """
    wanted = [check_format(name) for name in formats]
    folder = Path(out)
    built = build(document, refs)
    made = {f"report.{name}": RENDERERS[name](built, document.date) for name in wanted}
    for block in document.blocks:
        if isinstance(block, Table) and not block.appendix:
            made[f"tables/{block.name}.csv"] = as_csv(block, refs, document.language).encode()
        elif isinstance(block, Figure):
            made[f"figures/{block.name}.svg"] = clean(block.svg).encode()
    _replace(folder, made)
    _sweep(folder, made)
    return tuple(folder / name for name in made)


def check_format(name: str) -> str:
    """Return the format if it can be written, else say which can.

    Raises
    ------
    UsageError
        ``"format_later"`` for one that a later version brings, ``"not_allowed"`` for any other.
    """
    if name in _LATER:
        raise UsageError(
            "format_later",
            f"The format {name!r} comes with a later version.",
            allowed=", ".join(RENDERERS),
            try_="--to " + ",".join(RENDERERS),
        )
    return choose(name, tuple(RENDERERS), "--to")


def _replace(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write beside the folder first, then move file by file; a move is whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(prefix=".report-", dir=folder))
    try:
        for place, (name, content) in enumerate(made.items()):
            (room / str(place)).write_bytes(content)
            (folder / name).parent.mkdir(exist_ok=True)
        for place, name in enumerate(made):
            (room / str(place)).replace(folder / name)
    finally:
        for left in room.iterdir():
            left.unlink()
        room.rmdir()


def _sweep(folder: Path, made: Mapping[str, bytes]) -> None:
    kinds: Sequence[tuple[str, str]] = (("tables", "*.csv"), ("figures", "*.svg"))
    for inner, pattern in kinds:
        for file in (folder / inner).glob(pattern):
            if f"{inner}/{file.name}" not in made:
                file.unlink()
