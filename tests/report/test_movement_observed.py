"""Observed states in the report: in words, by lot, and what is never given away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.report import demo, study
from tests.report.pages import Page

from vendepunkt.data import ItemDefinition, Survey, panel
from vendepunkt.disclosure import Door, Rules
from vendepunkt.language import LANGUAGES, statement
from vendepunkt.move import ObservedMovement, observed_movement
from vendepunkt.report import HIDDEN, Block, Box, Context, Document, Figure, Row, Table
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections import SECTIONS
from vendepunkt.report.sections.front import front
from vendepunkt.report.sections.observed_seen import seen_states

STATES = ["home", "shelter", "street"]
#: People who were in one state at first and in another later, without and with help.
MOVES = {
    "without": [[18, 9, 7], [12, 30, 8], [20, 30, 40]],
    "with": [[20, 8, 6], [30, 14, 9], [50, 20, 15]],
}


@cache
def counted(few: int = 9, lot: str = "a key (Plan 8)") -> ObservedMovement:
    """Two waves; `few` people without help went from home to shelter."""
    rows, person = [], 0
    for arm, cells in MOVES.items():
        for (j, k), n in np.ndenumerate(np.array(cells)):
            people = few if (arm, j, k) == ("without", 0, 1) else int(n)
            for _ in range(people):
                person += 1
                rows += [(person, 2020, STATES[j], arm), (person, 2022, STATES[k], arm)]
    frame = pd.DataFrame(rows, columns=["id", "year", "place", "help"])
    survey = Survey.from_frame(frame, person="id", wave="year")
    items = [
        ItemDefinition("place", order=tuple(STATES)),
        ItemDefinition("help", order=("without", "with")),
    ]
    return observed_movement(panel(survey, items), "place", by="help", lot=lot)


def context(found: ObservedMovement, language: str = "en", **changes: Any) -> Context:
    given: dict[str, Any] = {"door": Door(Rules(time_limit=2.0))} | changes
    refs = study.REFS | found.refs()
    results = {"observed": found}
    return study.context(language, refs=refs, results=results, main=(), checklist={}, **given)


@cache
def blocks(few: int = 9, language: str = "en") -> Sequence[Block]:
    return SECTIONS["movements"](context(counted(few), language))


def table(made: Sequence[Block], name: str) -> Table:
    (only,) = [block for block in made if isinstance(block, Table) and block.name == name]
    return only


def body(made: Table) -> list[Row]:
    return [row for row in made.rows if row.kind != "group"]


def words(made: Sequence[Block], found: ObservedMovement, language: str) -> str:
    built = build(Document("T", language, demo.DAY, tuple(made)), study.REFS | found.refs())
    page = Page(RENDERERS["html"](built, demo.DAY))
    return " ".join("".join(page.words).replace("\u00a0", " ").split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("few", [9, 3])
def test_every_renderer_writes_it(few: int, language: str) -> None:
    refs = study.REFS | counted(few).refs()
    built = build(Document("T", language, demo.DAY, tuple(blocks(few, language))), refs)
    for render in RENDERERS.values():
        assert render(built, demo.DAY)


def test_of_a_hundred_people_on_the_street_it_says_where_they_were_by_what_they_were_given() -> (
    None
):
    said = words(blocks(), counted(), "en")
    assert "without: Of 100 who were in “street” at 2020, 22 were in “home”" in said
    assert "with: Of 100 who were in “street” at 2020, 59 were in “home”" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_given_by_lot_is_named_beside_the_first_sentence(language: str) -> None:
    said = words(SECTIONS["statements"](context(counted(), language)), counted(), language)
    assert statement("associations", language) in said
    assert "a key (Plan 8)" in said
    assert statement("same_size", language) in said
    without = replace(counted(), lot="")
    said = words(SECTIONS["statements"](context(without, language)), without, language)
    assert "Plan 8" not in said


def test_where_all_counts_are_large_the_states_at_each_wave_are_shown() -> None:
    names = {block.name for block in blocks() if isinstance(block, (Table, Figure))}
    assert {"observed-shares", "observed-flows-1", "observed-baseline"} <= names
    assert not any(HIDDEN in row.cells for row in body(table(blocks(), "observed-baseline")))


def test_a_small_cell_is_hidden_with_company_and_its_sums_stay_inside() -> None:
    made = blocks(3)
    names = {block.name for block in made if isinstance(block, (Table, Figure))}
    assert "observed-shares" not in names
    assert "observed-flows-1" not in names
    rows = body(table(made, "observed-baseline"))
    assert rows[0].cells[2] is HIDDEN  # three people, without help, from home to shelter
    assert sum(cell is HIDDEN for cell in rows[0].cells[1:]) >= 2
    # The rows of those who were on the street are untouched.
    assert HIDDEN not in rows[2].cells
    assert HIDDEN not in rows[5].cells


def test_a_difference_is_hidden_where_either_side_is() -> None:
    rows = body(table(blocks(3), "observed-differences"))
    assert rows[0].cells[2] is HIDDEN
    assert HIDDEN not in rows[2].cells


def test_what_is_shown_of_all_tables_leaves_hidden_cells_open() -> None:
    found = counted(3)
    at = seen_states(context(found), found)
    one = at.of("without")
    people = np.array(MOVES["without"])
    people[0, 1] = 3
    hidden = one.cells[0, 1]
    for state in range(3):
        gone = hidden[state]
        left = people[state][gone].sum()
        # Each hidden number may be anything from 0 to what the row leaves over.
        assert not gone.any() or (gone.sum() >= 2 and left >= 5) or one.origins[0, 1][state]


def test_a_danish_page_holds_no_english_word() -> None:
    said = words(blocks(3, "da"), counted(3), "da").lower()
    for word in (" were ", "wave", "share", "movement", "later", "people", "same over", "rates"):
        assert word not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("few", [9, 3])
def test_the_first_page_gives_the_difference_and_who_was_not_seen(few: int, language: str) -> None:
    made = SECTIONS["movements"](context(counted(few), language))
    (box,) = [b for b in front(context(counted(few), language)) if isinstance(b, Box)]
    said = words([box], counted(few), language)
    value = counted(few).refs()["move/observed_differences/2020-2022/with/street-home"].value
    assert isinstance(value, float)
    assert (
        f"{100 * value:.0f} " + {"en": "percentage points", "da": "procentpoint"}[language] in said
    )
    hidden = [row.cells[-1] is HIDDEN for row in body(table(made, "observed-lost"))]
    not_seen = {"en": "Not seen at 2022", "da": "Ikke set ved 2022"}[language]
    assert (not_seen in said) == (not all(hidden))


def test_a_hidden_difference_is_not_on_the_first_page() -> None:
    found = counted()
    given = context(found)
    at = seen_states(given, found)
    at.of("without").cells[0, 1][2] = True
    (box,) = [block for block in front(given) if isinstance(block, Box)]
    assert "percentage points" not in words([box], found, "en")


def test_the_checklist_of_latent_classes_is_left_out_where_states_are_counted() -> None:
    names = [b.name for b in SECTIONS["checklist"](context(counted())) if isinstance(b, Table)]
    assert names == ["checklist-strobe"]
