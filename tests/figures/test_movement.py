"""What the figures of movement say, and what they keep to themselves."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import PathPatch, Rectangle
from tests.figures.tables import (
    DA_GROUPS,
    EN_GROUPS,
    change_bins,
    change_summary,
    direction_table,
    movement_table,
    path_table,
    transition_table,
)
from tests.figures.test_content import said

from vendepunkt import figures
from vendepunkt.figures.flows import ends, read_movement
from vendepunkt.terms import DataError, UsageError

WAVES = ["2006", "2008", "2010"]


def bands(figure: figures.Figure) -> list[PathPatch]:
    """Give the bands of an alluvial figure."""
    return [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]


def flows_of(*rows: tuple[str, str, float | None, float | None]) -> pd.DataFrame:
    """Give a table of two waves and the groups A, B: shares .7/.3, flows (from, to, share, low)."""
    shares = [
        {"kind": "share", "wave": wave, "group": group, "estimate": share}
        for wave, group, share in (
            ("1", "A", 0.7),
            ("1", "B", 0.3),
            ("2", "A", 0.7),
            ("2", "B", 0.3),
        )
    ]
    flows = [
        {"kind": "flow", "wave_from": "1", "wave_to": "2", "from": start, "to": end,
         "estimate": share, "conf_low": low, "conf_high": None if low is None else 2 * (share or 0)}
        for start, end, share, low in rows
    ]  # fmt: skip
    return pd.DataFrame(shares + flows)


# ---- alluvial


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_shares_and_flows_stand_on_the_picture_with_their_intervals(width: str) -> None:
    table = movement_table(DA_GROUPS, WAVES)
    words = said(figures.draw("alluvial", table, "da", width=width))
    # 1/(1 + .45 + .45²) = 60.5 %, ±1.96 · .012 · 2·√(.605·.395); flow .605 · .16 · .7407.
    assert "61 pct. (58–63)" in words
    assert ("↓ 7 pct. (6–8)" if width == "wide" else "↓ 7 (6–8)") in words
    assert words.count("Eksklusionsgruppen") == (3 if width == "wide" else 4)
    assert {"2006", "2008", "2010"} <= set(words)


def test_an_arrow_is_only_where_a_direction_was_given() -> None:
    table = movement_table(DA_GROUPS, WAVES)
    bare = " ".join(said(figures.draw("alluvial", table.drop(columns="direction"), "da")))
    assert not {"↓", "↑", "↔"} & set(bare)
    sideways = movement_table(DA_GROUPS, WAVES, sideways={(0, 1), (1, 0)})
    drawn = figures.draw("alluvial", sideways, "da")
    assert any(word.startswith("↔ 7") for word in said(drawn))
    dashed = [band for band in bands(drawn) if band.get_linestyle() == (0, (4.0, 3.0))]
    assert len(dashed) == 4


def test_directions_are_written_out_with_their_intervals() -> None:
    table, ways = movement_table(EN_GROUPS, WAVES), direction_table(WAVES)
    words = " ".join(said(figures.draw("alluvial", table, "en", directions=ways)))
    words = words.replace("\u00a0", " ")
    assert words.count("↓ 8 % (7–9) toward more exclusion") == 2
    assert "2008 → 2010: " in words
    assert "↔ <1 % (0–1) sideways" in words
    none = ways.assign(estimate=ways["estimate"].where(ways["direction"] != "sideways", 0.0))
    assert "sideways" not in " ".join(said(figures.draw("alluvial", table, "en", directions=none)))
    with pytest.raises(UsageError, match="upwards"):
        figures.draw("alluvial", table, "en", directions=ways.assign(direction="upwards"))


def test_a_flow_that_may_be_nobody_looks_so() -> None:
    table = flows_of(("A", "A", 0.66, 0.6), ("A", "B", 0.04, 0.0), ("B", "A", 0.04, 0.02),
                     ("B", "B", 0.26, 0.2))  # fmt: skip
    figure = figures.draw("alluvial", table, "da")
    assert [band.get_hatch() for band in bands(figure)] == [None, "......", None, None]
    assert any("Prikket bånd" in word for word in said(figure))
    sure = table.assign(conf_low=table["conf_low"].replace(0.0, 0.01))
    assert not any("Prikket" in word for word in said(figures.draw("alluvial", sure, "da")))


def test_a_box_is_as_high_as_its_share_and_its_whisker_as_long_as_the_interval() -> None:
    table = movement_table(DA_GROUPS, WAVES)
    figure = figures.draw("alluvial", table, "da")
    own = table[(table["kind"] == "share") & (table["wave"] == "2006")]
    boxes = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_x() < 0.1]
    boxes = [p for p in boxes if p.get_width() > 0.5]
    tall = boxes[0].get_height() / own["estimate"].iloc[0]
    for box, share in zip(boxes, own["estimate"], strict=True):
        assert box.get_height() == pytest.approx(tall * share)
    whiskers = [
        line.get_ydata()
        for line in figure.axes[0].lines
        if line.get_color() == "#1A1A1A" and line.get_xdata()[0] == line.get_xdata()[1] < 0.2
    ]
    for box, low, high, (top, bottom) in zip(
        boxes, own["conf_low"], own["conf_high"], whiskers, strict=True
    ):
        assert top == pytest.approx(box.get_y() + tall * low)
        assert bottom == pytest.approx(box.get_y() + tall * high)


def test_intervals_are_only_spoken_of_where_there_are_any() -> None:
    table = movement_table(DA_GROUPS, WAVES)
    bare = table.drop(columns=["conf_low", "conf_high"])
    one, other = (" ".join(said(figures.draw("alluvial", t, "da"))) for t in (table, bare))
    assert "sikkerhedsinterval" in one
    assert "sikkerhedsinterval" not in other
    cells = transition_table(DA_GROUPS, WAVES).drop(columns=["conf_low", "conf_high"])
    assert "sikkerhedsinterval" not in " ".join(said(figures.draw("transitions", cells, "da")))


def test_flows_that_do_not_sum_to_the_shares_fill_the_boxes_and_it_is_said() -> None:
    table = movement_table(DA_GROUPS, WAVES)
    table.loc[(table["kind"] == "share") & (table["wave"] == "2008"), "estimate"] = [0.5, 0.3, 0.2]
    words = said(figures.draw("alluvial", table, "en"))
    assert any("do not sum to those of the boxes" in word for word in " ".join(words).split("; "))
    fine = " ".join(said(figures.draw("alluvial", movement_table(DA_GROUPS, WAVES), "en")))
    assert "do not sum" not in fine


def test_flows_between_waves_that_are_not_neighbours_are_left_aside() -> None:
    table = movement_table(DA_GROUPS, WAVES)
    far = table[(table["wave_from"] == "2006")].assign(wave_to="2010")
    both = figures.draw("alluvial", pd.concat([table, far]), "da")
    assert len(bands(both)) == len(bands(figures.draw("alluvial", table, "da")))


@settings(max_examples=80, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9))
def test_no_hidden_flow_is_alone_in_its_row_or_column(hide: set[tuple[int, int]]) -> None:
    names = list("ABCD")
    table = movement_table(names, WAVES[:2], hide={(0, *pair) for pair in hide})
    gone = read_movement(table).hidden["2006", "2008"]
    assert {(names[j], names[k]) for j, k in hide} <= gone
    for side, name in itertools.product((0, 1), names):
        assert sum(pair[side] == name for pair in gone) != 1


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6),
    st.sets(st.integers(0, 5)),
    st.floats(0.01, 1.0),
)
def test_bands_fill_their_box_and_hidden_ones_are_equally_wide(
    values: list[float], hidden: set[int], box: float
) -> None:
    names = [str(place) for place in range(len(values))]
    gone = [name for name in names if int(name) in hidden]
    known = {name: v for name, v in zip(names, values, strict=True) if name not in gone}
    places = ends(box, names, known, gone)
    assert places[names[0]][0] == 0.0
    for first, second in itertools.pairwise(names):
        assert places[first][1] == places[second][0]
    wide = {name: b - a for name, (a, b) in places.items()}
    assert all(value >= 0 for value in wide.values())
    if gone or sum(known.values()) > 0:
        assert places[names[-1]][1] == pytest.approx(box)
    for name in gone:
        assert wide[name] == pytest.approx(wide[gone[0]])


def test_the_width_of_a_hidden_flow_is_not_its_value() -> None:
    """The same total in two hidden flows, divided differently, gives the same picture."""
    pictures = []
    for first, second in ((0.02, 0.06), (0.05, 0.03)):
        table = movement_table(list("ABC"), WAVES[:2])
        flow = (table["kind"] == "flow") & (table["from"] == "A")
        table.loc[flow & (table["to"] == "B"), "estimate"] = first
        table.loc[flow & (table["to"] == "C"), "estimate"] = second
        hide = (table["kind"] == "flow") & (table["from"].isin(["A", "B"]))
        hide &= table["to"].isin(["B", "C"])
        table.loc[hide, ["estimate", "conf_low", "conf_high"]] = None
        figure = figures.draw("alluvial", table, "da")
        pictures.append(figures.svg_text(figure, ""))
        hatched = [band for band in bands(figure) if band.get_hatch() == "/////"]
        assert len(hatched) == 4
        thick = [
            band.get_path().vertices[-2][1] - band.get_path().vertices[0][1] for band in hatched
        ]
        assert thick[0] == pytest.approx(thick[1])
        assert not {"↓ 2 pct.", "↓ 6 pct."} & {word.split(" (")[0] for word in said(figure)}
    assert pictures[0] == pictures[1]


def test_a_hidden_box_has_one_height_whatever_it_holds() -> None:
    heights = set()
    for first in ([0.6, 0.3, 0.1], [0.8, 0.19, 0.01]):
        table = movement_table(list("ABC"), WAVES[:2], first=first, hide_shares={(0, 2)})
        figure = figures.draw("alluvial", table, "da")
        hatched = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_hatch()]
        assert len(hatched) == 1
        heights.add(round(hatched[0].get_height(), 9))
        assert said(figure).count("skjult") == 1
    assert len(heights) == 1


def test_one_wave_is_no_movement() -> None:
    table = movement_table(DA_GROUPS, WAVES[:1])
    with pytest.raises(DataError, match="1 waves"):
        figures.draw("alluvial", table, "da")


@pytest.mark.parametrize(("language", "share"), [("da", "61 pct. (58–63)"), ("en", "61 % (58–63)")])
def test_the_words_of_the_alluvial_figure_have_its_main_numbers(language: str, share: str) -> None:
    alt = figures.alt_text("alluvial", movement_table(DA_GROUPS, WAVES), language)
    assert f"Majoritetsgruppen {share}" in alt
    assert "2006 → 2008" in alt
    assert ".." not in alt


# ---- transitions


def test_every_cell_has_its_number_and_interval() -> None:
    table = transition_table(DA_GROUPS, WAVES, people=[780, 345, 151])
    figure = figures.draw("transitions", table, "da")
    words = said(figure)
    assert words.count("84") == 6
    assert words.count("82–86") == 2  # 84 ± 1.96 · .012 · 2·√(.84·.16)
    assert words.count("780 personer") == 2
    line = "Af 100 personer i ”Majoritetsgruppen” var 84 i samme gruppe senere."
    assert f"For eksempel 2006 → 2008: {line}" in " ".join(words)


def test_the_darker_the_more_and_numbers_can_be_read() -> None:
    table = transition_table(list("ABCD"), WAVES[:2], stay=0.6)
    figure = figures.draw("transitions", table, "en")
    cells = [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]
    bright = [sum(patch.get_facecolor()[:3]) for patch in cells]
    pairs = sorted(zip(table["estimate"], bright, strict=True))
    assert [shade for _, shade in pairs] == sorted(bright, reverse=True)


def test_a_hidden_cell_is_two_dots_on_hatching() -> None:
    table = transition_table(DA_GROUPS, WAVES, hide={(0, 0, 2), (1, 2, 0), (1, 2, 1)})
    figure = figures.draw("transitions", table, "da")
    assert said(figure).count("..") == 3
    assert sum(patch.get_hatch() is not None for patch in figure.axes[0].patches) == 3
    assert any("skjult" in word for word in said(figure))


def test_a_way_out_is_a_column_more() -> None:
    table = transition_table(DA_GROUPS, WAVES[:2])
    gone = pd.DataFrame(
        {"wave_from": "2006", "wave_to": "2008", "from": DA_GROUPS, "to": "Døde",
         "estimate": [0.004, 0.02, 0.05]}
    )  # fmt: skip
    words = said(figures.draw("transitions", pd.concat([table, gone]), "da"))
    assert "Døde" in words
    assert "<1" in words
    many = pd.concat(
        [table, *(gone.assign(to=f"Sted {number}") for number in range(6))], ignore_index=True
    )
    with pytest.raises(UsageError, match="9 places"):
        figures.draw("transitions", many, "da")


def test_the_words_of_the_transitions_say_who_stayed() -> None:
    table = transition_table(EN_GROUPS, WAVES[:2])
    alt = figures.alt_text("transitions", table, "en")
    assert "in The majority group 84 (82–86) stayed" in alt
    assert "most others went to The at-risk group: 12 (10–13)" in alt


# ---- change in severity


def test_shares_left_near_and_right_are_summed_from_the_bins() -> None:
    table = pd.DataFrame(
        {"low": [-0.3, -0.1, -0.05, 0.0, 0.05], "high": [-0.1, -0.05, 0.0, 0.05, 0.4],
         "estimate": [0.07, 0.1, 0.2, 0.3, 0.33]}
    )  # fmt: skip
    words = said(figures.draw("severity_change", table, "da"))
    assert {"17 pct.", "50 pct.", "33 pct."} <= set(words)
    assert "Næsten uændret (−5\u00a0til\u00a0+5)" in words
    wider = said(figures.draw("severity_change", table, "da", near=0.07))
    assert {"7 pct.", "93 pct.", "0 pct."} <= set(wider)  # bins that lie partly within count whole
    assert "Næsten uændret (−10\u00a0til\u00a0+40)" in wider


def test_a_bin_of_no_change_is_named_by_its_own_ends() -> None:
    low = [-0.075, -0.025, 0.025]
    table = pd.DataFrame(
        {"group": "", "low": low, "high": [at + 0.05 for at in low], "estimate": [0.2, 0.5, 0.3]}
    )
    words = said(figures.draw("severity_change", table, "da"))
    assert "Næsten uændret (−2,5\u00a0til\u00a0+2,5)" in words
    assert {"20 pct.", "50 pct.", "30 pct."} <= set(words)


def test_less_stands_left_and_more_right_of_the_zero_line() -> None:
    figure = figures.draw("severity_change", change_bins([]), "en")
    zero = next(
        line.get_xdata()[0] for line in figure.axes[0].lines if line.get_color() == "#595959"
    )
    less, more = (
        [
            p
            for p in figure.axes[0].patches
            if p.get_facecolor()[:3] == pytest.approx(colour, abs=0.01)
        ]
        for colour in ((0x3F / 255, 0x97 / 255, 0xD9 / 255), (0x1A / 255, 0x24 / 255, 0x58 / 255))
    )
    assert less
    assert more
    assert all(patch.get_x() + patch.get_width() < zero for patch in less)
    assert all(patch.get_x() > zero for patch in more)


def test_a_part_with_a_hidden_bin_has_no_sum_but_may_be_handed_over() -> None:
    table = change_bins(DA_GROUPS, hide={(3, 0)})
    words = said(figures.draw("severity_change", table, "da"))
    assert words.count("skjult") == 1
    words = said(figures.draw("severity_change", table, "da", summary=change_summary(DA_GROUPS)))
    assert "skjult" not in words
    assert words.count("26 pct. (23–29)") == 4
    alt = figures.alt_text("severity_change", table, "da", summary=change_summary(DA_GROUPS))
    assert "Begyndte i Risikogruppen: Mindre eksklusion 21 pct. (19–23)" in alt
    assert "pct.." not in alt


# ---- paths


def test_paths_stand_by_share_with_interval_and_people() -> None:
    table = path_table(DA_GROUPS, 3).sample(frac=1.0, random_state=1)
    words = said(figures.draw("paths", table, "da", groups=DA_GROUPS, waves=WAVES))
    shares = [word for word in words if "pct. (" in word]
    assert shares[0] == "43 pct. (41–45)"
    assert shares[3] == "↓ 6 pct. (5–7)"
    numbers = [int(word.removeprefix("↓ ").removeprefix("↑ ").split()[0]) for word in shares]
    assert numbers == sorted(numbers, reverse=True)
    assert "545 personer" in words
    assert len(shares) == 12


def test_paths_of_few_people_are_never_drawn() -> None:
    table = pd.DataFrame(
        {"path": ["A→A", "B→B", "A→B", "B→A"], "estimate": [0.6, 0.38, 0.016, 0.004],
         "n": [600, 380, 16, 4]}
    )  # fmt: skip
    words = said(figures.draw("paths", table, "en"))
    # The one path of 4 people takes the smallest other with it.
    assert "600 people" in words
    assert "380 people" in words
    assert not {"16 people", "4 people"} & set(words)
    assert any("Other paths are not drawn" in word for word in words)
    assert "Together they make up 2 %" in " ".join(words)
    all_shown = said(figures.draw("paths", table, "en", threshold=3))
    assert "4 people" in all_shown
    assert not any("Other paths" in word for word in all_shown)
    with pytest.raises(UsageError, match="2"):
        figures.draw("paths", table, "en", threshold=2)


def test_the_rest_of_one_path_that_is_not_in_the_table_is_not_said() -> None:
    table = pd.DataFrame({"path": ["A→A", "B→B"], "estimate": [0.6, 0.38], "n": [600, 380]})
    words = " ".join(said(figures.draw("paths", table, "en")))
    assert "Other paths are not drawn" in words
    assert "Together" not in words


def test_a_hidden_number_of_people_hides_the_path() -> None:
    table = pd.DataFrame(
        {"path": ["A→A", "B→B", "A→B", "B→A"], "estimate": [0.6, 0.38, 0.016, 0.004],
         "n": [600, 380, None, None]}
    )  # fmt: skip
    alt = figures.alt_text("paths", table, "en")
    assert "A → B" not in alt
    assert "In A all along: 60 %, 600 people" in alt


def test_paths_have_a_group_for_each_wave() -> None:
    table = pd.DataFrame({"path": ["A→A", "A→A→B"], "estimate": [0.5, 0.5], "n": [50, 50]})
    with pytest.raises(DataError, match="one group for each wave"):
        figures.draw("paths", table, "en")
    with pytest.raises(DataError, match="one group for each wave"):
        figures.draw("paths", table[:1], "en", waves=WAVES)
