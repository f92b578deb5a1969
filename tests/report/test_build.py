"""From blocks to printed words: numbering, notes, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.report import demo

from vendepunkt.disclosure import Door, Rules
from vendepunkt.report import HIDDEN, Column, Document, Estimate, Figure, Heading, Row, Table
from vendepunkt.report.build import BuiltFigure, BuiltTable, build
from vendepunkt.report.inline import plain
from vendepunkt.terms import RefusedError

DOOR = Door()


def document(*blocks: object) -> Document:
    return Document("T", "da", demo.DAY, blocks)  # type: ignore[arg-type]


def table(name: str = "t", **changes: object) -> Table:
    given = Table(
        name,
        "C",
        (Column("a", "A"), Column("b", "B", "pct")),
        (Row(("x", 0.5)),),
        DOOR.without_people(name),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def printed(built: object) -> list[list[str]]:
    assert isinstance(built, BuiltTable)
    return [[plain(cell.text) for cell in row.cells] for row in built.rows]


def test_tables_and_figures_are_numbered_each_by_itself() -> None:
    parts = build(demo.document("da"), demo.REFS).parts
    labels = [part.label for part in parts if isinstance(part, (BuiltTable, BuiltFigure))]
    assert labels == ["Tabel 1", "Figur 1", "Tabel 2"]


def test_cells_are_printed_by_the_kind_of_their_column() -> None:
    parts = build(demo.document("da"), demo.REFS).parts
    shares, profile = (printed(part) for part in parts if isinstance(part, BuiltTable))
    assert shares[0] == ["Majoritetsgruppen", "71,4 (68,1–74,5)", "911"]
    assert shares[-1] == ["I alt", "100,0", "1.276"]
    assert profile[0] == ["Livskvalitet"]
    assert profile[5] == ["Må undvære tandlæge", "65", "50 (44–56)", ".."]
    assert profile[-1][2] == ""


def test_a_table_with_hidden_cells_says_why() -> None:
    parts = build(demo.document("da"), demo.REFS).parts
    shares, profile = (part for part in parts if isinstance(part, BuiltTable))
    assert not any("skjult" in plain(line) for line in shares.notes)
    assert "færre end 5 personer" in plain(profile.notes[0])


@pytest.mark.parametrize("kind", ["text", "pct"])
def test_a_number_needs_a_kind(kind: str) -> None:
    column = Column("b", "B", kind)  # type: ignore[arg-type]
    given = document(table(columns=(Column("a", "A"), column)))
    if kind == "text":
        with pytest.raises(ValueError, match="text column"):
            build(given, {})
    else:
        assert printed(build(given, {}).parts[0]) == [["x", "50"]]


def test_an_estimate_at_a_boundary_has_no_interval() -> None:
    given = document(table(rows=(Row(("x", Estimate(1.0))), Row(("y", Estimate(None))))))
    assert printed(build(given, {}).parts[0]) == [["x", "100"], ["y", ""]]


def test_a_clearance_holds_for_one_name() -> None:
    with pytest.raises(RefusedError, match="'u' carries the clearance of 't'"):
        build(document(table(name="u", clearance=DOOR.without_people("t"))), {})


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="More than one"):
        build(document(table(), table()), {})


def test_a_heading_may_not_skip_a_level() -> None:
    with pytest.raises(ValueError, match="skips"):
        build(document(Heading("A"), Heading("B", 3)), {})


def test_equal_headings_have_different_anchors() -> None:
    built = build(document(Heading("Å"), Heading("Å")), {})
    assert [part.anchor for part in built.parts] == ["aa", "aa-2"]  # type: ignore[union-attr]


def test_rows_must_fit_their_columns() -> None:
    with pytest.raises(ValueError, match="row 1: 1 cells, not 2"):
        table(rows=(Row(("x", 0.5)), Row(("y",))))


@pytest.mark.parametrize("name", ["../t", "T", "a b", "", "a--b"])
def test_a_name_is_a_file_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        table(name=name)


def test_a_figure_needs_words() -> None:
    with pytest.raises(ValueError, match="no alternative text"):
        Figure("f", "C", "<svg></svg>", " ", DOOR.without_people("f"))


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "Der kan være skjult flere tal end nødvendigt."), (10.0, "")]
)
def test_a_pattern_that_may_not_be_the_best_says_so(seconds: float, said: str) -> None:
    door = Door(Rules(time_limit=seconds))
    _, clearance = door.counts("t", [3, 40, 60])
    built = build(document(table(clearance=clearance, rows=(Row(("x", HIDDEN)),))), {}).parts[0]
    assert isinstance(built, BuiltTable)
    note = plain(built.notes[0])
    assert note.endswith(said)
    assert ("flere tal end nødvendigt" in note) == bool(said)
