"""The stage `measure`: from prepared data and the study's options to a measurement."""

from __future__ import annotations

from collections.abc import Callable

from vendepunkt.measure import (
    Covariates,
    GroupOptions,
    Measurement,
    MeasureOptions,
    SumScoreOptions,
    measure,
)
from vendepunkt.pipeline.prepare import Prepared
from vendepunkt.study import Study


def measure_options(study: Study) -> MeasureOptions:
    """Say `[measure]` and `[groups]` in the words of the stage.

    Raises
    ------
    UsageError
        If the stage refuses an option.
    """
    stated = study.measure
    return MeasureOptions(
        classes=stated.compare,
        chosen=stated.classes,
        classifier=stated.classifier,
        starts=stated.starts,
        seed=study.seed,
        order=stated.order,
        missing=stated.missing,
        se=stated.se,
        blrt=stated.blrt,
        direct_effects=stated.direct_effects,
        local_dependence=stated.local_dependence,
        continuum=stated.continuum,
        dirichlet=stated.dirichlet,
        groups=GroupOptions(
            ranks={group.name: group.ranks for group in study.groups},
            names=group_names(study),
            wave=stated.wave or "",
        ),
        sum_score=SumScoreOptions(
            deprived_from={item: str(category) for item, category in stated.deprived_from.items()},
            cutoffs=stated.cutoffs,
        ),
    )


def group_names(study: Study) -> dict[str, dict[str, dict[str, str]]]:
    """Give wave (empty for all) → language → group → name."""
    names: dict[str, dict[str, dict[str, str]]] = {}
    for group in study.groups:
        by_wave = {"": group.label or {}, **group.wave_labels}
        for wave, words in by_wave.items():
            for language, name in words.items():
                names.setdefault(wave, {}).setdefault(language, {})[group.name] = name
    return names


def run_measure(
    study: Study, prepared: Prepared, progress: Callable[[str, float], None] | None
) -> Measurement:
    """Find the groups of a study."""
    given = prepared.covariates
    return measure(
        prepared.indicators,
        measure_options(study),
        design=prepared.design,
        covariates=None if given is None else Covariates(given.names, given.matrix),
        where=prepared.where,
        equal_across=prepared.equal_across,
        progress=progress,
    )
