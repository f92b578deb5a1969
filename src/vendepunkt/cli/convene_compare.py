"""``vendepunkt convene compare A [B …]``: set panels side by side."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vendepunkt.cli.answer import answer
from vendepunkt.cli.options import json_option
from vendepunkt.cli.tables import painted, percent, span
from vendepunkt.terms import DataError

if TYPE_CHECKING:
    from vendepunkt.convene import Comparison, SameTheme
    from vendepunkt.convene.pairing import Pair

_COLUMNS = ("theme", "common", "by", "why")


@click.command("compare")
@click.argument(
    "sources", metavar="BALLOTS…", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--method", metavar="NAME", help="Voting rule.  [default: that of each vote]")
@click.option(
    "--places", type=click.IntRange(min=1), metavar="N", help="Themes chosen.  [default: 3]"
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="csv with theme,common,by,why: themes grouped apart that are the same.",
)
@click.option(
    "--random-draws", is_flag=True, help="The panels are random draws: test the differences."
)
@click.option(
    "--persistence",
    type=float,
    default=0.8,
    show_default=True,
    metavar="P",
    help="How far down rank-biased overlap looks.",
)
@json_option
def command(
    sources: tuple[Path, ...],
    method: str | None,
    places: int | None,
    mapping: Path | None,
    persistence: float,
    *,
    random_draws: bool,
    as_json: bool,
) -> None:
    """Set panels side by side: what they agree on, what only one chose, what they turn round.

    Give a file for each panel, or one meeting of several panels. Themes of the same id are the
    same; others need a mapping, or are listed as having no counterpart.
    """
    from vendepunkt.convene import compare
    from vendepunkt.convene.formats import import_meeting
    from vendepunkt.convene.joining import joined
    from vendepunkt.convene.rules import RULES
    from vendepunkt.terms import choose

    if method is not None:
        choose(method, tuple(RULES), "--method")
    read = [import_meeting(source) for source in sources]
    meeting = joined([one.meeting for one in read], [source.stem for source in sources])
    rows = meeting.mapping if mapping is None else (*meeting.mapping, *read_mapping(mapping))
    found = compare(
        meeting,
        mapping=rows,
        random_draws=random_draws,
        rule=method,
        places=places,
        p=persistence,
    )
    answer(
        plain_comparison(found) | {"attribution": meeting.attribution},
        schema="convene-compare/1",
        notices=(*(notice for one in read for notice in one.notices), *found.notices),
        as_json=as_json,
        lines=_lines(found),
    )


def read_mapping(path: Path) -> tuple[SameTheme, ...]:
    """Read which themes are the same from a csv with the columns theme, common, by and why.

    Raises
    ------
    DataError
        ``bad_mapping`` if a column or a value of the first three is missing.
    """
    from vendepunkt.convene import SameTheme

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except UnicodeDecodeError:
        raise DataError("bad_mapping", f"{path.name} is no UTF-8 text.") from None
    out = []
    for number, row in enumerate(rows, start=2):
        said = {column: (row.get(column) or "").strip() for column in _COLUMNS}
        if not all(said[column] for column in _COLUMNS[:3]):
            raise DataError(
                "bad_mapping",
                f"Row {number} of {path.name} does not say theme, common and by.",
                allowed="a csv with the columns theme,common,by,why",
            )
        out.append(SameTheme(**said))
    return tuple(out)


def plain_comparison(found: Comparison) -> dict[str, Any]:
    """Give a comparison as plain values: exact fractions as "p/q"."""
    from vendepunkt.cli.tables import rows_of

    return {
        "pairs": [_plain_pair(found, pair) for pair in found.pairs],
        "consensus": {
            vote: {theme: str(value) for theme, value in values.items()}
            for vote, values in found.consensus.items()
        },
        "unmapped": rows_of(found.unmapped_table()),
        "mapping": rows_of(found.mapping_table()),
        "random_draws": found.random_draws,
        "persistence": found.p,
    }


def _plain_pair(found: Comparison, pair: Pair) -> dict[str, Any]:
    return {
        "vote": pair.vote,
        "first": pair.first,
        "second": pair.second,
        "differences": list(pair.differences),
        "rbo": pair.rbo,
        "tau_b": pair.tau_b,
        "overlap": pair.overlap._asdict()
        | {"expected": str(pair.overlap.expected), "chance": str(pair.overlap.chance)},
        "opposite": [{"above": above, "below": below} for above, below in pair.opposite],
        "places_only": pair.places_only,
        "sentences": found.sentences("en", pair),
    }


def _lines(found: Comparison) -> Iterator[str]:
    yield repr(found).strip("<>")
    for pair in found.pairs:
        first, second = (found.title(name, "en") for name in (pair.first, pair.second))
        yield ""
        yield f"{first} and {second}"
        yield from found.sentences("en", pair)
        yield ""
        yield from painted(_rows(found, pair, first, second), words=2)
        overlap = pair.overlap
        yield (
            f"Chosen by both: {overlap.shared} of {max(overlap.first, overlap.second)}; by chance "
            f"{float(overlap.expected):.1f} on average, as many or more in "
            f"{percent(float(overlap.chance))} of cases"
        )
        tau = "none" if pair.tau_b is None else f"{pair.tau_b:.2f}"
        yield f"Rank-biased overlap {pair.rbo:.2f} (p = {found.p:g}); Kendall's tau-b {tau}"


def _rows(found: Comparison, pair: Pair, first: str, second: str) -> list[list[str]]:
    said = {"both": "both", "first": "the first", "second": "the second", "neither": ""}
    tested = found.random_draws and not pair.places_only
    heads = ["theme", "chosen by", first, second, "difference", "95 % interval"]
    rows = [[*heads, "p, adjusted"] if tested else heads]
    for row in pair.differences:
        cells = [
            found.title(row.theme, "en"),
            said[row.verdict],
            _standing(row.first, row.rank_first),
            _standing(row.second, row.rank_second),
            "" if row.difference is None else f"{100 * row.difference:+.1f}",
            "" if row.low is None or row.high is None else span(row.low, row.high),
        ]
        if tested:
            cells.append("" if row.p_adjusted is None else f"{row.p_adjusted:.3f}")
        rows.append(cells)
    return rows


def _standing(share: float | None, rank: int | None) -> str:
    place = "" if rank is None else f"no. {rank}"
    return place if share is None else f"{percent(share)} {place}"
