"""What a reader can see: every word inside the figure, none on top of another."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from tests.figures.tables import (
    DA_GROUPS,
    DA_ITEMS,
    DA_THEMES,
    EN_GROUPS,
    EN_ITEMS,
    EN_THEMES,
    category_table,
    change_bins,
    change_summary,
    choice_table,
    direction_table,
    gap_table,
    many_items,
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

from vendepunkt import figures

SIX = [f"Gruppe {letter}" for letter in "ABCDEF"]
LONG = [
    "De mest velstillede i bykommunerne",
    "Dem, der klarer sig, men er alene",
    "Arbejdsmarkedstilknytningsudfordrede",
    "Ældre med dårligt helbred",
]

Case = tuple[str, pd.DataFrame, str, dict[str, Any]]


def cases() -> dict[str, Case]:
    """Give every figure with few and many groups, long words and hidden values."""
    spectrum, means = spectrum_table(DA_GROUPS, hide={(2, 12), (2, 13)})
    long_spectrum, long_means = spectrum_table(LONG)
    shares = share_table(DA_GROUPS)
    many = figures.pages(profile_table(many_items(25), SIX), "profile")
    many_categories = figures.pages(
        category_table(many_items(25), LONG, "da"), "profile_categories"
    )
    return {
        "profile": ("profile", profile_table(DA_ITEMS, DA_GROUPS), "da", {"shares": shares}),
        "profile hidden": (
            "profile",
            profile_table(EN_ITEMS, EN_GROUPS, hide={(0, 2), (4, 0), (8, 1)}),
            "en",
            {"shares": share_table(EN_GROUPS, hide=EN_GROUPS[2]), "values": "severity"},
        ),
        "profile two groups": ("profile", profile_table(EN_ITEMS, SIX[:2]), "en", {}),
        "profile many": ("profile", many[0], "da", {"shares": share_table(SIX)}),
        "profile long names": (
            "profile",
            profile_table(DA_ITEMS, LONG),
            "da",
            {"shares": share_table(LONG), "title": "Hvad kendetegner grupperne? " * 4},
        ),
        "categories": (
            "profile_categories",
            category_table(DA_ITEMS, DA_GROUPS, "da", hide={(1, 1, 0), (1, 1, 1), (2, 2, 0)}),
            "da",
            {"shares": shares},
        ),
        "categories long": (
            "profile_categories",
            many_categories[0],
            "da",
            {"shares": share_table(LONG)},
        ),
        "choice": ("class_choice", choice_table(), "da", {"recommended": 3}),
        "choice few": ("class_choice", choice_table()[:3], "en", {}),
        "uncertainty": (
            "uncertainty",
            uncertainty_table(LONG, hide={(2, 0), (2, 1)}),
            "da",
            {"shares": share_table(LONG)},
        ),
        "shares": ("shares", share_table(LONG, hide=LONG[3]), "da", {}),
        "spectrum": ("spectrum", spectrum, "da", {"shares": shares, "means": means}),
        "spectrum of all": (
            "spectrum",
            long_spectrum[long_spectrum["group"].isna()],
            "da",
            {"means": long_means.assign(estimate=[0.1, None, 0.6, 0.85])},
        ),
        **movement_cases(),
        **panel_cases(),
        "spectrum long": ("spectrum", long_spectrum, "en", {"means": long_means}),
    }


def movement_cases() -> dict[str, Case]:
    """Give the figures of movement with two to five waves, two to six groups, hidden values."""
    waves = ["2006", "2008", "2010"]
    places = ["Gade eller herberg", "Botilbud eller anden midlertidig bolig"]
    often = ["Ved starten", "Efter 6 måneder", "Efter 12 måneder", "Efter 18 måneder", "Til sidst"]
    directions = {"directions": direction_table(waves)}
    return {
        "alluvial": ("alluvial", movement_table(DA_GROUPS, waves), "da", directions),
        "alluvial hidden": (
            "alluvial",
            movement_table(EN_GROUPS, waves, hide={(0, 0, 2)}, hide_shares={(2, 2)}),
            "en",
            {"title": "Movements between the groups"},
        ),
        "alluvial two": ("alluvial", movement_table(places, often[:2], stay=0.6), "da", {}),
        "alluvial six": (
            "alluvial",
            movement_table(SIX, waves, first=[0.3, 0.3, 0.2, 0.1, 0.07, 0.03], stay=0.5,
                           sideways={(1, 2), (2, 1)}),
            "en",
            {},
        ),
        "alluvial long": ("alluvial", movement_table(LONG, often, stay=0.97), "da", {}),
        "alluvial extreme": (
            "alluvial",
            movement_table(LONG, often[:4], first=[0.985, 0.01, 0.004, 0.001], error=0.06),
            "da",
            {},
        ),
        "transitions": (
            "transitions",
            transition_table(DA_GROUPS, waves, hide={(0, 0, 2), (1, 2, 0), (1, 2, 1)},
                             people=[780, 345, 151]),
            "da",
            {},
        ),
        "transitions five": ("transitions", transition_table(SIX[:5], waves, stay=0.7), "en", {}),
        "transitions two": (
            "transitions", transition_table(places, often[:2], stay=0.6, people=[230, 1101]), "da",
            {"title": "Fra gaden og ind"},
        ),
        "transitions sure": (
            "transitions", transition_table([*LONG, *SIX[:2]], often[:3], stay=1.0, people=[1] * 6),
            "da", {},
        ),
        "change": ("severity_change", change_bins(DA_GROUPS)[:16], "da", {}),
        "change groups": (
            "severity_change",
            change_bins(DA_GROUPS, hide={(3, 0), (3, 1), (3, 15)}),
            "da",
            {"summary": change_summary(DA_GROUPS)},
        ),
        "change across zero": ("severity_change", change_bins(LONG, step=0.8 / 15), "da", {}),
        "change fine": ("severity_change", change_bins(SIX, step=0.02), "en", {"near": 0.02}),
        "paths": ("paths", path_table(DA_GROUPS, 3), "da", {"waves": waves, "groups": DA_GROUPS}),
        "paths six": ("paths", path_table(SIX, 3, stay=0.6), "en", {"title": "Paths " * 12}),
        "paths long": ("paths", path_table(LONG, 5, people=500), "da", {"waves": often}),
        "paths two": ("paths", path_table(places, 2), "da", {"waves": often[3:]}),
    }  # fmt: skip


def panel_cases() -> dict[str, Case]:
    """Give the figures of panel meetings: firm and tied, hidden, one panel's own, many panels."""
    two = panel_table(
        DA_THEMES,
        {
            "Brugere og fagfolk": [0.61, 0.5, 0.43, 0.29, 0.25, None, 0.2],
            "Lokale udsatteråd": [0.36, 0.46, 0.44, 0.5, 0.25, 0.21, 0.2],
        },
        without={(6, "Lokale udsatteråd")},
    )
    many = panel_table(
        EN_THEMES,
        {
            f"Panel {letter}": [0.1 * place + 0.03 * i for i in range(7)]
            for place, letter in enumerate("ABCDEF")
        },
        without=set(),
    )
    return {
        "placings": ("placings", placing_table(DA_THEMES, [17, 14, 12, 8, 7, 6, 2]), "da", {}),
        "placings tied": (
            "placings",
            placing_table(EN_THEMES, [17, 12, 9, 9, 9, 6, 2]),
            "en",
            {"title": "What pushes people out? " * 3},
        ),
        "placings all": (
            "placings", placing_table(DA_THEMES[:2], [28, 0], places=1), "da", {"places": 1},
        ),
        "panels": ("panel_comparison", two, "da", {"differences": gap_table(two)}),
        "panels plain": ("panel_comparison", two, "da", {}),
        "panels many": ("panel_comparison", many, "en", {}),
    }  # fmt: skip


CASES = cases()


def texts(figure: Figure) -> list[Text]:
    """Give the visible texts of a figure."""
    return list(figure.axes[0].texts)


def test_every_figure_has_a_case() -> None:
    assert {name for name, *_ in CASES.values()} == set(figures.FIGURES)


@pytest.mark.parametrize("case", movement_cases())
def test_a_wide_figure_of_movement_fits_a_page(case: str) -> None:
    name, table, language, options = CASES[case]
    drawn = figures.draw(name, table, language, width="wide", **options)
    assert drawn.get_size_inches()[1] <= 9.6


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("case", CASES)
def test_every_word_is_inside_and_none_covers_another(case: str, width: str) -> None:
    name, table, language, options = CASES[case]
    figure = figures.draw(name, table, language, width=width, **options)
    figure.dpi = 96
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [(found.get_text(), found.get_window_extent(renderer)) for found in texts(figure)]
    across, up = figure.bbox.width, figure.bbox.height
    for said, box in boxes:
        assert box.x0 >= -0.5, said
        assert box.x1 <= across + 0.5, said
        assert box.y0 >= -0.5, said
        assert box.y1 <= up + 0.5, said
    for (said, first), (other, second) in itertools.combinations(boxes, 2):
        wide = min(first.x1, second.x1) - max(first.x0, second.x0)
        high = min(first.y1, second.y1) - max(first.y0, second.y0)
        # Line boxes of neighbouring lines may touch: the descender of one, the accent of the next.
        assert wide <= 1.0 or high <= 3.5, f"{said!r} covers {other!r}"


def test_a_cut_label_would_be_found() -> None:
    figure = figures.draw("shares", share_table(DA_GROUPS), "da")
    figure.axes[0].text(7.0, 0.5, "far too long to stand here")
    renderer = FigureCanvasAgg(figure).get_renderer()
    assert any(t.get_window_extent(renderer).x1 > figure.bbox.width for t in texts(figure))


@pytest.mark.parametrize("figure_name", ["profile", "profile_categories"])
@pytest.mark.parametrize("groups", [2, 3, 6])
@pytest.mark.parametrize("items", [9, 25])
def test_pages_keep_items_whole_and_fit_a_page(figure_name: str, groups: int, items: int) -> None:
    listed = many_items(items)
    if figure_name == "profile":
        table = profile_table(listed, SIX[:groups])
    else:
        table = category_table(listed, SIX[:groups], "da")
    parts = figures.pages(table, figure_name)
    pd.testing.assert_frame_equal(pd.concat(parts), table)
    names = [set(part["item"]) for part in parts]
    assert all(not first & second for first, second in itertools.combinations(names, 2))
    for part in parts:
        drawn = figures.draw(figure_name, part, "da", shares=share_table(SIX[:groups]))
        assert drawn.get_size_inches()[1] <= 9.6


def test_a_dimension_is_named_once_however_the_items_come() -> None:
    mixed = [DA_ITEMS[at] for at in (4, 0, 7, 5, 1, 8, 6, 2, 3)]
    for name, table in (
        ("profile", profile_table(mixed, DA_GROUPS)),
        ("profile_categories", category_table(mixed, DA_GROUPS, "da")),
    ):
        for part in (table, *figures.pages(table, name)):
            words = [found.get_text() for found in texts(figures.draw(name, part, "da"))]
            assert words.count("Tillid") <= 1
            assert words.count("Netværk") <= 1
