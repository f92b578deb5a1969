"""What a figure says: values, hidden values, words, languages."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from tests.figures.tables import (
    DA_GROUPS,
    DA_ITEMS,
    DA_THEMES,
    category_table,
    change_bins,
    change_summary,
    choice_table,
    direction_table,
    gap_table,
    movement_table,
    panel_table,
    path_table,
    placing_table,
    profile_table,
    share_table,
    spectrum_table,
    transition_table,
    uncertainty_table,
)
from tests.figures.test_layout import texts

from vendepunkt import figures
from vendepunkt.figures.choice import CRITERIA
from vendepunkt.terms import DataError, UsageError

WAVES = ["2006", "2008", "2010"]


PANELS = panel_table(
    DA_THEMES,
    {
        "Brugerpanelet": [0.61, 0.5, 0.43, 0.29, 0.25, None, 0.2],
        "Rådspanelet": [0.36, 0.46, 0.44, 0.5, 0.25, 0.21, 0.2],
    },
    without={(6, "Rådspanelet")},
)
#: What the rows of a figure are about, where it is not groups.
NAMED = {"placings": DA_THEMES, "panel_comparison": [*DA_THEMES, "Brugerpanelet", "Rådspanelet"]}


def said(figure: Figure) -> list[str]:
    """Give the words on a figure."""
    return [found.get_text() for found in texts(figure)]


def markers(figure: Figure) -> list[Line2D]:
    """Give the markers on a figure."""
    return [line for line in figure.axes[0].lines if line.get_marker() != "None"]


def example(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Give one table and its options for each figure."""
    spectrum, means = spectrum_table(DA_GROUPS, hide={(2, 14)})
    shares = {"shares": share_table(DA_GROUPS)}
    found: dict[str, tuple[pd.DataFrame, dict[str, Any]]] = {
        "profile": (profile_table(DA_ITEMS, DA_GROUPS, hide={(0, 2)}), shares),
        "profile_categories": (
            category_table(DA_ITEMS, DA_GROUPS, "da", hide={(1, 1, 0), (1, 1, 1)}),
            shares,
        ),
        "class_choice": (choice_table(), {"recommended": 3}),
        "uncertainty": (uncertainty_table(DA_GROUPS, hide={(2, 0)}), shares),
        "shares": (share_table(DA_GROUPS, hide=DA_GROUPS[2]), {}),
        "spectrum": (spectrum, {**shares, "means": means}),
        "alluvial": (
            movement_table(DA_GROUPS, WAVES, hide={(0, 0, 2), (0, 1, 2)}, sideways={(1, 0)}),
            {"directions": direction_table(WAVES)},
        ),
        "transitions": (
            transition_table(DA_GROUPS, WAVES, hide={(0, 0, 2), (0, 0, 1)}, people=[780, 345, 151]),
            {},
        ),
        "severity_change": (
            change_bins(DA_GROUPS, hide={(2, 0), (2, 1)}),
            {"summary": change_summary(DA_GROUPS)},
        ),
        "paths": (path_table(DA_GROUPS, 3), {"groups": DA_GROUPS, "waves": WAVES}),
        "placings": (placing_table(DA_THEMES, [17, 14, 12, 8, 7, 6, 2]), {}),
        "panel_comparison": (PANELS, {"differences": gap_table(PANELS)}),
    }
    return found[name]


def test_there_is_an_example_of_every_figure() -> None:
    assert all(len(example(name)[0]) for name in figures.FIGURES)


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", figures.FIGURES)
def test_nothing_english_stands_on_a_danish_figure(name: str, width: str) -> None:
    table, options = example(name)
    data_words = {str(cell) for column in table for cell in table[column]}
    own = set()
    both = {}
    for language in ("da", "en"):
        words = said(figures.draw(name, table, language, width=width, **options))
        both[language] = {
            word
            for word in words
            if any(letter.isalpha() for letter in word)
            and not any(word.rstrip("-") in cell or cell in word for cell in data_words)
        }
    own = both["da"] & both["en"]
    assert own <= set(CRITERIA.values())
    assert both["da"] - own


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", figures.FIGURES)
def test_every_figure_has_words_for_those_who_do_not_see_it(name: str, language: str) -> None:
    table, options = example(name)
    alt = figures.alt_text(name, table, language, width="narrow", title="T", **options)
    assert len(alt) > 60
    assert "{" not in alt
    assert "nan" not in alt.split()
    if name != "class_choice":
        assert all(group in alt for group in NAMED.get(name, DA_GROUPS))
        hidden = int(table["estimate"].isna().sum())
        word = {"da": "skjult", "en": "hidden"}[language]
        assert f"{hidden} " in alt
        assert word in alt


def test_alternative_texts_differ_by_language() -> None:
    for name in figures.FIGURES:
        table, options = example(name)
        danish, english = (figures.alt_text(name, table, la, **options) for la in ("da", "en"))
        assert danish != english


def test_a_hidden_value_is_a_dashed_line_and_never_a_point() -> None:
    shown = profile_table(DA_ITEMS, DA_GROUPS)
    hidden = profile_table(DA_ITEMS, DA_GROUPS, hide={(2, 1), (5, 0)})
    whole, partly = (figures.draw("profile", table, "da") for table in (shown, hidden))
    assert said(partly).count("skjult") == 2
    assert said(whole).count("skjult") == 0
    dashed = [line for line in partly.axes[0].lines if line.is_dashed()]
    assert len(dashed) == 2
    assert len({tuple(line.get_xdata()) for line in dashed}) == 1  # says nothing of the value
    # A mark without a value stands left of the scale, where no value can be.
    left = min(line.get_xdata()[0] for line in whole.axes[0].lines if line.get_linestyle() != "None"
               and line.get_xdata()[0] > 1)  # fmt: skip
    rows = [line for line in markers(partly) if line.get_ydata()[0] > 0.5]
    assert sum(line.get_xdata()[0] < left for line in rows) == 2
    assert len(markers(partly)) == len(markers(whole))
    assert any("for få personer" in word for word in said(partly))
    assert not any("for få personer" in word for word in said(whole))


def test_a_hidden_whole_group_shows_no_number() -> None:
    figure = figures.draw("shares", share_table(DA_GROUPS, hide=DA_GROUPS[1]), "en")
    assert said(figure).count("hidden") == 1
    assert sum("people" in word for word in said(figure)) == 2 + 1  # two groups and the note


def test_one_hidden_category_hides_the_whole_bar() -> None:
    """Two shown pieces of three would give the third away."""
    table = category_table(DA_ITEMS[1:2], DA_GROUPS[:1], "da", hide={(0, 0, 0)})
    figure = figures.draw("profile_categories", table, "da")
    assert not [word for word in said(figure) if word.isdigit()]


def test_hidden_categories_leave_no_edge_between_them() -> None:
    table = category_table(DA_ITEMS[:3], DA_GROUPS[:1], "da", hide={(2, 0, 0), (2, 0, 2)})
    figure = figures.draw("profile_categories", table, "da")
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 1
    # The second of four pieces lies between two hidden ones: it is inside the hatched piece.
    known = table[(table["item"] == DA_ITEMS[2][1]) & table["estimate"].notna()]["estimate"]
    length = figure.axes[0].get_xlim()[1] - 0.08 - hatched[0].get_x()
    scale = hatched[0].get_width() / (1 - known.iloc[-1])
    assert hatched[0].get_width() < length
    assert known.iloc[0] * scale < hatched[0].get_width()


def test_a_category_that_is_not_there_is_no_hidden_one() -> None:
    table = category_table(DA_ITEMS[:1], DA_GROUPS[:2], "da")
    assert "skjult" not in said(figures.draw("profile_categories", table, "da"))


def test_a_row_that_was_not_asked_leaves_a_gap() -> None:
    table = profile_table(DA_ITEMS, DA_GROUPS)
    fewer = table[~((table["item"] == DA_ITEMS[0][1]) & (table["group"] == DA_GROUPS[1]))]
    whole, gap = (figures.draw("profile", t, "da") for t in (table, fewer))
    assert len(markers(gap)) == len(markers(whole)) - 1
    assert "skjult" not in said(gap)


def test_values_are_printed_as_rounded_per_cent() -> None:
    table = pd.DataFrame(
        {"item": ["I", "I"], "group": ["A", "B"], "estimate": [0.237, 0.801],
         "conf_low": [0.2, 0.75], "conf_high": [0.3, 0.85]}
    )  # fmt: skip
    words = said(figures.draw("profile", table, "da"))
    assert "24  A" in words
    assert "80  B" in words


def test_the_recommended_number_stands_in_words() -> None:
    assert "Recommended: 3 classes" in said(
        figures.draw("class_choice", choice_table(), "en", recommended=3)
    )
    assert not any("Recommended" in word for word in said(
        figures.draw("class_choice", choice_table(), "en"))
    )  # fmt: skip


def test_a_fit_without_a_criterion_has_no_point() -> None:
    table = choice_table()[["classes", "icl"]]
    figure = figures.draw("class_choice", table, "en")
    assert len(markers(figure)) == table["icl"].notna().sum()


def test_uneven_bins_get_equal_room_and_their_own_names() -> None:
    table = uncertainty_table(DA_GROUPS)
    table.loc[table["low"] == 0.4, "low"] = 0.0
    figure = figures.draw("uncertainty", table, "en")
    assert {"0–50", "50–60", "90–100"} <= set(said(figure))
    widths = {round(patch.get_width(), 6) for patch in figure.axes[0].patches}
    assert len(widths) == 1


def test_the_area_of_a_column_is_its_share() -> None:
    """Bins of the spectrum may have been joined to hold enough people."""
    table = pd.DataFrame({"low": [0.0, 0.1], "high": [0.1, 0.5], "estimate": [0.2, 0.8]})
    narrow, broad = figures.draw("spectrum", table, "en").axes[0].patches
    areas = [patch.get_width() * patch.get_height() for patch in (narrow, broad)]
    assert areas[1] / areas[0] == pytest.approx(4.0, rel=0.05)
    assert narrow.get_height() == pytest.approx(broad.get_height())


def test_a_hidden_mean_has_no_place_on_the_spectrum() -> None:
    table, means = spectrum_table(DA_GROUPS)
    table = table[table["group"].isna()]
    means.loc[1, ["estimate", "conf_low", "conf_high"]] = None
    figure = figures.draw("spectrum", table, "da", means=means)
    assert sum(line.is_dashed() for line in figure.axes[0].lines) == 1
    assert f"{DA_GROUPS[1]}, gennemsnit skjult" in said(figure)
    assert "1 værdi er skjult" in figures.alt_text("spectrum", table, "da", means=means)


def test_more_groups_than_can_be_told_apart_are_refused() -> None:
    names = [f"G{number}" for number in range(7)]
    with pytest.raises(UsageError, match="7 groups") as caught:
        figures.draw("profile", profile_table(DA_ITEMS, names), "en")
    assert caught.value.allowed == "1 to 6 groups"


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_table_without_its_columns_or_rows_is_an_error_of_ours(name: str) -> None:
    for table in (pd.DataFrame({"nothing": [1]}), example(name)[0].iloc[:0]):
        with pytest.raises(DataError):
            figures.draw(name, table, "da")


def test_a_group_that_is_not_in_the_shares_is_named() -> None:
    with pytest.raises(DataError, match=DA_GROUPS[0]):
        figures.draw(
            "profile", profile_table(DA_ITEMS, DA_GROUPS), "da", shares=share_table(["X", "Y"])
        )


def test_unknown_figures_and_widths_say_what_is_allowed() -> None:
    with pytest.raises(UsageError, match="profile"):
        figures.draw("pie", share_table(DA_GROUPS), "da")
    with pytest.raises(UsageError, match="narrow"):
        figures.draw("shares", share_table(DA_GROUPS), "da", width="poster")


@pytest.mark.parametrize("name", figures.FIGURES)
def test_everything_hidden_still_draws(name: str) -> None:
    table, options = example(name)
    for column in {"estimate", "conf_low", "conf_high", "bic", "aic", "icl"} & set(table):
        table[column] = None
    figures.png_bytes(figures.draw(name, table, "da", **options), 40)
    assert figures.alt_text(name, table, "da", **options)
