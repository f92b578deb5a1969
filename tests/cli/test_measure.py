"""`vendepunkt measure`: the JSON answer on reference data, options, exit codes.

Tolerances as the tables print: log-likelihood 1e-4, shares 2e-3, BIC 1e-3, slopes 1e-3.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from vendepunkt.cli import cli

DATA = Path(__file__).parents[1] / "reference" / "lca"
GSS82 = (str(DATA / "gss82.csv"), "--items", "PURPOSE,ACCURACY,UNDERSTA,COOPERAT")
ELECTION = ",".join(pd.read_csv(DATA / "election.csv", nrows=0).columns[:12])


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["measure", *words])


def said(*words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.output
    answer: dict = json.loads(found.stdout)
    return answer


def test_the_answer_has_the_fields_that_were_promised() -> None:
    answer = said(*GSS82, "--classes", "3")
    assert answer["schema"] == "measure/1"
    assert {"fits", "recommended", "warnings", "converged"} <= set(answer)
    (fit,) = answer["fits"]
    promised = (
        "n n_empty weighted_n classes loglik n_parameters aic bic sabic caic icl entropy shares "
        "profile std_errors boundary coefficients converged iterations starts starts_finished "
        "starts_at_best missed_basin_95 seed blrt"
    )
    assert set(promised.split()) <= set(fit)
    assert fit["loglik"] == pytest.approx(-2754.5454, abs=1e-4)
    assert fit["bic"] == pytest.approx(5650.926, abs=1e-3)
    assert fit["shares"] == pytest.approx([0.6208, 0.2070, 0.1723], abs=2e-3)
    assert fit["entropy"] == pytest.approx(0.6669, abs=1e-4)
    assert set(fit["profile"]) == {"PURPOSE", "ACCURACY", "UNDERSTA", "COOPERAT"}
    assert sum(fit["profile"]["PURPOSE"][c][0] for c in ("1", "2", "3")) == pytest.approx(1)
    assert fit["blrt"] is None
    assert fit["coefficients"] == []


def test_a_range_of_classes_gives_a_fit_each_and_null_for_one_class() -> None:
    answer = said(*GSS82, "--classes", "1-3", "--seed", "4")
    assert [fit["classes"] for fit in answer["fits"]] == [1, 2, 3]
    assert answer["fits"][0]["entropy"] is None
    assert answer["recommended"] == 3
    assert {fit["seed"] for fit in answer["fits"]} == {4}


def test_opg_errors_are_those_of_polca() -> None:
    table = pd.read_csv(DATA / "reference_se.csv")
    shares = table[(table["data"] == "gss82") & (table["item"] == "share")]
    (fit,) = said(*GSS82, "--classes", "3", "--se", "opg")["fits"]
    ours = sorted(zip(fit["shares"], fit["std_errors"]["shares"], strict=True))
    theirs = sorted(zip(shares["estimate"], shares["std_error"], strict=True))
    for (_, error), (_, expected) in zip(ours, theirs, strict=True):
        assert error == pytest.approx(expected, abs=1e-3)
    assert fit["std_errors"]["kind"] == "opg"


def test_election_listwise_and_with_a_covariate() -> None:
    (fit,) = said(
        str(DATA / "election.csv"), "--items", ELECTION, "--classes", "3", "--missing", "listwise",
        "--starts", "20",
    )["fits"]  # fmt: skip
    assert fit["n"] == 1311
    assert fit["loglik"] == pytest.approx(-16714.6591, abs=1e-4)
    (fit,) = said(
        str(DATA / "election.csv"), "--items", ELECTION, "--classes", "3", "--missing", "listwise",
        "--covariates", "PARTY", "--se", "opg", "--starts", "20",
    )["fits"]  # fmt: skip
    assert fit["n"] == 1300
    assert fit["loglik"] == pytest.approx(-16222.3233, abs=1e-4)
    assert fit["n_parameters"] == 112
    slopes = {0.0: 0.0} | {
        row["estimate"]: row["std_error"] for row in fit["coefficients"] if row["term"] == "PARTY"
    }
    # The table's reference is the class with the smallest slope.
    least = min(slopes)
    rest = sorted(value - least for value in slopes if value != least)
    assert rest == pytest.approx([0.5744, 1.3676], abs=1e-3)


def test_weights_give_the_pseudo_likelihood_of_stepmix() -> None:
    items = ",".join(pd.read_csv(DATA / "iea_est.csv", nrows=0).columns[1:13])
    (fit,) = said(
        str(DATA / "iea_est.csv"), "--items", items, "--classes", "2", "--weight", "totwgts",
        "--starts", "10",
    )["fits"]  # fmt: skip
    assert fit["n"] == 2841
    assert fit["weighted"]
    assert fit["loglik"] == pytest.approx(-16258.3158, abs=1e-3)
    assert fit["shares"] == pytest.approx([0.6866, 0.3134], abs=2e-3)
    assert fit["std_errors"]["kind"] == "design"


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    frame = pd.read_csv(DATA / "gss82.csv")
    frame["id"] = range(len(frame))
    frame["times"] = 1 + frame["id"] % 3
    path = tmp_path / "survey.csv"
    frame.to_csv(path, index=False)
    return path


def test_severity_orders_classes_from_best_to_worst(survey: Path) -> None:
    words = (str(survey), "--items", GSS82[2], "--classes", "3", "--starts", "10")
    by_severity = said(*words, "--order", "severity")["fits"][0]
    assert by_severity["severity"] == sorted(by_severity["severity"])
    by_size = said(*words)["fits"][0]
    assert by_size["shares"] == sorted(by_size["shares"], reverse=True)
    assert sorted(by_severity["shares"]) == pytest.approx(sorted(by_size["shares"]), abs=1e-5)


def test_freq_where_types_and_augment(survey: Path, tmp_path: Path) -> None:
    out = tmp_path / "with-groups.csv"
    (fit,) = said(
        str(survey), "--items", GSS82[2], "--types", "COOPERAT=ordinal", "--classes", "2",
        "--freq", "times", "--where", "PURPOSE < 3", "--augment", str(out), "--starts", "5",
    )["fits"]  # fmt: skip
    frame = pd.read_csv(survey)
    inside = frame["PURPOSE"] < 3
    assert fit["n"] == frame.loc[inside, "times"].sum()
    written = pd.read_csv(out)
    assert len(written) == len(frame)
    assert written.loc[~inside, "p_class_1"].isna().all()
    assert written.loc[inside, ["p_class_1", "p_class_2"]].sum(axis=1).to_numpy() == pytest.approx(
        1
    )


def test_the_sum_score_answers_in_the_same_shape(survey: Path) -> None:
    answer = said(str(survey), "--items", GSS82[2], "--classifier", "sum_score", "--cutoffs", "1,2")
    assert answer["fits"] == []
    assert answer["recommended"] is None
    assert sum(group["estimate"] for group in answer["groups"]) == pytest.approx(1)


def test_people_get_tables_and_notes(survey: Path) -> None:
    found = run(str(survey), "--items", GSS82[2], "--classes", "1-2", "--starts", "5")
    assert found.exit_code == 0
    assert "BIC is lowest when the number of classes is 2." in found.stdout
    assert "Group A" in found.stdout
    assert "PURPOSE" in found.stdout
    assert "unweighted" in found.stderr


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("--classes", "0"), "bad_classes", 2),
        (("--classes", "1-999999999"), "bad_classes", 2),
        (("--classes", "two"), "bad_classes", 2),
        (("--types", "PURPOSE"), "bad_types", 2),
        (("--types", "PURPOS=nominal"), "not_allowed", 2),
        (("--types", "PURPOSE=numinal"), "not_allowed", 2),
        (("--cutoffs", "one"), "bad_cutoffs", 2),
        (("--starts", "0"), "bad_starts", 2),
        (("--se", "design"), "no_design", 2),
        (("--augment", "groups.docx"), "augment_format", 2),
    ],
)
def test_a_mistake_is_one_sentence_with_what_is_allowed(
    survey: Path, words: tuple[str, ...], code: str, status: int
) -> None:
    base = ("--classes", "1") if "--classes" not in words else ()
    found = run(str(survey), "--items", "PURPOSE,ACCURACY", *base, *words, "--json")
    assert found.exit_code == status, found.output
    assert json.loads(found.stdout)["error"]["code"] == code


@pytest.mark.parametrize(
    "words",
    [
        ("--items", "PURPOSE,NOPE"),
        ("--weight", "NOPE"),
        ("--freq", "NOPE"),
        ("--strata", "NOPE"),
        ("--cluster", "NOPE"),
        ("--fpc", "NOPE"),
        ("--replicates", "NOPE*", "--replicate-type", "jk1"),
        ("--covariates", "NOPE"),
        ("--where", "NOPE > 1"),
        ("--equal-across", "NOPE"),
    ],
    ids=lambda words: words[0],
)
def test_a_column_that_is_not_there_is_a_usage_error_in_every_option(
    survey: Path, words: tuple[str, ...]
) -> None:
    items = () if "--items" in words else ("--items", "PURPOSE,ACCURACY")
    found = run(str(survey), *items, "--classes", "1", *words, "--json")
    error = json.loads(found.stdout)["error"]
    assert (found.exit_code, error["code"]) == (2, "unknown_column")
    assert "NOPE" in error["text"]


def test_a_column_that_is_not_there_is_named_with_the_nearest(survey: Path) -> None:
    found = run(str(survey), "--items", "PURPOSE,ACURACY", "--json")
    assert found.exit_code == 2
    error = json.loads(found.stdout)["error"]
    assert "ACURACY" in error["text"]
    assert error["try"] == "ACCURACY"


def test_a_fit_that_did_not_converge_ends_with_four_and_the_full_answer(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from vendepunkt.measure.classifiers import latent_classes

    honest = latent_classes.fit_classes

    def stopped(*args: object, **options: object):  # type: ignore[no-untyped-def]
        return replace(honest(*args, **options), converged=False)  # type: ignore[arg-type]

    monkeypatch.setattr(latent_classes, "fit_classes", stopped)
    found = run(str(survey), "--items", GSS82[2], "--classes", "2", "--starts", "3", "--json")
    assert found.exit_code == 4
    answer = json.loads(found.stdout)
    assert answer["converged"] is False
    assert answer["fits"][0]["converged"] is False
    assert "not_converged" in {warning["code"] for warning in answer["warnings"]}


def test_rows_without_a_weight_are_left_out_only_where_the_condition_says_so(
    survey: Path, tmp_path: Path
) -> None:
    frame = pd.read_csv(survey)
    # Two rows in three have a weight, as those who stay in a panel do.
    frame["w"] = (1 + frame["id"] % 2).where(frame["id"] % 3 < 2).astype(float)
    frame["area"] = frame["id"] % 40
    path = tmp_path / "panel.csv"
    frame.to_csv(path, index=False)
    words = (str(path), "--items", GSS82[2], "--classes", "2", "--cluster", "area", "--weight", "w")
    refused = run(*words)
    assert refused.exit_code == 3
    assert "never dropped silently" in refused.stderr
    out = tmp_path / "out.csv"
    answer = said(*words, "--where", "w > 0", "--augment", str(out))
    stayed = tmp_path / "stayed.csv"
    frame[frame["w"] > 0].to_csv(stayed, index=False)
    alone = said(str(stayed), *words[1:])
    assert answer["fits"][0]["n"] == int((frame["w"] > 0).sum())
    for field in ("loglik", "shares", "std_errors"):
        assert answer["fits"][0][field] == alone["fits"][0][field]
    written = pd.read_csv(out)
    assert len(written) == len(frame)
    assert (written["group"].notna() == frame["w"].notna()).all()


def test_weights_that_nobody_uses_are_said(survey: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(survey).assign(weight=lambda data: 0.5 + data["id"] % 3)
    path = tmp_path / "weighted.csv"
    frame.to_csv(path, index=False)
    words = (str(path), "--items", GSS82[2], "--classes", "2", "--starts", "5")
    assert "weight_unused" in {each["code"] for each in said(*words)["warnings"]}
    used = said(*words, "--weight", "weight")
    assert "weight_unused" not in {each["code"] for each in used["warnings"]}


def test_two_classifiers_of_the_same_people_stand_in_one_table(survey: Path) -> None:
    words = (str(survey), "--items", GSS82[2], "--classes", "3", "--starts", "5")
    words = (*words, "--order", "severity", "--beside", "sum_score")
    both = said(*words)["beside"]
    assert len(both["rows"]) == 3
    assert sum(sum(row) for row in both["shares"]) == pytest.approx(1)
    assert both["n"] == 1202
    people = run(*words).stdout
    assert "sum_score A" in people
    assert said(*words[:-2])["beside"] is None
