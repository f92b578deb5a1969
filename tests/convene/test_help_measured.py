"""How often the theme help is right, on ideas we made up before we made the help.

The bars lie about three ideas below what was measured when they were set: the numbers are exact
for one version of the stemmer, and another version may move an idea or two. They are no claim
about real meetings; docs/explanation/theme-help.md says what they are worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest
from tests.convene.help_cases import (
    Said,
    flattened,
    ideas,
    measure,
    misspelt,
    other_themes,
    titled,
)

from vendepunkt.convene import Helper, Theme, ThemeBook

BOOK = ThemeBook.shipped()
DRAWS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """What the help knows, what it is asked, and the bars: first, among three."""

    name: str
    knows: str
    group: str
    language: str
    helper: Callable[[], Helper]
    first: float
    three: float


CASES = [
    Case("da", "the shipped book", "fifteen", "da", lambda: Helper(BOOK), 0.86, 0.90),
    Case(
        "en",
        "the shipped book",
        "fifteen",
        "en",
        lambda: Helper(BOOK, language="en"),
        0.90,
        0.92,
    ),
    Case(
        "described",
        "titles and a sentence each",
        "other",
        "da",
        lambda: Helper(themes=other_themes(described=True)),
        0.50,
        0.62,
    ),
    Case(
        "book beside",
        "titles and a sentence each, and the book of other themes",
        "other",
        "da",
        lambda: Helper(BOOK, themes=other_themes(described=True)),
        0.47,
        0.55,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_theme_is_among_three(case: Case, measured: Callable[..., None]) -> None:
    said = ideas(case.group, case.language)
    helper = case.helper()
    found = measure(helper, said)
    themes = 8 if case.name == "described" else 24 if case.name == "book beside" else 16
    measured(
        "theme-help",
        ideas=f"{len(said)}, {case.language}",
        themes=themes,
        known_by=case.knows,
        first=f"{found.first:.2f}",
        among_three=f"{found.three:.2f}",
        by_chance=f"{1 / themes:.2f} / {3 / themes:.2f}",
        suggestions_each=f"{found.offered:.1f}",
        none=f"{found.silent:.2f}",
    )
    assert found.first >= case.first
    assert found.three >= case.three
    # Hardly ever three where fewer will do: those far behind the first are left out.
    assert found.offered < 2.5


@pytest.mark.parametrize(
    ("group", "themes", "known"),
    [
        ("fifteen", titled(BOOK), "the titles of the book alone"),
        ("other", other_themes(described=False), "titles alone"),
    ],
    ids=["book", "other"],
)
def test_titles_alone_are_nearly_worthless(
    group: str, themes: list[Theme], known: str, measured: Callable[..., None]
) -> None:
    """Held from above: were it much better, the ideas would have been written to the titles."""
    said = ideas(group, "da")
    found = measure(Helper(themes=themes), said)
    n = len(themes)
    measured(
        "theme-help",
        ideas=f"{len(said)}, da",
        themes=n,
        known_by=known,
        first=f"{found.first:.2f}",
        among_three=f"{found.three:.2f}",
        by_chance=f"{1 / n:.2f} / {3 / n:.2f}",
        suggestions_each=f"{found.offered:.1f}",
        none=f"{found.silent:.2f}",
    )
    assert found.first < 0.3


@pytest.mark.parametrize("change", [misspelt, flattened])
def test_misspelt_ideas_find_their_theme(
    change: Callable[[str, int], str], measured: Callable[..., None]
) -> None:
    said = [
        Said(change(one.text, seed), one.theme) for seed, one in enumerate(ideas("fifteen", "da"))
    ]
    found = measure(Helper(BOOK), said)
    measured(
        "theme-help",
        ideas=f"{len(said)}, da, {change.__name__}",
        themes=16,
        known_by="the shipped book",
        first=f"{found.first:.2f}",
        among_three=f"{found.three:.2f}",
        by_chance=f"{1 / 16:.2f} / {3 / 16:.2f}",
        suggestions_each=f"{found.offered:.1f}",
        none=f"{found.silent:.2f}",
    )
    assert found.three >= {"misspelt": 0.75, "flattened": 0.90}[change.__name__]


@pytest.mark.parametrize("each", [1, 2, 3])
def test_what_was_placed_helps_a_little(each: int, measured: Callable[..., None]) -> None:
    said, themes = ideas("other", "da"), other_themes(described=False)
    found = _with_examples(said, themes, each)
    before = _with_examples(said, themes, 0)
    measured(
        "theme-help",
        ideas="the rest of 40, da",
        themes=8,
        known_by=f"titles and {each} placed each",
        first=f"{found[0]:.2f}",
        among_three=f"{found[1]:.2f}",
        by_chance=f"{1 / 8:.2f} / {3 / 8:.2f}",
        suggestions_each=f"{found[2]:.1f}",
        none=f"{found[3]:.2f}",
    )
    assert found[1] > before[1]


def _with_examples(said: Sequence[Said], themes: Sequence[Theme], each: int) -> list[float]:
    """Place some of each theme's ideas, ask for the rest; the mean of several draws."""
    total = [0.0] * 4
    for seed in range(DRAWS):
        mixed = Random(seed).sample(list(said), len(said))
        placed, rest = [], []
        for theme in themes:
            own = [one for one in mixed if one.theme == theme.id]
            placed += own[:each]
            rest += own[each:]
        helper = Helper(themes=themes, examples=[(one.text, one.theme) for one in placed])
        found = measure(helper, rest)
        for at, value in enumerate((found.first, found.three, found.offered, found.silent)):
            total[at] += value / DRAWS
    return total


def test_copies_of_what_was_placed_find_its_theme() -> None:
    said, themes = ideas("other", "da"), other_themes(described=False)
    helper = Helper(themes=themes, examples=[(one.text, one.theme) for one in said])
    copies = [Said(misspelt(one.text, seed), one.theme) for seed, one in enumerate(said)]
    assert measure(helper, copies).first >= 0.9


@pytest.mark.parametrize(
    ("name", "helper", "group", "bars"),
    [
        ("no theme known", Helper(), "fifteen", (0.0, 0.0)),
        ("the shipped book", Helper(BOOK), "fifteen", (0.55, 0.80)),
        (
            "titles and a sentence each",
            Helper(themes=other_themes(described=True)),
            "other",
            (0.30, 0.55),
        ),
        ("the shipped book, of other themes", Helper(BOOK), "other", (0.10, 0.27)),
    ],
    ids=["nothing", "book", "described", "other book"],
)
def test_more_like_this(
    name: str,
    helper: Helper,
    group: str,
    bars: tuple[float, float],
    measured: Callable[..., None],
) -> None:
    said = ideas(group, "da")
    texts = [one.text for one in said]
    near = [
        [said[like.at].theme for like in helper.like(one.text, texts, but=at)]
        for at, one in enumerate(said)
    ]
    nearest = sum(n[:1] == [one.theme] for n, one in zip(near, said, strict=True)) / len(said)
    some = sum(one.theme in n for n, one in zip(near, said, strict=True)) / len(said)
    mates, others = (3, 63) if group == "fifteen" else (4, 39)
    none = 1.0
    for k in range(3):
        none *= (others - mates - k) / (others - k)
    measured(
        "theme-help",
        more_like_this=f"{len(said)}, da",
        themes_known=name,
        nearest_has_its_theme=f"{nearest:.2f}",
        one_of_three_has=f"{some:.2f}",
        by_chance=f"{mates / others:.2f} / {1 - none:.2f}",
    )
    assert nearest >= bars[0]
    assert some >= bars[1]


def test_what_belongs_nowhere_is_mostly_left_alone(measured: Callable[..., None]) -> None:
    said = ideas("nothing", "da")
    book = measure(Helper(BOOK), said).silent
    own = measure(Helper(themes=other_themes(described=True)), said).silent
    measured(
        "theme-help",
        belong_nowhere=f"{len(said)}, da",
        none_from_the_book=f"{book:.1f}",
        none_from_eight_described_themes=f"{own:.1f}",
    )
    assert book >= 0.5
    assert own >= 0.8


@pytest.mark.parametrize("least", [75.0, 80.0, 85.0])
def test_copies_are_found_and_nothing_else(least: float, measured: Callable[..., None]) -> None:
    texts = [one.text for group in ("fifteen", "other") for one in ideas(group, "da")]
    texts += [one.text for one in ideas("fifteen", "en")]
    helper = Helper()
    false = helper.same(texts, least)
    found = {}
    for change in (misspelt, flattened):
        copies = [change(text, seed) for seed, text in enumerate(texts)]
        found[change.__name__] = sum(
            bool(helper.same([text, copy], least)) for text, copy in zip(texts, copies, strict=True)
        ) / len(texts)
    measured(
        "theme-help",
        same_from=f"{least:.0f}",
        two_slips_found=f"{found['misspelt']:.2f}",
        flattened_found=f"{found['flattened']:.2f}",
        false_pairs=f"{len(false)} of {len(texts) * (len(texts) - 1) // 2}",
    )
    assert false == ()
    assert found["misspelt"] >= {75.0: 0.83, 80.0: 0.75, 85.0: 0.6}[least]
    assert found["flattened"] >= 0.97


def test_there_are_as_many_ideas_as_said() -> None:
    """And no idea twice: a copy among them would be found and count as right."""
    counts = [len(ideas(*key)) for key in (("fifteen", "da"), ("other", "da"), ("fifteen", "en"))]
    assert counts == [64, 40, 40]
    texts = sorted(one.text for key in ("fifteen", "other") for one in ideas(key, "da"))
    assert all(a != b for a, b in pairwise(texts))
