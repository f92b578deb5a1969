"""The chapter on panel meetings: what it says, what it holds back, in both languages."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from tests.pipeline.meetings import THEMES, apart, drawn_at_once, meeting

from vendepunkt.convene import (
    Ballot,
    Carried,
    Meeting,
    Panel,
    Placing,
    Vote,
    Words,
    tally_meeting,
)
from vendepunkt.convene.comparison import compare
from vendepunkt.convene.held import Held
from vendepunkt.disclosure import Door, Rules
from vendepunkt.report import (
    HIDDEN,
    About,
    Bullets,
    Context,
    Figure,
    Heading,
    Method,
    Paragraph,
    Statement,
    Table,
    compose,
)
from vendepunkt.report.build import build
from vendepunkt.report.render import RENDERERS
from vendepunkt.report.sections.panels import panels
from vendepunkt.report.sections.statements import statements
from vendepunkt.terms import DataError, Provenance


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_at_once(monkeypatch)


def context(held: Meeting, language: str = "en", threshold: int = 5, **changes: Any) -> Context:
    """Give a context that holds one meeting; `changes` replace fields of what is held."""
    counted = tally_meeting(held, seed=7, draws=200)
    try:
        compared = compare(held, threshold=threshold)
    except DataError:
        compared = None
    one = replace(Held(held, counted, compared), **changes)
    return Context(
        language=language,
        about=About("Panels", dt.date(2026, 5, 5), "Those who came"),
        method=Method(design="", weighted=False, n=""),
        provenance=Provenance("ab" * 32, "", 7, {}),
        door=Door(Rules(threshold=threshold)),
        refs=one.refs(),
        results={"convene": (one,)},
    )


def tables(at: Context) -> dict[str, Table]:
    return {block.name: block for block in panels(at) if isinstance(block, Table)}


def figures(at: Context) -> dict[str, Figure]:
    return {block.name: block for block in panels(at) if isinstance(block, Figure)}


def words(at: Context) -> str:
    """Give everything that a reader of the page can see, in words."""
    document = compose(at, ["front", "statements", "panels"])
    page = RENDERERS["html"](build(document, at.refs), document.date).decode()
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    flat = re.sub(r"</?(?:data|span)\b[^>]*>", "", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", flat)))


def cells(table: Table, first: str) -> tuple[object, ...]:
    """Give the row that begins with a name."""
    return next(row.cells for row in table.rows if first in str(row.cells[0]))


@pytest.mark.parametrize("language", ["da", "en"])
def test_everything_is_there_in_both_languages(language: str) -> None:
    said = words(context(meeting(), language))
    expected = {
        "da": (
            "Mødet er opdigtet",
            "Panelet er ikke en stikprøve",
            "Hvem blev spurgt om hvad",
            "Valgt blev ”Ensomhed”, ”Bolig” og ”Gæld”",
            "Lige under stregen ligger ”Mødet med kommunen” med en afstand på 2 stemmer",
            "Hvor fast ligger placeringen?",
            "af 100",
            "Repræsenterer flest mennesker",
            "”Arbejde” er ført videre af the council",
            "Programmet foreslog temaer til 10 idéer, og ved 7 af dem (70 pct.)",
            "Både ”Brugere og fagfolk” og ”Lokale udsatteråd” valgte ”Bolig” og ”Gæld”",
            "Kun ”Lokale udsatteråd” valgte ”Mødet med kommunen”",
            "Hvad panelerne viser, og hvad de ikke viser",
            "Sådan er stemmerne talt op",
        ),
        "en": (
            "The meeting is invented",
            "The panel is not a sample",
            "Who was asked what?",
            "Chosen: “Loneliness”, “Housing” and “Debt”",
            "“Meeting the authorities”, 2 votes away",
            "How firmly does it hold its place?",
            "of 100",
            "Represents most people",
            "“Work” is carried forward by the council. Reason: it was just below",
            "suggested themes for 10 ideas, and for 7 of them (70 %)",
            "Both “Users and practitioners” and “Local councils” chose “Housing” and “Debt”",
            "Only “Local councils” chose “Meeting the authorities”",
            "What the panels show, and what they do not",
            "How the votes were counted",
        ),
    }
    for sentence in expected[language]:
        assert sentence in said
    assert "{" not in said


def test_nothing_english_stands_in_a_danish_chapter() -> None:
    danish, english = (
        {
            block.text
            for block in panels(context(meeting(), language))
            if isinstance(block, (Heading, Paragraph))
        }
        for language in ("da", "en")
    )
    assert not danish & english


def test_the_sentence_on_panels_is_there_and_that_on_samples_is_not() -> None:
    said = [block.name for block in statements(context(meeting())) if isinstance(block, Statement)]
    assert "panel" in said
    assert "interval" not in said
    shown = [block for block in panels(context(meeting())) if isinstance(block, Statement)]
    assert [block.name for block in shown] == ["panel"]


def test_numbers_are_those_of_the_tally() -> None:
    found = tally_meeting(meeting(), seed=7, draws=200).of("adults", "users")
    table = tables(context(meeting()))["panels-vote-1-themes"]
    for one in found.standings:
        row = cells(table, THEMES[one.theme][1])
        if one.people < 5:
            assert row[1:] == (HIDDEN,) * 3
            continue
        assert row[1] == one.people
        assert (row[2].value, row[2].low, row[2].high) == (one.share, one.low, one.high)  # type: ignore[attr-defined]
        assert f"{round(100 * (one.chance or 0))}" in str(row[3])


def test_few_who_chose_a_theme_are_held_back_everywhere() -> None:
    at = context(meeting())
    table = tables(at)["panels-vote-1-themes"]
    assert cells(table, "School")[1:] == (HIDDEN,) * 3
    alt = figures(at)["panels-vote-1-placings"].alt
    assert "School (hidden)" in alt
    assert "7 %" not in alt
    differences = tables(at)["panels-compare-1-differences"]
    assert cells(differences, "School")[1:4] == (HIDDEN,) * 3
    assert "School: Users and practitioners hidden" in figures(at)[
        "panels-compare-1-side-by-side"
    ].alt  # fmt: skip


def test_few_who_did_not_choose_a_theme_are_held_back_too() -> None:
    everybody = tuple(
        replace(one, marks={"lonely": Fraction(1)}) if one.panel == "users" else one
        for one in meeting().ballots
    )
    table = tables(context(meeting(ballots=everybody)))["panels-vote-1-themes"]
    assert cells(table, "Loneliness")[1:] == (HIDDEN,) * 3


def test_the_order_of_hidden_themes_says_nothing() -> None:
    few = [Ballot("adults", "users", {"lonely": Fraction(1)}) for _ in range(20)]
    few += [Ballot("adults", "users", {"work": Fraction(1)}) for _ in range(3)]
    few += [Ballot("adults", "users", {"home": Fraction(1)})]
    kept = [one for one in meeting().ballots if one.panel == "councils"]
    at = context(meeting(ballots=(*few, *kept), votes=(Vote("adults", "adult", places=1),)))
    table = tables(at)["panels-vote-1-themes"]
    names = [str(row.cells[0]) for row in table.rows if row.kind == "body"]
    assert [name.strip("{}").removeprefix("as:") for name in names] == [
        title for _, title in THEMES.values()
    ]


def test_a_panel_of_few_voters_shows_no_number() -> None:
    few = meeting().ballots[:4]
    at = context(meeting(ballots=few))
    said = words(at)
    assert "So few voted that no numbers are shown" in said
    assert "4 people voted" not in said
    assert cells(tables(at)["panels-came"], "Adult")[2:] == (HIDDEN,) * (
        len(tables(at)["panels-came"].columns) - 2
    )
    assert "panels-vote-1-themes" not in tables(at)
    assert not figures(at)


def test_channels_are_counted_in_totals_and_small_ones_held_back() -> None:
    table = tables(context(meeting()))["panels-came"]
    row = cells(table, "Adult")
    assert row[1:] == (29, 28, HIDDEN, 21, 7)
    one_paper = tuple(
        replace(one, channel="paper" if place == 0 else "phone")
        for place, one in enumerate(meeting().ballots)
    )
    table = tables(context(meeting(ballots=one_paper)))["panels-came"]
    assert cells(table, "Adult")[4:] == (HIDDEN, HIDDEN)


def test_words_of_ideas_are_printed_only_when_released() -> None:
    at = context(meeting())
    said = words(at)
    assert "Idea number a" in said
    assert "Idea number e" not in said
    assert "A note of a table" not in said
    assert "4 of the 12 ideas were released" in said
    none = words(context(meeting(), released=False))
    assert "Idea number" not in none
    assert "No idea has been released" in none


def test_an_idea_that_was_taken_out_is_not_printed_though_it_was_released() -> None:
    ideas = tuple(replace(one, released=True) for one in meeting().ideas)
    said = words(context(meeting(ideas=ideas)))
    assert "Idea number l" not in said
    assert "Idea number k" in said  # under no theme
    assert "Under no theme" in said


def test_ties_at_the_cut_are_said_and_none_is_put_first() -> None:
    said = words(context(meeting(votes=(Vote("adults", "adult", places=2),))))
    assert "“Debt” and “Meeting the authorities” are tied for 1 place" in said
    assert "Themes that are tied for a place count as chosen here" in said
    assert "are tied for the rest of the places" in said  # on the first page


def test_who_loses_under_the_other_way_of_choosing_is_named() -> None:
    cast = [Ballot("adults", "users", dict.fromkeys(("lonely", "home", "debt"), Fraction(1)))] * 12
    cast += [Ballot("adults", "users", {"work": Fraction(1)})] * 9
    at = context(meeting(ballots=tuple(cast)))
    said = words(at)
    assert "Only the other way gives a place to “Work”" in said
    rows = tables(at)["panels-vote-1-two-tops"].rows
    assert rows[0].cells[2] == 9
    assert rows[1].cells[2] == HIDDEN  # nobody is left without: fewer than five


def test_several_votes_on_the_same_show_the_last_and_name_the_first() -> None:
    first = tuple(replace(one, vote="first") for one in meeting().ballots)
    again = meeting(
        votes=(Vote("first", "adult", places=1), Vote("adults", "adult")),
        ballots=(*first, *meeting().ballots),
    )
    said = words(context(again))
    assert "There were 2 votes on the same. The last one counts." in said
    assert "Round 1: “Loneliness”" in said
    assert "(round 2)" in said


def test_all_members_have_neither_interval_nor_chance() -> None:
    whole = tuple(replace(panel, all_members=True) for panel in meeting().panels)
    at = context(meeting(panels=whole))
    assert "All members of the panel voted" in words(at)
    row = cells(tables(at)["panels-vote-1-themes"], "Loneliness")
    assert len(row) == 3
    assert row[2].low is None  # type: ignore[attr-defined]


def test_panels_grouped_apart_are_mapped_by_somebody_and_what_has_no_like_is_listed() -> None:
    at = context(apart())
    mapping = tables(at)["panels-mapping"]
    assert {str(row.cells[3]) for row in mapping.rows} == {"{as:two facilitators}"}
    assert "Only “Users and practitioners” had “School”" in words(at)
    alone = context(replace(apart(), mapping=()))
    assert not [name for name in tables(alone) if "compare" in name]


def test_places_without_ballots_are_shown_as_they_were_published() -> None:
    placings = tuple(
        Placing("adults", panel.id, theme, place)
        for panel in meeting().panels
        for theme, place in (("home", 1), ("debt", 2), ("work", 0))
    )
    at = context(meeting(ballots=(), placings=placings))
    said = words(at)
    assert "as they were published" in said
    assert "just below" in said
    assert "There are no ballots to count" in said
    assert not [name for name in figures(at) if "placings" in name]


def test_published_counts_of_few_are_held_back() -> None:
    placings = (
        Placing("adults", "users", "home", 1, votes=14, voters=28),
        Placing("adults", "users", "debt", 2, votes=3, voters=28),
    )
    table = tables(context(meeting(ballots=(), placings=placings)))["panels-places-1-1"]
    assert [row.cells[2] for row in table.rows] == [14, HIDDEN]


def test_more_votes_than_people_present_is_said() -> None:
    panel = Panel("users", Words("Brugere", "Users"), present=20)
    at = context(meeting(panels=(panel, meeting().panels[1])))
    assert "there are 28 votes, and only 20 people were counted present" in words(at)


def test_names_with_signs_of_their_own_do_no_harm() -> None:
    odd = Words("Bolig {nu} | hus 2", "Housing {now} | house 2")
    themes = tuple(
        replace(
            one,
            title=odd,
            description=odd,
            carried=Carried("council {2}", "because 3 | 4"),
        )
        if one.id == "home"
        else one
        for one in meeting().themes
    )
    votes = (Vote("adults|1", "adult"),)
    ballots = tuple(replace(one, vote="adults|1") for one in meeting().ballots)
    said = words(context(meeting(themes=themes, votes=votes, ballots=ballots)))
    assert "Housing (now) | house 2" in said
    assert "28 people voted" in said


def test_a_meeting_without_anything_makes_a_chapter_that_says_so_little() -> None:
    bare = Meeting("bare", Words("Tomt", "Bare"), panels=meeting().panels)
    blocks = panels(context(bare))
    assert blocks[0] == Heading("What the panels said and chose")
    assert not [block for block in blocks if isinstance(block, (Table, Figure))]
    assert [block for block in blocks if isinstance(block, Bullets)]


def test_nobody_voting_is_said_and_nothing_is_drawn() -> None:
    blank = tuple(Ballot("adults", "users") for _ in range(8))
    said = words(context(meeting(ballots=blank)))
    assert "are tied for 3 places" in said
