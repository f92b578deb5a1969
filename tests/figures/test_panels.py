"""What the figures of panel meetings say: places, the cut, ties, differences in words."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.figures.tables import DA_THEMES, EN_THEMES, gap_table, panel_table, placing_table
from tests.figures.test_content import markers, said

from vendepunkt import figures
from vendepunkt.figures.placings import STATUS
from vendepunkt.terms import UsageError

VOTES = [17, 14, 12, 8, 7, 6, 2]


def test_how_firmly_a_theme_holds_stands_beside_its_name_in_words() -> None:
    table = placing_table(DA_THEMES, VOTES)
    table["chance"] = [1.0, 0.9, 0.5, 0.4, 0.1, 0.05, None]
    words = said(figures.draw("placings", table, "da"))
    for expected in (
        "ligger fast: 100\u00a0af\u00a0100",
        "ligger rimelig fast: 90\u00a0af\u00a0100",
        "kan gå begge veje: 50\u00a0af\u00a0100",
        "kunne være nået op: 10\u00a0af\u00a0100",
        "er langt fra: 5\u00a0af\u00a0100",
    ):
        assert expected in words
    assert "61 pct. · 17 personer" in words


def test_without_chances_nothing_is_said_of_other_meetings() -> None:
    table = placing_table(DA_THEMES, VOTES).drop(columns="chance")
    words = " ".join(said(figures.draw("placings", table, "da")))
    assert "100 sådanne møder" not in words
    assert "100 sådanne møder" in " ".join(
        said(figures.draw("placings", placing_table(DA_THEMES, VOTES), "da"))
    )


def test_one_line_is_the_cut_and_each_side_is_named() -> None:
    figure = figures.draw("placings", placing_table(EN_THEMES, VOTES), "en")
    words = said(figure)
    assert words.index("The top 3") < words.index("Housing") < words.index("Below the line")
    cuts = [line for line in figure.axes[0].lines if line.get_linewidth() == 1.4]
    across = [line for line in cuts if line.get_xdata()[1] - line.get_xdata()[0] > 6.5]  # type: ignore[index,operator]
    assert len(across) == 1


def test_themes_that_tie_at_the_cut_are_not_called_chosen() -> None:
    table = placing_table(EN_THEMES, [17, 12, 9, 9, 9, 6, 2])
    words = said(figures.draw("placings", table, "en"))
    assert "The top 2" in words
    assert "Tied for 1 place" in words
    assert "Below those that are tied" in words
    alt = figures.alt_text("placings", table, "en")
    tied = alt[alt.index("Tied for 1 place") : alt.index("Below those")]
    assert all(theme in tied for theme in EN_THEMES[2:5])


def test_a_hidden_theme_shows_neither_share_nor_people_nor_firmness() -> None:
    table = placing_table(DA_THEMES, VOTES)
    table.loc[6, "chance"] = 0.85
    words = said(figures.draw("placings", table, "da"))
    assert not [word for word in words if "85\u00a0af" in word and "ligger" in word]
    assert "skjult" in words
    assert not [word for word in words if word.endswith("· 2 personer")]


def test_bars_are_as_long_as_shares_and_coloured_by_their_side() -> None:
    figure = figures.draw("placings", placing_table(DA_THEMES, VOTES), "da")
    bars = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_width")]
    wide = [bar.get_width() for bar in bars]
    assert wide[1] / wide[0] == pytest.approx(14 / 17)
    colours = [figures_colour(bar) for bar in bars]
    assert colours == [STATUS["chosen"].lower()] * 3 + [STATUS["below"].lower()] * 3


def figures_colour(bar: object) -> str:
    from matplotlib.colors import to_hex

    return to_hex(bar.get_facecolor())  # type: ignore[attr-defined]


def test_an_unknown_status_says_what_is_allowed() -> None:
    table = placing_table(DA_THEMES, VOTES).assign(status="won")
    with pytest.raises(UsageError, match="chosen"):
        figures.draw("placings", table, "da")


TWO = panel_table(
    DA_THEMES[:5],
    {"Brugere": [0.4, 0.2, 0.5, 0.25, None], "Råd": [0.4, 0.6, 0.3, 0.24, 0.3]},
    without=set(),
)


def test_the_theme_most_ahead_in_the_first_panel_stands_first() -> None:
    words = said(figures.draw("panel_comparison", TWO, "da"))
    order = [word for word in words if word in DA_THEMES]
    assert order == [DA_THEMES[place] for place in (2, 3, 0, 1, 4)]


def test_differences_are_said_in_words_with_their_interval_either_way() -> None:
    words = " ".join(said(figures.draw("panel_comparison", TWO, "da", differences=gap_table(TWO))))
    assert "20 procentpoint flere i ”Brugere” (−1\u00a0til\u00a040); kan lige så vel" in words
    assert "40 procentpoint flere i ”Råd” (20\u00a0til\u00a061)" in words
    assert "lige mange i begge" in words
    assert "tallet er skjult i ”Brugere”" in words
    assert "det er de ikke" in words
    drawn = figures.draw(
        "panel_comparison", TWO, "da", differences=gap_table(TWO), random_draws=True
    )
    assert "det er de ikke" not in " ".join(said(drawn))


def test_a_theme_of_one_panel_has_one_mark_and_says_whose_it_is() -> None:
    table = TWO[(TWO["theme"] != DA_THEMES[0]) | (TWO["panel"] == "Brugere")]
    figure = figures.draw("panel_comparison", table, "da")
    assert "kun på stemmesedlen i ”Brugere”" in said(figure)
    assert len(markers(figure)) == 2 + 8  # two in the heading; one theme alone, one hidden


def test_equal_panels_are_both_seen() -> None:
    table = TWO[TWO["theme"] == DA_THEMES[0]]
    marks = markers(figures.draw("panel_comparison", table, "da"))[2:]
    places = {float(mark.get_ydata()[0]) for mark in marks}  # type: ignore[index,arg-type]
    assert len(places) == 2


def test_the_figure_is_the_same_whichever_panel_the_differences_start_from() -> None:
    gaps = gap_table(TWO)
    turned = pd.DataFrame(
        {
            "theme": gaps["theme"],
            "first": gaps["second"],
            "second": gaps["first"],
            "estimate": -gaps["estimate"],
            "conf_low": -gaps["conf_high"],
            "conf_high": -gaps["conf_low"],
        }
    )
    one, other = (
        figures.alt_text("panel_comparison", TWO, "en", differences=table)
        for table in (gaps, turned)
    )
    assert one == other
