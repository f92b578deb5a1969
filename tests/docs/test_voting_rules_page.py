"""The worked examples and the table of promises on the page of voting rules are what is counted."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from vendepunkt.convene.rules import PROPERTIES, RULES, Profile
from vendepunkt.convene.rules.equal_shares import cheapest
from vendepunkt.convene.rules.phragmen import lightest
from vendepunkt.convene.rules.schulze import duels
from vendepunkt.convene.rules.shares import put_together

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "voting-rules.md").read_text(
    encoding="utf-8"
)


def section(title: str) -> str:
    return re.split(r"^#+ ", PAGE.partition(f" {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def tables(title: str) -> list[list[list[str]]]:
    """Every table of a section as rows of cells, the line under the head left out."""
    lines = section(title).splitlines()
    found: list[list[list[str]]] = [[]]
    for line in lines:
        if not line.startswith("|"):
            found.append([])
        elif not re.match(r"^\|[-:|]+\|$", line):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return [table for table in found if table]


def crosses() -> Profile:
    _, *rows = tables("One example for all rules of crosses")[0]
    papers = [dict.fromkeys(marks.split(", "), 1) for n, marks in rows for _ in range(int(n))]
    return Profile.of(papers, sorted({t for paper in papers for t in paper}))


def numbers(row: list[str]) -> list[Fraction | None]:
    return [None if cell in {"", "–"} else Fraction(cell) for cell in row]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("choose-k", "Choose up to k, and approval"),
        ("approval", "Choose up to k, and approval"),
        ("sequential-pav", "Sequential proportional approval"),
        ("equal-shares", "Equal shares"),
        ("phragmen", "Sequential Phragmén"),
    ],
)
def test_the_example_of_crosses_chooses_what_the_page_says(name, title):
    said = re.search(r"Chosen: \*\*(.+?)\*\*", section(title))[1].split(", ")
    assert RULES[name].winners(crosses(), 3).committees == (tuple(sorted(said)),)


def test_the_crosses_are_those_of_the_page():
    head, row = tables("Choose up to k, and approval")[0]
    assert RULES["choose-k"].scores(crosses()) == dict(zip(head[1:], numbers(row[1:]), strict=True))


@pytest.mark.parametrize("name", ["Equal shares", "Sequential Phragmén"])
def test_every_price_and_load_is_that_of_the_page(name):
    head, *rows = tables(name)[0]
    votes, themes = crosses(), head[1:-1]
    of = [votes.approvers()[theme] for theme in themes]
    everybody = (1 << votes.voters) - 1
    spending = name == "Equal shares"
    parts = put_together([(Fraction(3, 30) if spending else Fraction(0), everybody)])
    left = list(range(len(themes)))
    for row in rows:
        if spending and "load" in row[0]:
            spending = False
            parts = put_together((-money, who) for money, who in parts)
        rule = cheapest if spending else lightest
        values = numbers(row[1:-1])
        for i in left:
            alone = rule(parts, of, [i])
            if values[i] is None:
                assert not alone
            elif spending:
                paid = {money for money, who in parts if who & of[i]}
                kept = {money for money, who in alone[i] if who & of[i]}
                assert max(paid) - max(kept) == values[i]
            else:
                assert {load for load, who in alone[i] if who & of[i]} == {values[i]}
        chosen = themes.index(row[-1])
        after = rule(parts, of, left)
        assert list(after) == [chosen]
        parts = after[chosen]
        left.remove(chosen)


def test_the_halves_of_sequential_pav_are_those_of_the_page():
    head, *rows = tables("Sequential proportional approval")[0]
    chosen: list[str] = []
    for row in rows:
        for theme, value in zip(head[1:-1], numbers(row[1:-1]), strict=True):
            gain = sum(
                Fraction(count, 1 + sum(t in marks for t in chosen))
                for marks, count in crosses().ballots
                if theme in marks
            )
            assert value is None if theme in chosen else value == gain
        chosen.append(row[-1])


@pytest.mark.parametrize(("title", "name"), [("Dots", "dots"), ("Score", "score")])
def test_the_examples_of_dots_and_scores_are_counted_so(title, name):
    head, *rows = tables(title)[0]
    papers = [
        {t: v for t, v in zip(head[1:], numbers(row[1:]), strict=True) if v is not None}
        for row in rows
        if row[0].isdigit()
    ]
    votes = Profile.of(papers, head[1:])
    sums = next(numbers(row[1:]) for row in rows if row[0] in {"dots", "sum"})
    assert list(RULES[name].scores(votes).values()) == sums
    if name == "dots":
        assert list(votes.people().values()) == numbers(rows[-1][1:])
        assert RULES[name].winners(votes, 2).committees == (("debt", "step"),)
    else:
        assert RULES[name].winners(votes, 1).committees == (("home",),)


def test_the_example_of_borda_is_counted_so():
    rows = tables("Borda")[0]
    papers = [
        *[{"debt": 1, "home": 2, "step": 3}] * 3,
        *[{"home": 1, "step": 2, "debt": 3}] * 2,
        {"step": 1, "home": 1},
    ]
    votes = Profile.of(papers, rows[0][2:])
    assert list(RULES["borda"].scores(votes).values()) == numbers(rows[-1][2:])
    columns = zip(*(numbers(row[2:]) for row in rows[1:-1]), strict=True)
    assert [sum(column) for column in columns] == numbers(rows[-1][2:])
    assert RULES["borda"].winners(votes, 1).committees == (("home",),)


def test_the_example_of_schulze_is_counted_so():
    ballots, paths = tables("Schulze")
    papers = [
        {theme: i for i, theme in enumerate(order.split(", "), 1)}
        for n, order in ballots[1:]
        for _ in range(int(n))
    ]
    votes = Profile.of(papers, paths[0][1:])
    assert duels(votes) == [[0, 6, 4], [3, 0, 7], [5, 2, 0]]
    strengths = [numbers(row[1:]) for row in paths[1:]]
    wins = [sum(i != j and strengths[i][j] > strengths[j][i] for j in range(3)) for i in range(3)]
    assert list(RULES["schulze"].scores(votes).values()) == wins == [2, 1, 0]
    assert RULES["schulze"].winners(votes, 2).committees == (("debt", "home"),)


def test_the_table_of_promises_is_what_the_rules_declare():
    head, *rows = tables("What each rule promises")[0]
    assert [cell.strip("`") for cell in head[1:]] == list(RULES)
    assert [row[0] for row in rows] == list(PROPERTIES)
    for row in rows:
        said = dict(zip(RULES, row[1:], strict=True))
        kept = {name: "yes" if row[0] in rule.properties else "" for name, rule in RULES.items()}
        assert said == kept
    for name, meaning in PROPERTIES.items():
        assert f"- **{name}**: {meaning}." in PAGE
