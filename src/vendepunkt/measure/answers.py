"""A measurement as plain values, in the shape that ``measure --json`` prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import estimates
from vendepunkt.measure.equality import Equality
from vendepunkt.measure.intervals import number_interval
from vendepunkt.measure.measurement import Measurement
from vendepunkt.measure.model import ClassModel

Floats = npt.NDArray[np.float64]
Answer = dict[str, Any]


def plain_answer(found: Measurement) -> Answer:
    """Give the fields of the answer; numbers that are not finite are left to become null.

    Returns
    -------
    dict
        ``converged``, ``classifier``, ``fits`` (one per number of classes, empty for a rule),
        ``recommended``, ``chosen``, ``reasons``, ``groups``, and ``equality`` (null unless asked
        for).
    """
    return {
        "converged": found.converged,
        "classifier": found.options.classifier,
        "fits": [fit_answer(found, model) for model in found.models],
        "recommended": None if found.choice is None else found.choice.recommended,
        "chosen": found.classification.classes,
        "reasons": [] if found.choice is None else list(found.choice.sentences("en")),
        "groups": _groups(found),
        "equality": None if found.equality is None else _equality(found.equality),
    }


def fit_answer(found: Measurement, model: ClassModel) -> Answer:
    """Give everything about one number of classes."""
    fit, scored, material = model.fit, model.criteria, found.material
    errors_of_shares, errors = model.classification.std_errors()
    return {
        "n": _whole(material.n),
        "n_empty": _whole(material.n_empty),
        "n_incomplete": _whole(material.n_incomplete),
        "weighted": found.weighted,
        "weighted_n": _whole(material.weighted_n),
        "classes": fit.classes,
        "loglik": fit.loglik,
        "n_parameters": fit.n_parameters,
        "aic": scored.aic,
        "bic": scored.bic,
        "sabic": scored.sabic,
        "caic": scored.caic,
        "icl": scored.icl,
        "daic": scored.daic,
        "dbic": scored.dbic,
        "entropy": scored.entropy,
        "shares": fit.shares.tolist(),
        "profile": _profile(model, model.classification.profiles, material.names),
        "std_errors": {
            "kind": model.classification.se_kind,
            "shares": errors_of_shares.tolist(),
            "profile": _profile(model, errors, material.names),
        },
        "boundary": _boundary(model, material.names),
        "coefficients": _coefficients(found, model),
        "converged": fit.converged,
        "identified": model.errors.identified,
        "iterations": fit.iterations,
        "starts": fit.starts,
        "starts_finished": fit.starts_finished,
        "starts_at_best": fit.starts_at_best,
        "missed_basin_95": fit.missed_basin_95,
        "seed": fit.seed,
        "accuracy": scored.accuracy,
        "average_posterior": scored.average_posterior.tolist(),
        "severity": None
        if model.classification.severity is None
        else model.classification.severity.total.tolist(),
        "residuals": [
            {
                "items": [pair.first, pair.second],
                "bvr": pair.bvr,
                "df": pair.df,
                "p_value": pair.p_value,
                "n": _whole(pair.n),
            }
            for pair in model.residuals
        ],
        "blrt": None if model.blrt is None else model.blrt.as_json(),
    }


def _profile(model: ClassModel, values: tuple[Floats, ...], names: tuple[str, ...]) -> Answer:
    return {
        name: {row: value[position].tolist() for position, row in enumerate(rows)}
        for name, rows, value in zip(names, model.classification.rows, values, strict=True)
    }


def _boundary(model: ClassModel, names: tuple[str, ...]) -> list[Answer]:
    return [
        {"item": name, "category": rows[row], "class": int(k) + 1}
        for name, rows, marks in zip(
            names, model.classification.rows, model.classification.boundary, strict=True
        )
        for row, k in np.argwhere(marks)
    ]


def _coefficients(found: Measurement, model: ClassModel) -> list[Answer]:
    """Give log odds of each class against the first, with errors; empty without covariates."""
    from scipy import stats

    values, errors, covariates = (
        model.fit.coefficients,
        model.errors.coefficients,
        found.material.covariates,
    )
    if values is None or errors is None or covariates is None:
        return []
    df, level = model.classification.df, found.options.conf_level
    low, high = number_interval(values, errors, level, df)
    rows = []
    for q, term in enumerate(covariates.names):
        for k in range(1, model.classes):
            statistic = values[q, k] / errors[q, k] if errors[q, k] > 0 else np.nan
            two_sided = 2 * stats.t.sf(abs(statistic), df or np.inf)
            rows.append(
                {
                    "class": k + 1,
                    "term": term,
                    "estimate": float(values[q, k]),
                    "std_error": float(errors[q, k]),
                    "statistic": float(statistic),
                    "p_value": float(two_sided),
                    "conf_low": float(low[q, k]),
                    "conf_high": float(high[q, k]),
                }
            )
    return rows


def _groups(found: Measurement) -> list[Answer]:
    sizes = estimates.shares(
        found.classification, found.groups.membership, found.options.conf_level
    )
    n = found.groups.n(found.classification)
    return [
        {
            "group": group.letter,
            "name": found.groups.name(group, "en"),
            "classes": [k + 1 for k in group.classes],
            "estimate": float(sizes.estimate[g]),
            "std_error": float(sizes.std_error[g]),
            "conf_low": float(sizes.conf_low[g]),
            "conf_high": float(sizes.conf_high[g]),
            "n": float(n[g]),
        }
        for g, group in enumerate(found.groups.groups)
    ]


def _equality(equal: Equality) -> Answer:
    return {
        "column": equal.column,
        "groups": list(equal.groups),
        "n": [_whole(n) for n in equal.n],
        "n_without": _whole(equal.n_without),
        "classes": equal.classes,
        "models": [
            {
                "free": list(model.free),
                "loglik": model.loglik,
                "n_parameters": model.n_parameters,
                "bic": model.bic,
                "test": model.test or None,
                "statistic": model.statistic,
                "df": model.df,
                "p_value": model.p_value,
                "shares": model.shares.tolist(),
                "change": model.change,
            }
            for model in equal.models
        ],
        "largest_change": equal.largest_change,
    }


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)
