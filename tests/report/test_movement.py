"""The section on movements: what it prints, in both languages, and what it never gives away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.move.cases import exact, gss, noisy, panel_of, quick, without_error
from tests.report import demo, study
from tests.report.pages import Page

from vendepunkt.disclosure import Door, Rules, audit
from vendepunkt.language import LANGUAGES, statement
from vendepunkt.move import Movement, move
from vendepunkt.report import (
    HIDDEN,
    Block,
    Context,
    Document,
    Estimate,
    Figure,
    Row,
    Statement,
    Table,
    compose,
)
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections import SECTIONS
from vendepunkt.report.sections.marks import mark_refs
from vendepunkt.report.sections.movement_dropout import left_most
from vendepunkt.report.sections.movement_marks import marking
from vendepunkt.report.sections.movement_seen import Seen, seen


@cache
def rare(waves: int = 3, groups: int = 3) -> Movement:
    """States seen without error, of which two kinds of moves are made by three people each."""
    kinds = {(0, 0): 200, (0, 1): 40, (0, 2): 9, (1, 0): 3, (1, 1): 90, (1, 2): 12, (2, 0): 3,
             (2, 1): 14, (2, 2): 60}  # fmt: skip
    kept = {kind: n for kind, n in kinds.items() if max(kind) < groups}
    paths = np.repeat(np.array(list(kept)), list(kept.values()), axis=0)
    if waves == 3:
        # Half of those who moved had done so at the middle wave.
        middle = np.where(np.arange(len(paths)) % 2 == 0, paths[:, 0], paths[:, 1])
        paths = np.column_stack([paths[:, 0], middle, paths[:, 1]])
    answers = without_error(paths)
    return move(panel_of(answers), quick(classes=(groups,)))


def two_groups() -> Movement:
    """Two waves and two groups; three people went from B to A."""
    return rare(waves=2, groups=2)


def context(found: Any, language: str = "en", **changes: Any) -> Context:
    given = {"door": Door(Rules(time_limit=2.0)), "results": {"move": found}} | changes
    return study.context(language, refs=refs_of(found), main=(), checklist={}, **given)


def refs_of(found: Any) -> dict[str, Any]:
    return study.REFS | found.refs() | mark_refs(found.as_measurement(), "move")


@cache
def blocks(make: Callable[[], Movement], language: str = "en") -> Sequence[Block]:
    return SECTIONS["movements"](context(make(), language))


def table(made: Sequence[Block], name: str) -> Table:
    (only,) = [block for block in made if isinstance(block, Table) and block.name == name]
    return only


def names(made: Sequence[Block]) -> set[str]:
    return {block.name for block in made if isinstance(block, (Table, Figure))}


def body(made: Table) -> list[Row]:
    return [row for row in made.rows if row.kind != "group"]


def words(made: Sequence[Block], found: Any, language: str) -> str:
    built = build(Document("T", language, demo.DAY, tuple(made)), refs_of(found))
    page = Page(RENDERERS["html"](built, demo.DAY))
    return " ".join("".join(page.words).replace("\u00a0", " ").split())


def test_without_movement_it_says_nothing() -> None:
    assert list(SECTIONS["movements"](study.context("en"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_renderer_writes_it(language: str) -> None:
    for found in (exact, rare):
        made = tuple(blocks(found, language))
        built = build(Document("T", language, demo.DAY, made), refs_of(found()))
        for render in RENDERERS.values():
            assert render(built, demo.DAY)


def test_movement_seen_without_error_is_told_as_it_was_counted() -> None:
    """Of 100 people 85 stay, 10 go up and 5 go down; 60 of the 70 in A stay there."""
    said = words(blocks(exact), exact(), "en")
    assert "85 % of the respondents stood in the same group both times" in said
    assert "10 % of the respondents moved toward more exclusion" in said
    assert "5 % of the respondents moved toward less exclusion" in said
    rows = body(table(blocks(exact), "movement-transitions"))
    shares = [[cell.value for cell in row.cells[1:3] if isinstance(cell, Estimate)] for row in rows]
    assert np.allclose(shares, [[60 / 70, 10 / 70], [5 / 30, 25 / 30]], atol=1e-3)
    assert [row.cells[3] for row in rows] == [70, 30]
    gross = body(table(blocks(exact), "movement-gross-net"))[0].cells
    assert isinstance(gross[1], Estimate)
    assert isinstance(gross[2], Estimate)
    assert gross[1].value == pytest.approx(0.15, abs=1e-3)
    assert gross[2].value == pytest.approx(0.05, abs=1e-3)


def test_where_every_cell_is_large_steps_and_paths_stand_beside_first_to_last() -> None:
    made = blocks(noisy)
    transitions = table(made, "movement-transitions")
    assert sum(row.kind == "group" for row in transitions.rows) == 3
    assert "movement-paths" in names(made)
    assert not any(HIDDEN in row.cells for row in body(transitions))


def test_where_a_cell_is_small_only_first_to_last_is_shown() -> None:
    made = blocks(rare)
    transitions = table(made, "movement-transitions")
    assert not any(row.kind == "group" for row in transitions.rows)
    assert any(HIDDEN in row.cells for row in body(transitions))
    assert "movement-paths" not in names(made)
    assert len(body(table(made, "movement-gross-net"))) == 1
    said = words(made, rare(), "en")
    assert "only movement from 2010 to 2014 is shown" in said


def _shown(at: Seen) -> tuple[np.ndarray, np.ndarray]:
    return at.last.people, at.last.hidden


def test_hidden_transitions_cannot_be_worked_out_from_all_that_is_shown() -> None:
    """Every hidden cell keeps a wide interval, given sums, directions and shown cells."""
    given = context(rare())
    at = seen(given, rare())
    people, hidden = _shown(at)
    assert hidden[people < 5].all()
    release = given.door.released[-1] if at.whole else given.door.released[0]
    assert audit(release.system, release.hidden, given.door.rules).safe
    # By hand: what is printed of a row, its number and 100 do not leave a single cell open.
    for made in body(table(blocks(rare), "movement-transitions")):
        cells = made.cells[1:-1]
        assert sum(cell is HIDDEN for cell in cells) != 1
    # Other counts agree with all that is shown, and differ in each hidden cell by five or more.
    assert _free(people, hidden, at) >= 5


def _free(people: np.ndarray, hidden: np.ndarray, at: Seen) -> float:
    """Smallest width, over hidden cells, of the counts that agree with sums and directions."""
    from scipy.optimize import linprog

    cells = np.argwhere(hidden)
    marks = [mark.astype(bool) for mark in at.found.ground.directions() if mark.any()]
    lines, known = [], []
    for g in range(len(people)):
        for side in (0, 1):
            lines.append((cells[:, side] == g).astype(float))
            known.append(people.take(g, axis=side)[hidden.take(g, axis=side)].sum())
    names = [n for n, gone in at.last.directions.items() if not gone]
    for name, mark in zip(at.last.directions, marks, strict=True):
        if name in names:
            lines.append(mark[hidden].astype(float))
            known.append(people[mark & hidden].sum())
    widths = []
    for place in range(len(cells)):
        ends = [
            sign * linprog(sign * np.eye(len(cells))[place], A_eq=lines, b_eq=known).fun
            for sign in (1.0, -1.0)
        ]
        widths.append(ends[1] - ends[0])
    return float(min(widths))


def test_no_hidden_number_leaves_in_a_table_a_figure_or_its_words() -> None:
    made = blocks(rare)
    at = seen(context(rare()), rare())
    hidden = {
        f"{row['joint']:.6g}"
        for row in rare().transition_table("all").to_dict("records")
        if at.cell_hidden(row) and row["joint"] > 0
    }
    assert hidden
    html = RENDERERS["html"](
        build(Document("T", "en", demo.DAY, tuple(made)), refs_of(rare())), demo.DAY
    ).decode()
    for value in hidden:
        assert value not in html


def test_two_groups_hide_the_direction_that_is_one_cell() -> None:
    """With two groups "toward less" is the one cell of three people: it is not told in words."""
    found = two_groups()
    said = words(blocks(two_groups), found, "en")
    assert "How many moved toward less exclusion is not shown" in said
    given = context(found)
    assert not any(
        "move/directions" in item and "less" in item for item in str(blocks(two_groups)).split("'")
    )
    assert SECTIONS["front"](given)[0].__class__.__name__ == "Contents"


def test_each_group_is_told_by_its_answers() -> None:
    """Group A always gives the best answer, which 65 to 70 per cent of all give at a wave."""
    made = blocks(exact)
    assert "movement-profile" in names(made)
    said = words(made, exact(), "en")
    shares = exact().as_measurement().classification.shares
    for letter, answer, share in (("A", "0", shares[0]), ("B", "1", shares[1])):
        of_all = f"{100 * share:.0f} % of all"
        assert f"Group {letter}: 100 % answer “{answer}” to “q1”, against {of_all}" in said


def test_a_hidden_group_is_not_told_by_its_answers() -> None:
    """Nor is what all answer told beside the others: it would help to work the hidden one out."""
    given = context(rare(), door=Door(Rules(threshold=70, time_limit=2.0)))
    at = seen(given, rare())
    away = [letter for letter in at.letters if at.group_hidden(letter)]
    assert 0 < len(away) < len(at.letters)
    said = words(marking(at)[1:], rare(), "en")
    for letter in at.letters:
        assert (f"Group {letter}: " in said) == (letter not in away)
    assert "of all." not in said


def test_where_groups_lose_alike_it_is_said_beside_the_group_that_lost_most() -> None:
    from tests.move.panels import people

    found = move(people(1500, refuse=(0.2, 0.2), seed=2).panel(), quick(classes=(2,), dropout=True))
    at = seen(context(found), found)
    first, then = left_most(at)
    assert isinstance(first, Statement)
    alike = words([then], found, "en")
    assert "no more than chance explains" in alike
    said = list(SECTIONS["statements"](at.context))
    assert said[said.index(first) + 1] == then


def test_people_as_they_are_placed_stand_beside_what_the_model_estimates() -> None:
    rows = body(table(blocks(noisy), "movement-three-moved"))
    moved = noisy().three_moved().pivot_table(
        index=["wave_from", "wave_to"], columns="kind", values="moved", sort=False
    )  # fmt: skip
    assert rows[-1].cells[1:] == pytest.approx(
        tuple(moved.loc[("2010", "2014"), kind] for kind in ("apparent", "smoothed", "corrected"))
    )
    assert any(
        isinstance(block, Statement) and block.name == "error_looks_like_movement"
        for block in blocks(noisy)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_holds_for_movement_is_said_by_itself(language: str) -> None:
    found = noisy()
    said = words(SECTIONS["statements"](context(found, language)), found, language)
    for name in ("regression_to_the_mean", "same_size", "associations"):
        assert statement(name, language) in said
    assert statement("two_measurements", language) not in said
    two = words(SECTIONS["statements"](context(exact(), language)), exact(), language)
    assert statement("two_measurements", language) in two
    moved = found.refs()
    values = {
        kind: f"{100 * float(moved[f'move/moved/2010-2014/{kind}'].value):.0f}"  # type: ignore[arg-type]
        for kind in ("apparent", "corrected")
    }
    assert statement("error_looks_like_movement", language, **values) in said


def test_the_first_page_says_who_moved() -> None:
    made = compose(context(noisy()), ["movements"])
    said = words(made.blocks, noisy(), "en")
    assert "From 2010 to 2014, 22 % of the respondents moved toward more exclusion" in said


def test_a_danish_page_holds_no_english_word() -> None:
    said = words(blocks(noisy, "da"), noisy(), "da").lower()
    for word in ("group ", "wave", "share", "movement", "toward", "apparent", "later", "people"):
        assert word not in said


def test_beside_counts_of_the_same_people_nobody_is_counted_as_placed() -> None:
    """People placed by their answers are counts too, and would help to work out hidden ones."""
    from tests.report.test_movement_observed import counted

    found, seen_people = noisy(), counted(3)
    refs = refs_of(found) | seen_people.refs()
    given = replace(context(found), refs=refs)
    given = replace(given, results={"move": found, "observed": seen_people})
    made = SECTIONS["movements"](given)
    assert {"observed-baseline", "movement-transitions"} <= names(made)
    assert not {"movement-three", "movement-three-moved"} & names(made)
    said = SECTIONS["statements"](given)
    kinds = {block.name for block in said if isinstance(block, Statement)}
    assert "error_looks_like_movement" not in kinds
    assert "same_size" in kinds


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_movement_of_the_gss_panel(language: str) -> None:
    """Nobody is placed on the way from B to A, so that it is hidden with company."""
    made = blocks(gss, language)
    said = words(made, gss(), language)
    assert statement("error_looks_like_movement", language, apparent="39", corrected="14") in said
    cells = [row.cells[1:4] for row in body(table(made, "movement-transitions"))]
    assert cells[1][0] is HIDDEN
    assert all(sum(cell is HIDDEN for cell in row) != 1 for row in cells)
    shares = body(table(made, "movement-shares"))
    assert not any(HIDDEN in row.cells for row in shares)
    assert isinstance(shares[0].cells[1], Estimate)
    assert shares[0].cells[1].value == pytest.approx(0.3055, abs=2e-3)


def test_circumstances_stand_beside_severity_where_asked_for() -> None:
    from tests.move.test_circumstance import JOB
    from tests.move.test_circumstance import moved as working

    from vendepunkt.move import circumstance_change

    _, found = working(1500, 3)
    change = circumstance_change(found.ground, JOB, draws=20)
    given = context(found)
    given = replace(given, results={"move": found, "circumstances": (change,)})
    rows = body(table(SECTIONS["movements"](given), "movement-circumstance-1"))
    assert len(rows) == 4
    means = change.table().query("term == 'mean' and group == ''").set_index("change")["estimate"]
    cell = rows[1].cells[2]
    assert isinstance(cell, Estimate)
    assert cell.value == pytest.approx(100 * means["gained"])
    assert rows[0].cells[3] is None  # those who stayed are what others are set against
