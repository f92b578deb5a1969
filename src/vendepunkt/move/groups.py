"""Main groups above classes whose profiles are equal over waves, and their names at each wave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Classification, MainGroups
from vendepunkt.measure import cells as measured_cells
from vendepunkt.measure import engine as measured_engine
from vendepunkt.measure import groups as measured_groups
from vendepunkt.measure import naming as measured_naming
from vendepunkt.measure import patterns as measured_patterns
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.smooth import estimated, profile_name

Floats = npt.NDArray[np.float64]

#: A class that nobody is in at a wave still needs a profile there.
NOBODY = 1e-12


def pooled(material: MoveMaterial, model: MoveModel) -> Classification:
    """Place the person-waves in classes, as if each were a person of one measurement.

    Returns
    -------
    Classification
        A pattern per sequence and wave with answers; the posterior is that given all waves, and
        the share of a class is the mean of its shares over the waves.
    """
    fit, present = model.fit, material.present_patterns()
    number = np.full(present.shape, -1, dtype=np.int32)
    number[present] = np.arange(int(present.sum()), dtype=np.int32)
    sequence = material.data.row_to_pattern
    rows = np.where(material.present, number[sequence], np.int32(-1)).astype(np.int32).ravel()
    alike = measured_patterns.patterns(material.answers, rows)
    posterior = model.paths.smoothed[present]
    return Classification(
        posterior=posterior,
        row_to_pattern=rows,
        weights=alike.weights,
        counts=alike.counts,
        shares=np.asarray(fit.shares.mean(axis=0), dtype=np.float64),
        profiles=fit.profiles,
        rows=tuple(measured_engine.row_names(item) for item in material.answers.indicators),
        boundary=fit.boundary,
        covariance=_covariance(model),
        se_kind=model.errors.kind,
        df=model.errors.df,
        severity=model.severity,
        base=measured_cells.base(material.answers, alike, posterior),
    )


def _covariance(model: MoveModel) -> Floats | None:
    """Give the covariance of the mean shares and the profiles; NaN at a boundary."""
    if model.errors.covariance is None:
        return None
    waves = model.fit.waves
    shares = estimated(model.estimates, "shares").weighted("tk,t->k", np.full(waves, 1 / waves))
    parts = [shares.gradient]
    for item, profile in enumerate(model.fit.profiles):
        own = estimated(model.estimates, profile_name(item))
        parts.append(own.gradient.reshape(profile.size, -1))
    gradient = np.concatenate(parts)
    covariance = gradient @ np.nan_to_num(model.errors.covariance, nan=0.0) @ gradient.T
    fixed = np.concatenate(
        [np.zeros(model.classes, dtype=bool), *[marks.ravel() for marks in model.fit.boundary]]
    )
    covariance[fixed] = np.nan
    covariance[:, fixed] = np.nan
    return np.asarray(covariance, dtype=np.float64)


def groups_over_waves(
    material: MoveMaterial, model: MoveModel, found: Classification, options: MoveOptions
) -> tuple[MainGroups, dict[str, tuple[measured_naming.Condition, ...]]]:
    """Put the classes together to main groups, named only where the names hold at every wave.

    Returns
    -------
    groups
        By the mean shares over the waves; a condition for the names holds where it holds at every
        wave.
    by_wave
        The conditions at each wave.
    """
    scores, dimensions = material.answers.scores, material.answers.dimensions
    groups = measured_groups.main_groups(found, scores, dimensions, options.groups)
    by_wave = {}
    for name, shares in zip(material.waves, model.fit.shares, strict=True):
        there = replace(found, shares=np.maximum(shares, NOBODY), covariance=None, base=None)
        by_wave[name] = measured_groups.main_groups(
            there, scores, dimensions, options.groups
        ).conditions
    return replace(groups, conditions=at_every_wave(tuple(by_wave.values()))), by_wave


def at_every_wave(
    waves: tuple[tuple[measured_naming.Condition, ...], ...],
) -> tuple[measured_naming.Condition, ...]:
    """Give each condition as it fails at the first wave where it does, or as it holds at all."""
    found: dict[str, measured_naming.Condition] = {}
    for conditions in waves:
        for condition in conditions:
            if condition.key not in found or found[condition.key].passed:
                found[condition.key] = condition
    return tuple(found.values())
