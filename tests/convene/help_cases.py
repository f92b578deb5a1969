"""The invented ideas of tests/reference/theme-help, and how often the help is right on them."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vendepunkt.convene import Helper, Theme, ThemeBook, Words

REFERENCE = Path(__file__).parents[1] / "reference" / "theme-help"
LETTERS = "abcdefghijklmnoprstuvy"
#: How people without Danish keys write the three letters.
FLAT = (
    {"æ": "ae", "ø": "oe", "å": "aa"},
    {"æ": "a", "ø": "o", "å": "a"},
    {"æ": "ä", "ø": "ö", "å": "a"},
)


@dataclass(frozen=True, slots=True)
class Said:
    """An invented idea, and the theme it was written for; empty for none."""

    text: str
    theme: str


@dataclass(frozen=True, slots=True)
class Found:
    """Shares of ideas: right first, right among three, without a suggestion; and how many each."""

    first: float
    three: float
    silent: float
    offered: float


def ideas(group: str, language: str) -> list[Said]:
    with (REFERENCE / "ideas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Said(row["text"], row["theme"])
        for row in rows
        if row["set"] == group and row["language"] == language
    ]


def other_themes(*, described: bool) -> list[Theme]:
    """Give the eight other themes as a meeting would have them."""
    with (REFERENCE / "themes.csv").open(encoding="utf-8", newline="") as file:
        return [
            Theme(
                row["theme"],
                "childhood",
                Words(da=row["title_da"]),
                Words(da=row["description_da"] if described else ""),
            )
            for row in csv.DictReader(file)
        ]


def titled(book: ThemeBook) -> list[Theme]:
    """Give the themes of the book as a meeting's themes with a title alone."""
    return [Theme(one.id, "childhood", one.title) for one in book.themes]


def measure(helper: Helper, said: Sequence[Said]) -> Found:
    found = [[one.theme for one in helper.suggest(idea.text)] for idea in said]
    pairs = list(zip(found, said, strict=True))
    n = len(said)
    return Found(
        sum(names[:1] == [idea.theme] for names, idea in pairs) / n,
        sum(idea.theme in names for names, idea in pairs) / n,
        sum(not names for names in found) / n,
        sum(len(names) for names in found) / n,
    )


def misspelt(text: str, seed: int) -> str:
    """Make two slips of the finger: letters swapped, left out, put in or hit wrongly."""
    draw = random.Random(seed)
    letters = list(text)
    for _ in range(2):
        at, slip = draw.randrange(len(letters) - 1), draw.randrange(4)
        if slip == 0:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif slip == 1:
            del letters[at]
        elif slip == 2:
            letters.insert(at, draw.choice(LETTERS))
        else:
            letters[at] = draw.choice(LETTERS)
    return "".join(letters)


def flattened(text: str, seed: int) -> str:
    """Write a text without Danish keys, in one of three ways."""
    way = FLAT[seed % len(FLAT)]
    return "".join(way.get(letter, letter) for letter in text.lower())
