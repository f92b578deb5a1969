"""A movement as plain values, in the shape that ``move --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.model import MoveModel
from vendepunkt.move.movement import Movement
from vendepunkt.move.smooth import conditional, estimated, profile_name

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Answer = dict[str, Any]


def plain_answer(found: Movement) -> Answer:
    """Give the fields of the answer; numbers that are not finite are left to become null.

    Returns
    -------
    dict
        The fields of the fit that is used (classes in one order throughout: ``initial``,
        ``transitions`` [step][from][to], ``shares_by_wave``, ``waves``, ``profile``,
        ``coefficients`` …), then ``fits`` (a row per number of classes), ``recommended``,
        ``reasons``, ``groups``, and the tables of main groups as rows.
    """
    return fit_answer(found, found.model) | {
        "fits": _rows(found.models_table()),
        "recommended": found.choice.recommended,
        "reasons": list(found.choice.sentences("en")),
        "constancy": _constancy(found),
        "groups": [
            {
                "group": group.letter,
                "name": found.groups.name(group, "en", found.waves[-1]),
                "classes": [k + 1 for k in group.classes],
            }
            for group in found.groups.groups
        ],
        "group_shares": _rows(found.shares_table()),
        "group_changes": _rows(found.change_table()),
        "group_transitions": _rows(found.transition_table("all")),
        "directions": _rows(found.direction_table()),
        "gross_net": _rows(found.gross_net_table()),
        "moved": _rows(found.three_moved()),
        "excess": _rows(found.excess()),
        "three_steps": _rows(found.three_step_table()),
        "severity_change": _rows(found.severity_change_summary()),
        "cross_section": _rows(found.cross_section_table()),
    }


def fit_answer(found: Movement, model: MoveModel) -> Answer:
    """Give everything about one number of classes."""
    fit, scored, material = model.fit, model.criteria, found.material
    return {
        "n": _whole(material.n),
        "n_empty": _whole(material.n_empty),
        "n_incomplete": _whole(material.n_incomplete),
        "weighted": material.weighted,
        "weighted_n": _whole(material.weighted_n),
        "waves": list(material.waves),
        "classes": fit.classes,
        "transitions_kind": fit.transitions_kind,
        "form": fit.form,
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
        "initial": fit.initial.tolist(),
        "transitions": fit.transitions.tolist(),
        "shares_by_wave": fit.shares.tolist(),
        "profile": _profile(found, list(fit.profiles)),
        "std_errors": _errors(found, model),
        "boundary": _boundary(found, model),
        "coefficients": coefficients(found, model),
        "rates": None if fit.rates is None else fit.rates.tolist(),
        "stayers": None if fit.stayers is None else fit.stayers.tolist(),
        "severity": None if model.severity is None else model.severity.total.tolist(),
        "converged": fit.converged,
        "identified": model.errors.identified,
        "iterations": fit.iterations,
        "starts": fit.starts,
        "starts_finished": fit.starts_finished,
        "starts_at_best": fit.starts_at_best,
        "missed_basin_95": fit.missed_basin_95,
        "seed": fit.seed,
        "accuracy": scored.accuracy,
    }


def coefficients(found: Movement, model: MoveModel) -> list[Answer]:
    """Give the effects of covariates, a row each; empty without covariates.

    Returns
    -------
    list of dict
        ``part`` is ``initial`` (log-odds of a class at the first wave, against the first class) or
        ``transition`` (log-odds of a destination against staying; with rates, of the rate's
        logarithm), with ``from``, ``to`` and ``term``, counted from 1.
    """
    fit, rows = model.fit, []
    if fit.initial_coefficients is not None and found.material.initial is not None:
        values, errors = _with_errors(model, "initial_coefficients")
        for q, term in enumerate(found.material.initial.names):
            for k in range(1, fit.classes):
                key = {"part": "initial", "from": None, "to": k + 1, "term": term}
                rows.append(key | _tested(found, model, values[q, k], errors[q, k]))
    if fit.transition_coefficients is not None and found.material.transition is not None:
        values, errors = _with_errors(model, "transition_coefficients")
        for j, q, k in np.ndindex(*values.shape):
            if j != k:
                term = _terms(found, values.shape[1])[q]
                key = {"part": "transition", "from": j + 1, "to": k + 1, "term": term}
                rows.append(key | _tested(found, model, values[j, q, k], errors[j, q, k]))
    return rows


def _terms(found: Movement, count: int) -> list[str]:
    """Name the columns of the steps: with steps of their own, first a constant for each step."""
    given = found.material.transition
    names = [] if given is None else list(given.names)
    if count == len(names):
        return names
    between = zip(found.waves, found.waves[1:], strict=False)
    steps = [f"{names[0]} {start}\N{EN DASH}{end}" for start, end in between]
    return [*steps, *names[1:]]


def _with_errors(model: MoveModel, name: str) -> tuple[Floats, Floats]:
    part = estimated(model.estimates, name)
    return part.value, part.std_error(model.errors.covariance)


def _tested(found: Movement, model: MoveModel, value: Floats, error: Floats) -> Answer:
    from scipy import stats

    df, level = model.errors.df, found.options.conf_level
    low, high = intervals.number_interval(np.asarray(value), np.asarray(error), level, df)
    statistic = float(value / error) if error > 0 else float("nan")
    return {
        "estimate": float(value),
        "std_error": float(error),
        "statistic": statistic,
        "p_value": float(2 * stats.t.sf(abs(statistic), np.inf if df is None else df)),
        "conf_low": float(low),
        "conf_high": float(high),
    }


def _errors(found: Movement, model: MoveModel) -> Answer:
    """Give standard errors in the shapes of the estimates; null where held at a boundary."""
    known, fit = model.errors.covariance, model.fit
    steps = conditional(estimated(model.estimates, "steps")).std_error(known)
    profiles = [
        np.where(marks, np.nan, estimated(model.estimates, profile_name(j)).std_error(known))
        for j, marks in enumerate(fit.boundary)
    ]
    return {
        "kind": model.errors.kind,
        "initial": _with_errors(model, "initial")[1].tolist(),
        "transitions": np.where(fit.transition_boundary, np.nan, steps).tolist(),
        "shares_by_wave": _with_errors(model, "shares")[1].tolist(),
        "profile": _profile(found, profiles),
    }


def _profile(found: Movement, values: list[Floats]) -> Answer:
    names, rows = found.material.answers.names, found.classification.rows
    return {
        name: {row: value[position].tolist() for position, row in enumerate(own)}
        for name, own, value in zip(names, rows, values, strict=True)
    }


def _boundary(found: Movement, model: MoveModel) -> list[Answer]:
    answers = [
        {"item": name, "category": rows[row], "class": int(k) + 1}
        for name, rows, marks in zip(
            found.material.answers.names,
            found.classification.rows,
            model.fit.boundary,
            strict=True,
        )
        for row, k in np.argwhere(marks)
    ]
    steps = [
        {"step": int(step) + 1, "from": int(j) + 1, "to": int(k) + 1}
        for step, j, k in np.argwhere(model.fit.transition_boundary)
    ]
    return [*answers, *steps]


def _constancy(found: Movement) -> Answer | None:
    tested = found.constancy
    if tested is None:
        return None
    return {
        "restricted": tested.restricted.fit.transitions_kind,
        "loglik": tested.restricted.fit.loglik,
        "loglik_free": tested.free.fit.loglik,
        "test": tested.test or None,
        "statistic": tested.statistic,
        "df": tested.df,
        "p_value": tested.p_value,
    }


def _rows(table: pd.DataFrame) -> list[Answer]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)
