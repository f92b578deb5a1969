"""The best log-likelihoods of LMest, seqHMM, depmixS4 and plain EM, with default settings.

Tolerance 1e-3: LMest stops 2e-4 to 4e-3 short by its relative tolerance, the tables are printed
with four to six digits. A value above the table's is an improvement, one below it a defect; with
covariates the table is a lower bound. BIC 2e-3, initial shares 2e-3 after sorting.
The seeds: one in every run of the tests; in the slow ones `seeds` of them (ten, but five of the
largest model), of which `reach` must reach the table and every miss must be flagged by the fit
itself. Settings are the defaults, but that with
covariates only one of the up to ten rounds of starts is run: more rounds add starts, so a fit with
default settings reaches whatever this one does.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests.reference.lta_data import drug_table, records, sequences
from tests.twin.latent_class import Nominal, complex_step
from tests.twin.latent_markov import Chain

from vendepunkt.numerics.markov import MarkovFit, fit_markov

Measured = Callable[..., None]
ROWS = records()
TOLERANCE = 1e-3
#: Rows that take a second or less, for every run of the tests.
FAST = [row for row in ROWS if row["data"] in {"drug", "housing"} or row["classes"] == 2]


def name(row: dict) -> str:
    covariates = "-covariates" if row["covariates"] == "yes" else ""
    return f"{row['data']}-{row['classes']}-{row['transitions']}{covariates}"


def fit_of(row: dict, seed: int, **options: object) -> MarkovFit:
    data = sequences(row["data"], row["covariates"])
    return fit_markov(data, row["classes"], transitions=row["transitions"], seed=seed, **options)


def said(row: dict) -> dict[str, object]:
    model = f"latent Markov, {row['transitions']} transitions"
    covariates = " and six covariates" if row["covariates"] == "yes" else ""
    return {"data": row["data"], "model": model + covariates, "classes": row["classes"]}


def flagged(fit: MarkovFit) -> bool:
    return not fit.replicated or not fit.converged


@pytest.mark.parametrize("row", FAST, ids=name)
def test_it_reaches_the_table(row: dict, measured: Measured) -> None:
    fit = fit_of(row, seed=0)
    assert sequences(row["data"]).n == row["n"]
    assert fit.n_parameters == row["n_parameters"]
    assert fit.converged
    assert fit.loglik > row["loglik"] - TOLERANCE
    measured(
        "equals",
        **said(row),
        quantity="log-likelihood",
        by=row["source"],
        theirs=f"{row['loglik']:.4f}",
        ours=f"{fit.loglik:.4f}",
    )
    if fit.loglik < row["loglik"] + 5 * TOLERANCE:
        if row["bic"]:
            bic = -2 * fit.loglik + fit.n_parameters * math.log(row["n"])
            assert bic == pytest.approx(row["bic"], abs=2e-3)
        if row["shares"]:
            expected = [float(share) for share in row["shares"].split()]
            assert np.allclose(np.sort(fit.initial)[::-1], expected, atol=2e-3)


def test_a_frequency_counts_people() -> None:
    """The drug table row by row is the drug table with its frequencies, also for the twin."""
    codes, freq = drug_table()
    row = ROWS[1]
    fit = fit_of(row, seed=0)
    item = Nominal(codes[:, :, 0].ravel(), 3, 3)
    model = Chain([item], len(codes), 5, 3, weights=freq)
    model.base_initial = int(fit.initial.argmax())
    model.base = fit.transitions[:1].argmax(axis=2)
    logs = [np.log(np.maximum(table, 1e-300)) for table in (fit.initial, fit.transitions[0])]
    first = np.delete(logs[0] - logs[0].max(), model.base_initial)
    moves = [
        np.delete(row - row.max(), base) for row, base in zip(logs[1], model.base[0], strict=True)
    ]
    theta = np.concatenate([first, *moves, item.invert(fit.profiles[0])])
    assert model.loglik(theta) == pytest.approx(fit.loglik, abs=1e-6)
    assert np.abs(complex_step(model.loglik, theta)).max() < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_seeds_reach_the_table_and_misses_are_flagged(row: dict, measured: Measured) -> None:
    options = {"max_rounds": 1} if row["covariates"] == "yes" else {}
    fits = [fit_of(row, seed, **options) for seed in range(1, row["seeds"] + 1)]
    missed = [fit for fit in fits if fit.loglik < row["loglik"] - TOLERANCE]
    best = max(fit.loglik for fit in fits)
    short = [fit for fit in fits if fit.loglik < best - TOLERANCE]
    measured(
        "equals",
        **said(row),
        by=row["source"],
        theirs=f"{row['loglik']:.4f}",
        best=f"{best:.4f}",
        seeds=len(fits),
        reached=len(fits) - len(missed),
        short_of_our_best=len(short),
        misses_flagged=f"{sum(flagged(fit) for fit in missed)} of {len(missed)}",
    )
    assert len(fits) - len(missed) >= row["reach"], sorted(fit.loglik for fit in fits)
    assert all(flagged(fit) for fit in missed)
