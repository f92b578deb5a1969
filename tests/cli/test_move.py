"""`vendepunkt move`: the JSON answer on reference data, options, exit codes, what is refused.

Tolerances as the tables print: log-likelihood 1e-4 where solutions were polished, BIC 1e-3,
shares 2e-3; counts are exact.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from vendepunkt.cli import cli

REFERENCE = Path(__file__).parents[1] / "reference"
DRUG = (
    str(REFERENCE / "lta" / "drug.csv"),
    "--wide", "t1,t2,t3,t4,t5", "--items", "t", "--freq", "freq", "--transitions", "constant",
)  # fmt: skip
HOUSING = (
    str(REFERENCE / "lta" / "housing.csv"),
    "--person", "id", "--wave", "time", "--times", "0,0.5,1,2",
)  # fmt: skip


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["move", *words])


def said(*words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.output
    answer: dict = json.loads(found.stdout)
    return answer


def refused(code: int, *words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == code, found.output
    error: dict = json.loads(found.stdout)["error"]
    assert set(error) >= {"code", "text", "allowed", "try"}
    return error


@pytest.fixture(scope="module")
def drug() -> dict:
    return said(*DRUG, "--classes", "2-3", "--starts", "10", "--order", "severity")


def test_the_answer_has_the_fields_that_were_promised(drug: dict) -> None:
    assert drug["schema"] == "move/1"
    assert {"fits", "recommended", "chosen", "warnings", "converged", "observed"} <= set(drug)
    promised = (
        "n n_empty weighted_n classes waves loglik n_parameters aic bic sabic caic icl entropy "
        "initial transitions shares_by_wave profile std_errors boundary coefficients rates stayers "
        "converged iterations starts starts_finished starts_at_best missed_basin_95 seed"
    )
    for fit in drug["fits"]:
        assert set(promised.split()) <= set(fit)


def test_a_wide_file_with_counts_gives_the_reference_solutions(drug: dict) -> None:
    two, three = drug["fits"]
    assert (two["n"], two["n_parameters"], three["n_parameters"]) == (237, 7, 14)
    assert two["loglik"] == pytest.approx(-697.6976, abs=1e-3)
    assert two["bic"] == pytest.approx(1433.672, abs=2e-3)
    assert three["loglik"] == pytest.approx(-658.5924, abs=1e-3)
    assert three["bic"] == pytest.approx(1393.738, abs=2e-3)
    assert sorted(three["initial"]) == pytest.approx([0.0167, 0.0712, 0.9122], abs=2e-3)
    assert three["waves"] == ["t1", "t2", "t3", "t4", "t5"]


def test_everything_stands_in_one_order_of_the_classes(drug: dict) -> None:
    fit = drug["fits"][1]
    assert fit["severity"] == sorted(fit["severity"])
    # The shares follow from the initial shares and the transitions, step by step.
    shares = fit["initial"]
    for step, then in enumerate(fit["shares_by_wave"][1:]):
        table = fit["transitions"][step]
        shares = [sum(shares[j] * table[j][k] for j in range(3)) for k in range(3)]
        assert shares == pytest.approx(then, abs=1e-6)
    assert [sum(row) for row in fit["transitions"][0]] == pytest.approx([1, 1, 1])
    assert sum(fit["profile"]["t"][c][0] for c in ("1", "2", "3")) == pytest.approx(1)
    by_size = said(*DRUG, "--classes", "3", "--starts", "10")["fits"][0]
    assert sorted(by_size["initial"]) == pytest.approx(sorted(fit["initial"]), abs=1e-4)


def test_the_test_of_the_steps_can_be_left_out(drug: dict) -> None:
    assert drug["constancy"]["test"] == "lr"
    assert said(*DRUG, "--classes", "2", "--starts", "5", "--no-compare-steps")["constancy"] is None


def test_a_row_per_person_of_the_counts_gives_the_same(tmp_path: Path, drug: dict) -> None:
    frame = pd.read_csv(REFERENCE / "lta" / "drug.csv")
    people = frame.loc[frame.index.repeat(frame["freq"])].drop(columns="freq")
    path = tmp_path / "people.csv"
    people.to_csv(path, index=False)
    (fit,) = said(
        str(path), "--wide", "t1,t2,t3,t4,t5", "--items", "t", "--transitions", "constant",
        "--classes", "2", "--starts", "10",
    )["fits"]  # fmt: skip
    assert fit["n"] == 237
    assert fit["loglik"] == pytest.approx(drug["fits"][0]["loglik"], abs=1e-5)


def test_the_printed_answer_says_what_movement_does_not_show() -> None:
    found = run(*DRUG, "--classes", "2", "--starts", "5", "--order", "severity")
    assert found.exit_code == 0, found.output
    for words in (
        "Shares by wave",
        "from wave to wave",
        "to a more severe group",
        "by the model",
        "Error in placing people looks like movement",
        "A group of the same size is not the same people",
        "not causes",
    ):
        assert words in found.stdout
    assert "unweighted" in found.stderr


@pytest.fixture(scope="module")
def housing() -> dict:
    found: dict = said(*HOUSING, "--observed", "y", "--by", "sec", "--lot", "A certificate")
    return found["observed"]


def test_observed_states_are_counted_by_group(housing: dict) -> None:
    frame = pd.read_csv(REFERENCE / "lta" / "housing.csv")
    wide = frame.pivot_table(index=["id", "sec"], columns="time", values="y").reset_index()
    for row in housing["transitions"]:
        own = wide[wide["sec"] == int(row["by"])]
        start, end = (own[int(row[key])] for key in ("wave_from", "wave_to"))
        origin = (start == int(row["from"])) & end.notna()
        assert row["n_origin"] == int(origin.sum())
        assert row["n"] == int((origin & (end == int(row["to"]))).sum())
    assert (housing["n"], housing["by"], housing["groups"]) == (361, "sec", ["0", "1"])


def test_steps_from_the_first_wave_stand_beside_those_from_wave_to_wave(housing: dict) -> None:
    assert housing["steps"] == [
        ["0", "6"], ["6", "12"], ["12", "24"], ["0", "12"], ["0", "24"],
    ]  # fmt: skip
    rates = housing["tests"][-1]
    assert rates["same"] == "constant rates"
    assert rates["loglik"] == pytest.approx(-767.1, abs=0.05)
    assert rates["rejected"]
    lost = {(row["by"], row["wave"]): row["estimate"] for row in housing["lost"]}
    assert lost["0", "24"] == pytest.approx(0.199, abs=5e-4)
    assert lost["1", "24"] == pytest.approx(0.127, abs=5e-4)


def test_the_lot_is_named_and_only_the_step_from_the_first_wave_is_causal() -> None:
    found = run(*HOUSING, "--observed", "y", "--by", "sec", "--lot", "A certificate")
    assert found.exit_code == 0, found.output
    assert "What was given by lot was A certificate" in found.stderr
    assert "not causes" not in found.stdout
    plain = run(*HOUSING, "--observed", "y", "--by", "sec")
    assert "not causes" in plain.stdout


def test_part_of_the_people_and_some_of_the_waves() -> None:
    found = said(*HOUSING[:5], "--observed", "y", "--where", "sec == 1", "--waves", "0,24")
    assert found["observed"]["n"] == 181
    assert found["observed"]["steps"] == [["0", "24"]]
    codes = {warning["code"] for warning in found["warnings"]}
    assert "move_two_waves" in codes


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small panel in which health follows a state, with work and age beside it."""
    import numpy as np

    draw = np.random.default_rng(5)
    rows = []
    for person in range(250):
        work = draw.random() < 0.5
        state = int(draw.random() < 0.4)
        area = person % 10
        for year in (2018, 2020, 2022):
            moved = draw.random() < (0.1 if work else 0.3)
            state = 1 - state if year > 2018 and moved else state
            answers = [int(draw.random() < (0.85 if state else 0.15)) + 1 for _ in range(4)]
            gone = person % 11 == 0 and year == 2022
            cells = ["" if gone else str(answer) for answer in answers]
            status = "Dead, 2021" if gone else "took part"
            rows.append([f"p{person}", year, *cells, int(work), area, 20 + area + year - 2018,
                         1.5 if work else 0.75, status])  # fmt: skip
    columns = ["id", "year", "a", "b", "c", "d", "work", "area", "age", "w", "status"]
    path = tmp_path_factory.mktemp("panel") / "people.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return path


def words(people: Path) -> tuple[str, ...]:
    return (
        str(people), "--person", "id", "--wave", "year", "--items", "a,b,c,d", "--classes", "2",
        "--starts", "5",
    )  # fmt: skip


def test_covariates_of_the_first_class_and_of_the_steps(people: Path) -> None:
    (fit,) = said(
        *words(people), "--initial", "work", "--transition", "work + age", "--transitions",
        "constant",
    )["fits"]  # fmt: skip
    rows = fit["coefficients"]
    assert {(row["part"], row["term"]) for row in rows} == {
        ("initial", "Intercept"), ("initial", "work"),
        ("transition", "Intercept"), ("transition", "work"), ("transition", "age"),
    }  # fmt: skip
    effects = [r["estimate"] for r in rows if (r["part"], r["term"]) == ("transition", "work")]
    assert all(effect < 0 for effect in effects)


def test_weights_strata_and_reasons(people: Path) -> None:
    answer = said(
        *words(people), "--weight", "w", "--cluster", "area", "--order", "severity",
        "--reasons", "status", "--reason", "took part=asked", "--reason", "Dead, 2021=exit",
    )  # fmt: skip
    (fit,) = answer["fits"]
    assert fit["weighted"]
    assert fit["std_errors"]["kind"] == "design"
    assert fit["weighted_n"] == pytest.approx(pd.read_csv(people).drop_duplicates("id")["w"].sum())


def test_change_in_a_circumstance_against_change_in_severity(people: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(people)
    frame["alone"] = ((frame["area"] + frame["year"] // 2) % 3 == 0).map({True: "yes", False: "no"})
    path = tmp_path / "alone.csv"
    frame.to_csv(path, index=False)
    words_of = (*words(path), "--order", "severity", "--circumstance", "alone=alone == 'yes'")
    (found,) = said(*words_of)["further"]["circumstances"]
    assert found["name"] == "alone"
    kinds = {(row["term"], row["change"]) for row in found["changes"]}
    assert {("mean", "stayed_with"), ("difference", "gained"), ("difference", "lost")} <= kinds
    printed = run(*words_of).stdout
    assert "what became of: alone" in printed
    assert "stayed without" in printed


def test_rates_use_the_years_the_waves_are_named_by(people: Path) -> None:
    (fit,) = said(*words(people), "--transitions", "rate")["fits"]
    assert [row[j] < 0 for j, row in enumerate(fit["rates"])] == [True, True]
    assert [sum(row) for row in fit["rates"]] == pytest.approx([0, 0], abs=1e-8)


def test_the_augmented_file_has_a_row_per_person_and_wave(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "with.csv"
    said(*words(people), "--order", "severity", "--augment", str(out))
    data, frame = pd.read_csv(people), pd.read_csv(out)
    assert frame["id"].tolist() == data["id"].tolist()
    assert {"class", "group", "path", "p_more", "p_less", "p_stayed", "severity_change"} <= set(
        frame.columns
    )
    moved = frame[["p_more", "p_less", "p_sideways", "p_stayed"]].sum(axis=1)
    assert moved.to_numpy() == pytest.approx(1)
    assert frame.groupby("id")["path"].nunique().max() == 1
    assert frame.loc[data["a"].isna(), "class"].isna().all()


def test_a_search_that_did_not_converge_answers_in_full_and_ends_with_4(
    people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from vendepunkt.move import model

    fitted = model.fit_markov
    monkeypatch.setattr(
        model, "fit_markov", lambda *args, **named: replace(fitted(*args, **named), converged=False)
    )
    found = run(*words(people), "--json")
    assert found.exit_code == 4
    answer = json.loads(found.stdout)
    assert answer["converged"] is False
    assert answer["fits"][0]["loglik"] < 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("--items", "a,zz"), "unknown_column"),
        (("--person", "idd"), "unknown_column"),
        (("--waves", "2018,2019"), "not_allowed"),
        (("--waves", "2018"), "one_wave"),
        (("--classes", "x"), "bad_classes"),
        (("--types", "a"), "bad_types"),
        (("--times", "1,x,3"), "bad_times"),
        (("--times", "3,2,1"), "bad_times"),
        (("--initial", "age = 1"), "bad_formula"),
        (("--transition", "salary"), "unknown_column"),
        (("--by", "work"), "contradiction"),
        (("--lot", "x"), "contradiction"),
        (("--reason", "x=exit"), "contradiction"),
        (("--only-weighted",), "contradiction"),
        (("--reasons", "status"), "reasons_unmapped"),
        (("--reasons", "status", "--reason", "took part"), "bad_reason"),
        (("--circumstance", "work"), "bad_circumstance"),
        (("--circumstance", "at work=wrok == 1"), "unknown_column"),
        (("--circumstance", "at work=work == 1"), "no_order"),
        (("--order", "severity", "--circumstance", "ill=a == 2"), "item_as_circumstance"),
        (("--augment", "x.pdf"), "augment_format"),
        (("--wide", "t1,t2"), "contradiction"),
        (("--observed", "a", "--by", "b"), "differs_within_person"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_fitted(
    people: Path, change: tuple[str, ...], code: str
) -> None:
    exit_code = 3 if code == "differs_within_person" else 2
    assert refused(exit_code, *words(people), *change)["code"] == code


def test_nothing_to_follow_and_nobody_to_follow(people: Path) -> None:
    start = words(people)[:5]
    assert refused(2, *start)["code"] == "no_items"
    assert refused(2, str(people), "--items", "a")["code"] == "no_waves"
    assert refused(3, *words(people), "--where", "age > 200")["code"] == "no_rows"


def test_a_weight_that_some_do_not_have_names_the_ways_out(people: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(people)
    frame.loc[frame["area"] == 3, "w"] = None
    path = tmp_path / "some.csv"
    frame.to_csv(path, index=False)
    error = refused(3, *words(path), "--weight", "w")
    assert (error["code"], error["try"]) == ("weight_missing", "no --weight, or --only-weighted")
    answer = said(*words(path), "--weight", "w", "--only-weighted")
    assert answer["fits"][0]["n"] == 225


def test_an_unknown_item_of_a_wide_file_is_named_with_what_there_is() -> None:
    error = refused(2, *DRUG[:3], "--items", "use")
    assert error["code"] == "unknown_column"
    assert "t" in error["allowed"].split(", ")
