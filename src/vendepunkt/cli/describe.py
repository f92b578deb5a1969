"""``vendepunkt describe FILE``: what is in a data file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import NAMES, data_argument, json_option

if TYPE_CHECKING:
    from vendepunkt.data import Description

#: A title and the rows under it, the first row being the headings.
Section = tuple[str, Sequence[tuple[str, ...]]]

_WIDEST = 48


@click.command("describe")
@data_argument
@click.option("--person", metavar="COL", help="Column with the person's id.")
@click.option("--wave", metavar="COL", help="Column with the wave.")
@click.option("--wide", type=NAMES, metavar="T1,T2", help="Marks of the waves in column names.")
@click.option("--items", type=NAMES, help="Columns that count as answers in a wave.")
@click.option("--encoding", metavar="NAME", help="Character encoding, such as windows-1252.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook.")
@json_option
def command(
    data: Path,
    person: str | None,
    wave: str | None,
    wide: tuple[str, ...] | None,
    items: tuple[str, ...] | None,
    encoding: str | None,
    sheet: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what is in a data file: items, types and why, missing answers, waves, weights.

    Free text and ids are counted, never shown.
    """
    from vendepunkt.data import describe, read_survey

    survey = read_survey(
        data, person=person, wave=wave, wide=wide, encoding=encoding, sheet=sheet, items=items
    )
    described = describe(survey, items)
    if not as_json and sys.stdout.isatty():
        _paint(described)
        answer({}, schema="describe/1", notices=described.notices, as_json=False)
        return
    answer(
        described.as_plain(),
        schema="describe/1",
        notices=described.notices,
        as_json=as_json,
        lines=_lines(described),
    )


def _sections(described: Description) -> Iterator[Section]:
    """Give the tables of the answer for people."""
    items = [("item", "kind", "why", "answered", "missing", "question")]
    items += [
        (s.item, s.kind + ("?" if s.guessed else ""), s.why, str(s.n), str(s.n_missing), s.label)
        for s in described.items
    ]
    yield "Items (? = guessed; say otherwise where it matters)", items
    answers = [("item", "answers")]
    for s in described.items:
        if s.categories:
            counted = "  ".join(f"{name} {n}" for name, _, n in s.categories[:12])
            rest = f"  and {len(s.categories) - 12} more" if len(s.categories) > 12 else ""
            answers.append((s.item, counted + rest))
        elif s.mean is not None:
            answers.append((s.item, f"{s.low:g} to {s.high:g}, mean {s.mean:.4g}"))
        else:
            answers.append((s.item, f"{s.distinct} different, not shown"))
    yield "Answers", answers
    reasons = [("item", "code", "reason", "rows")]
    for s in described.items:
        reasons += [(s.item, reason.code, reason.text, str(n)) for reason, n in s.missing]
    yield "Missing answers by reason", reasons
    offered = [("item", "code", "label", "rows")]
    offered += [(o.column, str(o.code), o.label, str(o.n)) for o in described.offers]
    yield "Offered as missing (count as answers until accepted)", offered
    waves = [("wave", "name", "fieldwork", "rows", "persons with answers", "items answered")]
    waves += [
        (w.wave, w.name, w.fieldwork, str(w.n), str(w.persons), f"{w.answered:.1f}")
        for w in described.waves
    ]
    yield "Waves", waves
    patterns = [("answered in", "persons")]
    patterns += [(" + ".join(held) or "(none)", str(n)) for held, n in described.patterns]
    yield "Who answered when", patterns
    design = [("column", "looks like", "because of", "label")]
    design += [(c.column, c.part, c.why, c.label) for c in described.weights + described.design]
    yield "Weights and design", design
    sets = [("set", "columns")]
    sets += [(name, ", ".join(columns)) for name, columns in described.sets.items()]
    yield "Multiple-response sets", sets


def _lines(described: Description) -> Iterator[str]:
    """Write plain columns, for pipes and files."""
    yield f"{described!r} ({described.format})"
    for title, rows in _sections(described):
        if len(rows) == 1:
            continue
        yield ""
        yield title
        last = len(rows[0]) - 1
        widths = [min(max(len(row[i]) for row in rows), _WIDEST) for i in range(last)]
        for row in rows:
            cells = [_cut(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
            yield "  " + "  ".join([*cells, row[last]]).rstrip()


def _cut(cell: str) -> str:
    return cell if len(cell) <= _WIDEST else cell[: _WIDEST - 1] + "…"


def _paint(described: Description) -> None:
    """Draw the tables in a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    console.print(Text(f"{described!r} ({described.format})", style="bold"))
    for title, rows in _sections(described):
        if len(rows) == 1:
            continue
        table = Table(title=title, title_justify="left", header_style="bold")
        for heading in rows[0]:
            right = heading in ("answered", "missing", "rows", "persons")
            table.add_column(heading, justify="right" if right else "left")
        for row in rows[1:]:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
