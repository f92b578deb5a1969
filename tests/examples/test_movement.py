"""What the pages of the examples say of movement is what the program finds.

Log-likelihoods are those of LMest 3.2 (10 to 30 random starts, tolerance 1e-11; see
`tests/reference/lta`), reached or beaten within 1e-3; that of constant rates and that of a table
for each pair of answers were computed outside this package and are known to one decimal. Everything
else is what the pages print, at the digits they print.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from vendepunkt.data import ItemDefinition, Panel, panel, read_survey
from vendepunkt.move import (
    Movement,
    MoveOptions,
    ObservedMovement,
    move,
    observed_movement,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
WITHIN = 1e-3


def page(name: str) -> str:
    return (EXAMPLES / name / "README.md").read_text(encoding="utf-8")


def cells(name: str, first: str) -> list[str]:
    """Give the cells of the row of a page's tables that begins so."""
    rows = [line.strip("| ").split(" | ") for line in page(name).splitlines() if line[:2] == "| "]
    found = [row[1:] for row in rows if row[0].strip() == first]
    assert len(found) == 1, first
    return [cell.strip() for cell in found[0]]


def study(name: str) -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / name / "study.toml").read_text(encoding="utf-8"))


def items(name: str) -> dict[str, ItemDefinition]:
    kept = ("column", "dimension", "order", "merge")
    found = {}
    for key, given in study(name)["items"].items():
        options = {k: given[k] for k in kept if k in given}
        # TOML knows only keys of text.
        options["map"] = {float(code): words for code, words in given.get("map", {}).items()}
        found[key] = ItemDefinition.from_options(key, options)
    return found


def percent(value: float, digits: int = 0) -> str:
    return f"{100 * value:.{digits}f}".replace("-", "−")


# --- housing ------------------------------------------------------------------------------------


@cache
def homes() -> Panel:
    survey = read_survey(EXAMPLES / "housing/data/housing.csv", person="id", wave="time")
    times = [float(study("housing")["waves"][wave]["time"]) for wave in ("0", "6", "12", "24")]
    return panel(survey, [items("housing")["housing"]], times=times)


@cache
def seen() -> ObservedMovement:
    defined = items("housing")
    return observed_movement(
        homes(), defined["housing"], by=defined["certificate"], lot="a certificate"
    )


def test_where_people_of_the_street_are_after_two_years() -> None:
    table = seen().transition_table("baseline")
    after = table[(table["wave_to"] == "24") & (table["from"] == "street")].set_index(["by", "to"])
    for by, first in (("with", "with a certificate"), ("without", "without")):
        row = [after.loc[(by, to)] for to in ("independent", "community", "street")]
        said = [
            f"{percent(one['estimate'])} ({percent(one['conf_low'])}–{percent(one['conf_high'])})"
            for one in row
        ]
        assert cells("housing", first) == [*said, f"{row[0]['n_origin']:.0f}"]


def test_what_the_certificate_did() -> None:
    table = seen().difference_table()
    apart = table[table["from"] == "street"].set_index(["wave_to", "to"])

    def said(wave: str, to: str) -> str:
        one = apart.loc[(wave, to)]
        low, high = percent(one["conf_low"]), percent(one["conf_high"])
        return f"{percent(one['estimate'])} ({low} to {high})"

    found = [said("24", to) for to in ("independent", "community", "street")]
    assert cells("housing", "difference, percentage points")[:3] == found
    text = " ".join(page("housing").split())
    six, twelve = said("6", "independent"), said("12", "independent")
    assert f"was {six.replace(' (', ' points (')}, after twelve {twelve}" in text


def test_who_is_not_seen() -> None:
    lost = seen().dropout_table().query("wave == '24'").set_index("by")
    assert (lost["people"] == 181).all()
    text = " ".join(page("housing").split())
    assert f"{percent(lost.loc['without', 'estimate'], 1)} % of those without" in text
    assert f"{percent(lost.loc['with', 'estimate'], 1)} % of those with" in text
    assert seen().n == 361
    assert int((seen().codes >= 0).all(axis=1).sum()) == 271


def test_constant_rates_do_not_fit() -> None:
    rates = seen().rates
    assert rates is not None
    assert rates.loglik == pytest.approx(-767.1, abs=0.05)
    assert rates.n_parameters == 12
    assert rates.rejected
    assert rates.loglik + rates.test.statistic / 2 == pytest.approx(-682.1, abs=0.05)
    steps = seen().transition_table("steps")
    stay = steps[
        (steps["by"] == "without") & (steps["from"] == "street") & (steps["to"] == "street")
    ]
    by_step = dict(zip(stay["wave_from"], stay["estimate"].round(2).tolist(), strict=True))
    assert (by_step["0"], by_step["12"]) == (0.26, 0.73)
    assert int((seen().embedding_table()["valid"] == False).sum()) == 5  # noqa: E712


@pytest.mark.parametrize(
    ("transitions", "loglik"),
    [
        ("free", (-1172.392585, -1104.140712)),
        ("constant", (-1188.834408, -1127.710940)),
    ],
)
def test_latent_states_reach_the_reference(transitions: str, loglik: tuple[float, float]) -> None:
    options = MoveOptions(classes=(2, 3), transitions=transitions, compare_transitions=False)
    table = move(homes(), options).models_table().set_index("classes")
    words = {"free": "own matrix for each step", "constant": "one matrix for all steps"}
    said = page("housing").replace(" (`--transitions constant`)", "")
    for classes, reference in zip((2, 3), loglik, strict=True):
        row = table.loc[classes]
        assert row["loglik"] > reference - WITHIN
        line = (
            f"| {classes} | {words[transitions]} | −{-row['loglik']:.4f} "
            f"| {row['n_parameters']} | {row['bic']:.2f} |"
        )
        assert line in said


def test_latent_states_do_not_describe_where_people_live() -> None:
    found = move(homes(), MoveOptions(classes=(3,)))
    text = " ".join(page("housing").split())
    street = found.model.fit.profiles[0]
    assert list(found.material.answers.indicators[0].categories)[2] == "street"
    assert f"in {percent(street[1, 2])} of 100 cases" in text
    shares = found.shares_table()
    first = shares[(shares["wave"] == "0") & (shares["group"] == "C")]["estimate"].item()
    assert f"{percent(first)} % of people are in it at the start" in text
    assert found.constancy is not None
    assert found.constancy.p_value is not None
    assert found.constancy.p_value < 1e-4
    assert f"statistic {found.constancy.statistic:.1f}, {found.constancy.df:.0f} degrees" in text


# --- the panel of the General Social Survey -----------------------------------------------------

ANALYSES = {
    "all": ("gss-panel", "gss_panel0610.csv", None),
    "stayed": ("gss-panel-weighted", "gss_panel0610_stayed.csv", None),
    "weighted": ("gss-panel-weighted", "gss_panel0610_stayed.csv", "wtpannr123"),
}


@cache
def followed(analysis: str) -> Movement:
    name, file, weight = ANALYSES[analysis]
    survey = read_survey(EXAMPLES / name / "data" / file, person="firstid", wave="wave")
    people = panel(
        survey,
        list(items(name).values()),
        weights=weight,
        strata="vstrat",
        clusters="vpsu",
        nest=True,
        single_psu="adjust",
    )
    stated = study(name)
    options = MoveOptions(
        classes=(stated["move"]["classes"],), seed=stated["study"]["seed"],
        compare_transitions=False,
    )  # fmt: skip
    return move(people, options)


def _said(row: pd.Series, digits: int = 1, unit: str = " %", dash: str = "–") -> str:
    low, high = percent(row["conf_low"], digits), percent(row["conf_high"], digits)
    return f"{percent(row['estimate'], digits)}{unit} ({low}{dash}{high})"


def _column(found: Movement) -> list[str]:
    """Give what the pages say of an analysis, row by row."""
    shares = found.shares_table().set_index(["wave", "group"])["estimate"]
    change = found.change_table().set_index(["wave_from", "wave_to", "group"]).loc[("1", "3", "D")]
    moved = found.direction_table().set_index(["wave_from", "wave_to", "direction"])
    return [
        f"{percent(shares['1', 'D'], 1)} %",
        f"{percent(shares['3', 'D'], 1)} %",
        _said(change, unit="", dash=" to "),
        _said(moved.loc[("1", "3", "more")]),
        _said(moved.loc[("1", "3", "less")]),
    ]


ROWS = (
    "share of group D in 2006",
    "share of group D in 2010",
    "change, percentage points",
    "moved toward more exclusion",
    "moved toward less",
)


@pytest.mark.parametrize(("place", "analysis"), list(enumerate(ANALYSES)))
def test_three_analyses_side_by_side(place: int, analysis: str) -> None:
    found = _column(followed(analysis))
    assert [cells("gss-panel", first)[place] for first in ROWS] == found
    gross = followed(analysis).gross_net_table().set_index(["wave_from", "wave_to"])["gross"]
    changed = f"{percent(gross['1', '3'], 1)} %"
    assert cells("gss-panel", "changed group")[place] == changed


@pytest.mark.parametrize(("place", "analysis"), [(0, "all"), (1, "weighted")])
def test_the_weighted_page_says_the_same(place: int, analysis: str) -> None:
    found = _column(followed(analysis))
    assert [cells("gss-panel-weighted", first)[place] for first in ROWS] == found
    moved = followed(analysis).three_moved().set_index(["kind", "wave_from", "wave_to"])["moved"]
    name = "gss-panel-weighted"
    assert cells(name, "seems to have changed group, 2006–2008")[place] == (
        f"{percent(moved['apparent', '1', '2'])} %"
    )
    assert cells(name, "changed group by the model, 2006–2008")[place] == (
        f"{percent(moved['corrected', '1', '2'])} %"
    )


def test_four_classes_reach_the_reference() -> None:
    fit = followed("all").model.fit
    assert fit.loglik > -30789.61932 - WITHIN
    said = cells("gss-panel", "4")
    assert said[:2] == [f"−{-fit.loglik:.3f}", str(fit.n_parameters)]
    weighted = followed("weighted").model.fit
    assert f"pseudo log-likelihood −{-weighted.loglik:.4f}" in page("gss-panel-weighted")


def test_the_groups_of_the_page() -> None:
    found = followed("all")
    shares = found.shares_table().set_index(["wave", "group"])["estimate"]
    assert found.model.severity is not None
    for place, letter in enumerate("ABCD"):
        said = cells("gss-panel", letter)
        assert said[1:4] == [f"{percent(shares[wave, letter])} %" for wave in ("1", "2", "3")]
        assert said[4] == f"{100 * found.model.severity.total[place]:.0f}"
    assert found.ground.direction(1, 2) == "sideways"
    assert not found.groups.named


def test_weights_make_few_people_of_many() -> None:
    material = followed("weighted").material
    assert round(material.n_effective) == 895
    assert re.search(r"worth\s+some\s+895", page("gss-panel"))
