"""Design-based variance against R's survey package, for every design, rule and replicate kind.

Tolerances. Both sides do the same closed sums in double precision on the same file, so estimates
and standard errors agree within 1e-9 relative (1e-12 is typical; cancellation in a residual costs
the rest). `published.csv` was made from the unrounded data, of which our file keeps 15 digits:
1e-9 as well. Linear models pass through R's QR with condition numbers about 1e3: 1e-9. R iterates
logistic models to 1e-14 in the deviance, which leaves 1e-7 in an estimate: 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.twin import design_variance as twin

from vendepunkt.data.design import Design
from vendepunkt.numerics import intervals
from vendepunkt.numerics.linearise import DesignVariance
from vendepunkt.numerics.resample import read_replicates, replicate_variance

HERE = Path(__file__).parent / "survey"
R = pd.read_csv(
    HERE / "reference_r.csv", keep_default_na=False, na_values={"estimate": "", "se": "", "df": ""}
)
PUBLISHED = pd.read_csv(HERE / "published.csv")
TIGHT = 1e-9
SCHOOLS: dict[str, dict[str, Any]] = {
    "srs": {"file": "apisrs", "fpc": "fpc"},
    "strat": {"file": "apistrat", "strata": "stype", "fpc": "fpc"},
    "clus1": {"file": "apiclus1", "clusters": "dnum", "fpc": "fpc"},
    "clus1_nofpc": {"file": "apiclus1", "clusters": "dnum"},
    "clus2": {"file": "apiclus2", "clusters": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]},
    "clus2_onestage": {"file": "apiclus2", "clusters": "dnum", "fpc": "fpc1"},
    "clus2_nofpc": {"file": "apiclus2", "clusters": ["dnum", "snum"]},
}
RULES = ("adjust", "average", "remove", "certainty")


def school(name: str) -> tuple[pd.DataFrame, Design]:
    options = dict(SCHOOLS[name])
    frame = pd.read_csv(HERE / f"{options.pop('file')}.csv")
    return frame, Design.from_frame(frame, weights="pw", **options)


def theirs(design: str, what: str, term: str | None = None, rule: str = "") -> pd.Series:
    pick = R[(R["design"] == design) & (R["what"] == what) & (R["rule"] == rule)]
    if term is not None:
        pick = pick[pick["term"] == term]
    assert len(pick) == 1, (design, what, term, rule, len(pick))
    return pick.iloc[0]


def estimate(
    design: Design, make: Callable[..., tuple[Any, Any]], *columns: pd.Series, weights: Any = None
) -> tuple[Any, DesignVariance]:
    """Estimate on the rows of the domain with an answer in every column; the rest stay in."""
    values = [np.asarray(column, dtype=float) for column in columns]
    given = np.all([np.isfinite(v) for v in values], axis=0)
    if design.in_domain is not None:
        given &= design.in_domain
    rows = np.flatnonzero(given)
    w = design.analysis_weights if weights is None else weights
    found, z = make(*[v[rows] for v in values], w[rows])
    row_to_pattern = np.full(design.n, -1)
    row_to_pattern[rows] = np.arange(rows.size)
    return found, design.variance(z, row_to_pattern)


def check(row: pd.Series, found: Any, variance: DesignVariance, rtol: float = TIGHT) -> None:
    np.testing.assert_allclose(found[0], row["estimate"], rtol=rtol)
    np.testing.assert_allclose(variance.std_errors[0], row["se"], rtol=rtol, atol=1e-12)
    if not np.isnan(row["df"]):
        assert variance.df == row["df"]


@pytest.mark.parametrize("name", SCHOOLS)
def test_schools_have_the_means_totals_and_ratios_of_r(name, measured):
    frame, design = school(name)
    stayed = 0.0
    for domain in ("", "E", "H", "M"):
        part = design if not domain else design.domain(frame["stype"] == domain)
        bar = f"|{domain}" if domain else ""
        for what, make, columns in (
            ("mean", twin.mean, ["api00"]),
            ("total", twin.total, ["enroll"]),
            ("ratio", twin.ratio, ["api.stu", "enroll"]),
        ):
            found, variance = estimate(part, make, *[frame[c] for c in columns])
            row = theirs(name, what + bar, "/".join(columns))
            check(row, found, variance)
            stayed = max(stayed, abs(variance.std_errors[0] / row["se"] - 1))
    measured(
        "equals",
        data=f"api: {name}",
        quantity="standard errors",
        against="R survey 4.1",
        largest_difference=float(stayed),
    )


@pytest.mark.parametrize("name", SCHOOLS)
def test_two_estimates_on_the_same_people_have_the_covariance_of_r(name):
    frame, design = school(name)
    _, z = twin.mean(frame[["api00", "api99"]].to_numpy(), frame["pw"].to_numpy())
    variance = design.variance(z, np.arange(design.n))
    assert variance.covariance[0, 1] == pytest.approx(
        theirs(name, "covariance")["estimate"], rel=TIGHT
    )
    assert variance.covariance[0, 1] == variance.covariance[1, 0]
    assert variance.std_errors[1] == pytest.approx(theirs(name, "mean", "api99")["se"], rel=TIGHT)


@pytest.mark.parametrize("name", SCHOOLS)
def test_linear_models_have_the_errors_of_r_also_in_two_stages(name):
    frame, design = school(name)
    x = np.column_stack(
        [
            np.ones(design.n),
            frame["ell"],
            frame["meals"],
            frame["stype"] == "H",
            frame["stype"] == "M",
        ]
    ).astype(float)
    beta, z = twin.linear(frame["api00"].to_numpy(float), x, frame["pw"].to_numpy())
    errors = design.variance(z, np.arange(design.n)).std_errors
    for column, term in enumerate(("(Intercept)", "ell", "meals", "stypeH", "stypeM")):
        row = theirs(name, "linear", term)
        assert beta[column] == pytest.approx(row["estimate"], rel=TIGHT)
        assert errors[column] == pytest.approx(row["se"], rel=TIGHT)


@pytest.mark.parametrize("name", SCHOOLS)
def test_intervals_of_a_share_are_those_of_r(name):
    frame, design = school(name)
    found, variance = estimate(design, twin.mean, frame["sch.wide"] == "Yes")
    share, error, df = found[0], variance.std_errors[0], variance.df
    made = {
        "xlogit": intervals.logit_interval(share, error, df),
        "mean": intervals.t_interval(share, error, df),
        "beta": intervals.korn_graubard_interval(
            share, share * (1 - share) / error**2, df=df, n=design.n, capped=False
        ),
    }
    for method, (low, high) in made.items():
        assert low == pytest.approx(theirs(name, f"ci.{method}", "low")["estimate"], rel=1e-8)
        assert high == pytest.approx(theirs(name, f"ci.{method}", "high")["estimate"], rel=1e-8)
    # R's own "logit" is a fitted model, stopped at 1e-8: the same interval to that many digits.
    assert made["xlogit"][0] == pytest.approx(theirs(name, "ci.logit", "low")["estimate"], rel=1e-6)


def panel(rule: str) -> tuple[pd.DataFrame, Design]:
    frame = pd.read_csv(HERE / "panel.csv")
    return frame, Design.from_frame(
        frame, weights="wtpannr123", strata="vstrat", clusters="vpsu", nest=True, single_psu=rule
    )


@pytest.mark.parametrize("rule", RULES)
def test_single_psu_rules_are_those_of_r(rule, measured):
    frame, design = panel(rule)
    assert (design.n_strata, design.n_single_strata, design.df) == (144, 75, 69)
    worst = 0.0
    for item in ("iso1", "iso2", "iso3", "lowedu", "nojob", "unmarried"):
        for what, make in (("mean", twin.mean), ("total", twin.total)):
            found, variance = estimate(design, make, frame[item])
            row = theirs("panel", what, item, rule)
            check(row, found, variance)
            worst = max(worst, abs(variance.std_errors[0] / row["se"] - 1))
            assert variance.single_psu == rule
        for sex in (0, 1):
            part = design.domain(frame["female"] == sex)
            found, variance = estimate(part, twin.mean, frame[item])
            check(theirs("panel", f"mean|female={sex}", item, rule), found, variance)
            assert variance.df == theirs("panel", f"df|female={sex}", item, rule)["estimate"]
    found, variance = estimate(design, twin.ratio, frame["iso3"], frame["iso1"])
    check(theirs("panel", "ratio", "iso3/iso1", rule), found, variance)
    measured(
        "equals",
        data=f"panel, 75 single-PSU strata: {rule}",
        quantity="standard errors",
        against="R survey 4.1",
        largest_difference=float(worst),
    )


def test_single_psus_under_fail_are_counted_and_refused():
    from vendepunkt.terms import DataError

    frame, design = panel("fail")
    with pytest.raises(DataError, match="75 of 144 strata have a single PSU") as caught:
        estimate(design, twin.mean, frame["lowedu"])
    assert caught.value.code == "single_psu"
    assert "adjust" in caught.value.try_


def two_stages(stages: int, rule: str) -> tuple[pd.DataFrame, Design]:
    frame = pd.read_csv(HERE / "twostage.csv")
    return frame, Design.from_frame(
        frame,
        weights="w",
        strata="stratum",
        clusters=["psu", "ssu"][:stages],
        fpc=["N_psu", "N_ssu"][:stages],
        nest=True,
        single_psu=rule,
    )


# R gives NaN for "average" where a PSU holds a single second-stage unit: nothing to compare.
@pytest.mark.parametrize(
    ("rule", "stages"),
    [(rule, stages) for rule in RULES for stages in (1, 2) if (rule, stages) != ("average", 2)],
)
def test_two_stages_with_corrections_and_single_units_are_those_of_r(rule, stages, measured):
    frame, design = two_stages(stages, rule)
    name, worst = f"twostage{stages}", 0.0
    for bar, part in (("", design), ("|g", design.domain(frame["g"] == 1))):
        for what, make, columns in (
            ("mean", twin.mean, ["y"]),
            ("total", twin.total, ["y"]),
            ("ratio", twin.ratio, ["y", "x"]),
        ):
            if rule == "average" and (what == "ratio" or (bar and what == "total")):
                continue
            row = theirs(name, what + bar, "/".join(columns), rule)
            found, variance = estimate(part, make, *[frame[c] for c in columns])
            check(row, found, variance)
            worst = max(worst, abs(variance.std_errors[0] / row["se"] - 1))
    measured(
        "equals",
        data=f"{stages}-stage, corrections, single units: {rule}",
        quantity="standard errors",
        against="R survey 4.1",
        largest_difference=float(worst),
    )


@pytest.mark.parametrize("centre", ["mean", "estimate"])
@pytest.mark.parametrize("kind", ["jk1", "jkn", "brr", "fay", "boot"])
def test_replicate_weights_read_as_columns_give_the_errors_of_r(kind, centre, measured):
    frame = pd.read_csv(HERE / "pairs.csv")
    design = Design.from_frame(
        frame,
        weights="w",
        replicates=f"{kind}_*",
        replicate_type="bootstrap" if kind == "boot" else kind,
    )
    y, x = frame["y"].to_numpy(), frame["x"].to_numpy()
    worst = 0.0
    for bar, part in (("", design), ("|g", design.domain(frame["g"] == 1))):
        w = part.analysis_weights
        for what, term, make in (
            ("mean", "y", lambda w: w @ y / w.sum()),
            ("total", "y", lambda w: w @ y),
            ("ratio", "y/x", lambda w: (w @ y) / (w @ x)),
        ):
            if what == "total" and bar:
                continue
            row = theirs(f"pairs.{kind}", what + bar, term, centre)
            variance = part.replicate_variance(
                lambda weights, make=make: np.array([make(weights)]), [make(w)], centre=centre
            )
            check(row, [make(w)], variance)
            worst = max(worst, abs(variance.std_errors[0] / row["se"] - 1))
    measured(
        "equals",
        data=f"replicate weights: {kind}, centred at the {centre}",
        quantity="standard errors",
        against="R survey 4.1",
        largest_difference=float(worst),
    )


def test_made_jackknife_weights_are_those_of_r():
    frame = pd.read_csv(HERE / "pairs.csv")
    strata = Design.from_frame(frame, weights="w", strata="stratum", clusters="psu", nest=True)
    frame["unit"] = 10 * frame["stratum"] + frame["psu"]
    plain = Design.from_frame(frame, weights="w", clusters="unit")
    for kind, design in (("jkn", strata), ("jk1", plain)):
        ours = design.with_replicates(kind).replicate_weights
        named = frame.filter(regex=f"^{kind}_").to_numpy()
        assert len(ours) == named.shape[1]
        order = np.lexsort(named)
        np.testing.assert_allclose(
            ours.matrix()[:, np.lexsort(ours.matrix())], named[:, order], rtol=1e-12
        )
        read = read_replicates(named, kind, weights=frame["w"])
        assert ours.scale == pytest.approx(read.scale)
        np.testing.assert_allclose(ours.rscales, read.rscales, rtol=1e-9)
        assert ours.df == read.df


@pytest.mark.parametrize(("name", "kind"), [("clus1", "jk1"), ("strat", "jkn")])
def test_made_jackknife_with_a_correction_has_the_errors_of_r(name, kind):
    frame, design = school(name)
    made = design.with_replicates(kind)
    top, bottom = frame["api.stu"].to_numpy(float), frame["enroll"].to_numpy(float)
    given = np.isfinite(top) & np.isfinite(bottom)

    def make(w):
        return np.array([(w * given) @ np.nan_to_num(top) / ((w * given) @ np.nan_to_num(bottom))])

    row = theirs(f"made.{name}", "ratio")
    check(
        row,
        make(design.analysis_weights),
        made.replicate_variance(make, make(design.analysis_weights)),
    )


def test_published_school_numbers(measured):
    worst = 0.0
    rows = PUBLISHED[(PUBLISHED["data"] == "api")]
    checked = 0
    for name in ("srs", "strat", "clus1", "clus1_nofpc", "clus2"):
        frame, design = school(name)
        wide = frame["sch.wide"] == "Yes"
        high = frame["stype"] == "H"
        made = {
            (f"{name}.mean.api00", "api00"): (twin.mean, [frame["api00"]], None),
            (f"{name}.total.enroll", "enroll"): (twin.total, [frame["enroll"]], None),
            (f"{name}.ratio.api.stu/enroll", "api.stu/enroll"): (
                twin.ratio,
                [frame["api.stu"], frame["enroll"]],
                None,
            ),
            (f"{name}.share.sch.wide", "sch.wideYes"): (twin.mean, [wide], None),
            (f"{name}.overrep.stypeH.among.sch.wide=No", "ratio"): (
                over_representation,
                [high, ~wide],
                None,
            ),
        }
        for type_ in ("E", "H", "M"):
            part = frame["stype"] == type_
            made[f"{name}.mean.api00.by.stype", type_] = (twin.mean, [frame["api00"]], part)
            made[f"{name}.share.sch.wide.by.stype", type_] = (twin.mean, [wide], part)
        for (key, term), (make, columns, part) in made.items():
            pick = rows[(rows["id"] == key) & (rows["term"] == term)]
            if pick.empty:
                continue
            checked += 1
            row = pick.iloc[0]
            found, variance = estimate(
                design if part is None else design.domain(part), make, *columns
            )
            np.testing.assert_allclose(found[0], row["estimate"], rtol=TIGHT, err_msg=key)
            np.testing.assert_allclose(variance.std_errors[0], row["se"], rtol=TIGHT, err_msg=key)
            worst = max(worst, abs(variance.std_errors[0] / row["se"] - 1))
    assert checked == 55
    measured(
        "equals",
        data="api: five designs, 55 estimates",
        quantity="standard errors",
        against="R survey 4.5",
        largest_difference=float(worst),
    )


@pytest.mark.parametrize("name", ["srs", "strat", "clus1", "clus1_nofpc", "clus2"])
def test_published_logistic_models(name):
    frame, design = school(name)
    rows = PUBLISHED[PUBLISHED["id"] == f"{name}.logit.sch.wide~ell+meals+stype"].set_index("term")
    x = np.column_stack(
        [
            np.ones(design.n),
            frame["ell"],
            frame["meals"],
            frame["stype"] == "H",
            frame["stype"] == "M",
        ]
    ).astype(float)
    beta, z = twin.logit((frame["sch.wide"] == "Yes").to_numpy(float), x, frame["pw"].to_numpy())
    errors = design.variance(z, np.arange(design.n)).std_errors
    for column, term in enumerate(("(Intercept)", "ell", "meals", "stypeH", "stypeM")):
        assert beta[column] == pytest.approx(rows.loc[term, "estimate"], rel=1e-6, abs=1e-8)
        assert errors[column] == pytest.approx(rows.loc[term, "se"], rel=1e-6)


def over_representation(mark: Any, group: Any, w: Any) -> tuple[Any, Any]:
    """Share of the marked in the group over their share of all: a ratio of two ratios."""
    inside, z_inside = twin.ratio(mark * group, group, w)
    overall, z_overall = twin.mean(mark, w)
    return inside / overall, z_inside / overall - inside / overall**2 * z_overall


def test_published_panel_shares_over_representation_and_transitions(measured):
    frame, design = panel("adjust")
    rows = PUBLISHED[PUBLISHED["data"] == "panel"].set_index(["id", "term"])
    assert rows.loc[("n", "respondents"), "estimate"] == design.n
    assert rows.loc[("n", "single_psu_strata"), "estimate"] == design.n_single_strata
    assert rows.loc[("n", "degf"), "estimate"] == design.df
    assert rows.loc[("weights", "sumsq"), "estimate"] == pytest.approx((design.weights**2).sum())
    waves = frame[["iso1", "iso2", "iso3"]].to_numpy(float)
    known = np.isfinite(waves).all(axis=1)
    assert known.sum() == rows.loc[("n.pattern", "n"), "estimate"]
    times = np.where(known, np.nan_to_num(waves).sum(axis=1), np.nan)
    blank = np.where(known, 0.0, np.nan)
    made: dict[tuple[str, str], tuple[Any, list[Any], Any]] = {}
    for pattern in range(8):
        bits = f"{pattern:03b}"
        same = (waves == [int(bit) for bit in bits]).all(axis=1) + blank
        made["pattern.isolated(3 waves)", f"pat{bits}"] = (twin.mean, [same], None)
    for count, word in enumerate(("never", "once", "twice", "all")):
        made["class.isolated", f"cls{word}"] = (twin.mean, [(times == count) + blank], None)
    lasting = (times >= 2) + blank
    for mark in ("lowedu", "unmarried", "nojob", "female"):
        for value in (0, 1):
            part = frame[mark] == value
            made[f"share.lasting.by.{mark}", str(value)] = (twin.mean, [lasting], part)
        made[f"overrep.{mark}.among.lasting", "ratio"] = (
            over_representation,
            [frame[mark], lasting],
            None,
        )
    for first, last in ((1, 2), (2, 3)):
        for origin in (0, 1):
            part = (frame[f"iso{first}"] == origin).to_numpy() & known
            made[f"transition.iso{first}->iso{last}", str(origin)] = (
                twin.mean,
                [frame[f"iso{last}"]],
                part,
            )
    worst = 0.0
    for key, (make, columns, part) in made.items():
        found, variance = estimate(design if part is None else design.domain(part), make, *columns)
        np.testing.assert_allclose(
            found[0], rows.loc[key, "estimate"], rtol=TIGHT, err_msg=str(key)
        )
        np.testing.assert_allclose(
            variance.std_errors[0], rows.loc[key, "se"], rtol=TIGHT, err_msg=str(key)
        )
        worst = max(worst, abs(variance.std_errors[0] / rows.loc[key, "se"] - 1))
    measured(
        "equals",
        data=f"panel, adjust: {len(made)} estimates",
        quantity="standard errors",
        against="R survey 4.5",
        largest_difference=float(worst),
    )


def test_a_linearised_replicate_variance_is_the_replicate_variance_of_a_total():
    frame = pd.read_csv(HERE / "pairs.csv")
    design = Design.from_frame(frame, weights="w", replicates="brr_*", replicate_type="brr")
    y = frame["y"].to_numpy()
    variance = design.variance(y[:, None], np.arange(design.n))
    assert variance.std_errors[0] == pytest.approx(
        theirs("pairs.brr", "total", rule="mean")["se"], rel=TIGHT
    )
    direct = replicate_variance(design.replicate_weights, lambda w: np.array([w @ y]), [0.0])
    assert variance.df == direct.df == 7
