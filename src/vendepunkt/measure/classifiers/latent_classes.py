"""Latent classes: fit every number asked for, compare them, use one."""

from __future__ import annotations

from dataclasses import replace

from vendepunkt.measure.blrt import bootstrap_test
from vendepunkt.measure.choice import Choice, choose_classes
from vendepunkt.measure.classifiers.protocol import Classified, Progress
from vendepunkt.measure.continuum import continuum
from vendepunkt.measure.dependence import local_dependence
from vendepunkt.measure.engine import Engine, engine
from vendepunkt.measure.material import Material
from vendepunkt.measure.model import ClassModel, class_model
from vendepunkt.measure.notices import about_intervals, about_model, notice
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.progress import Parts
from vendepunkt.measure.resampled import residuals_with_p
from vendepunkt.numerics import fit_classes
from vendepunkt.terms import Notice


class LatentClasses:
    """Place people by the latent class model, with full information on missing answers.

    References
    ----------
    Lazarsfeld, P. F. & Henry, N. W. (1968). Latent structure analysis. Houghton Mifflin.

    Goodman, L. A. (1974). Exploratory latent structure analysis using both identifiable and
    unidentifiable models. Biometrika, 61(2), 215–231. https://doi.org/10.1093/biomet/61.2.215
    """

    name = "latent_classes"
    sources = (
        "Goodman (1974). https://doi.org/10.1093/biomet/61.2.215",
        "Patterson, Dayton & Graubard (2002). https://doi.org/10.1198/016214502388618465",
        "Vermunt & Magidson (2007), complex samples: https://doi.org/10.1080/10705510709336745",
    )

    def classify(
        self, material: Material, options: MeasureOptions, progress: Progress | None = None
    ) -> Classified:
        """Fit the numbers of classes asked for and place everybody by the one used."""
        made = engine(material, options.direct_effects)
        parts = Parts(progress, _lengths(options))
        models = [
            class_model(
                material,
                made,
                fit_classes(
                    made.data,
                    classes,
                    starts=options.starts,
                    seed=options.seed,
                    max_rounds=options.max_rounds,
                    progress=parts.next(rounds=True),
                    dirichlet=options.dirichlet,
                ),
                options,
            )
            for classes in options.classes
        ]
        if options.blrt:
            models = _tested(material, made, models, options, parts)
        choice = choose_classes(models, material.n)
        chosen = next(
            position
            for position, model in enumerate(models)
            if model.classes == (options.chosen or choice.recommended)
        )
        model = models[chosen]
        spectrum = (
            continuum(material, model, options, parts.next(rounds=True))
            if options.continuum
            else None
        )
        dependent = (
            local_dependence(material, model, options, parts.next(rounds=True))
            if options.local_dependence
            else None
        )
        return Classified(
            classification=model.classification,
            notices=tuple(_notices(material, model, choice, options)),
            converged=model.fit.converged,
            models=tuple(models),
            chosen=chosen,
            choice=choice,
            continuum=spectrum,
            dependence=dependent,
        )


def _lengths(options: MeasureOptions) -> list[float]:
    """Say how long the parts take, in starts times classes: fits, tests, and what is asked for."""
    fits = [float(options.starts * classes) for classes in options.classes]
    tests = []
    for classes in options.classes if options.blrt else ():
        if classes - 1 in options.classes:
            tests.append(float(options.blrt * options.blrt_starts * (2 * classes - 1)))
        tests.append(float(options.blrt * classes))
    chosen = float(options.starts * (options.chosen or max(options.classes)))
    further = [2 * chosen] * options.continuum + [chosen] * options.local_dependence
    return [*fits, *tests, *further]


def _tested(
    material: Material,
    made: Engine,
    models: list[ClassModel],
    options: MeasureOptions,
    parts: Parts,
) -> list[ClassModel]:
    """Test each number of classes against one fewer fitted, and each model's residuals."""
    clustered = material.design is not None and (
        material.design.strata is not None or len(material.design.clusters) > 0
    )
    by_classes = {model.classes: model for model in models}
    out = []
    for model in models:
        fewer = by_classes.get(model.classes - 1)
        test = None
        if fewer is not None:
            test = bootstrap_test(
                made.data,
                fewer.fit,
                model.fit,
                replicates=options.blrt,
                starts=options.blrt_starts,
                seed=options.seed,
                approximate=clustered,
                progress=parts.next(),
            )
        residuals = residuals_with_p(
            material, made, model, options.blrt, options.seed, parts.next()
        )
        out.append(replace(model, blrt=test, residuals=residuals))
    return out


def _notices(
    material: Material, model: ClassModel, choice: Choice, options: MeasureOptions
) -> list[Notice]:
    found = about_model(model, options)
    found += about_intervals(
        material, model.classification, model.criteria.entropy, options.dirichlet
    )
    if options.chosen is None and len(options.classes) > 1:
        found.append(notice("recommended_used", classes=choice.recommended))
    elif options.chosen not in (None, choice.recommended):
        found.append(
            notice("other_than_recommended", chosen=model.classes, recommended=choice.recommended)
        )
    return found
