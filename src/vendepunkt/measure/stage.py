"""The front door of the stage: indicators in, a measurement out."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Design, Indicator
from vendepunkt.measure.asked import asked
from vendepunkt.measure.classifiers import CLASSIFIERS, Classified, Progress
from vendepunkt.measure.equality import Equality, equality
from vendepunkt.measure.groups import main_groups
from vendepunkt.measure.material import Covariates, Material, material
from vendepunkt.measure.measurement import Measurement
from vendepunkt.measure.notices import about_material, distinct, notice
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.measure.progress import Parts
from vendepunkt.terms import Provenance, UsageError

#: What the numbers are computed with.
PACKAGES = ("vendepunkt", "numpy", "scipy", "numba")


def measure(
    indicators: Sequence[Indicator],
    options: MeasureOptions | None = None,
    *,
    design: Design | None = None,
    covariates: Covariates | None = None,
    where: npt.NDArray[np.bool_] | None = None,
    equal_across: Indicator | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Who is how excluded?

    Parameters
    ----------
    indicators
        The items, all over the same n rows.
    options
        What to fit and how; the defaults compare 1 to 6 latent classes.
    design
        Weights, strata, clusters or replicate weights of all n rows; None for people who were
        drawn independently and count alike.
    covariates
        What explains membership, one row per person.
    where : (n,)
        Rows in the population of interest; the others stay in the design.
    equal_across
        Groups of people whose profiles are compared, as an item over the same rows: see
        :func:`vendepunkt.measure.equality.equality`.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    Measurement

    Raises
    ------
    UsageError, DataError
        If the indicators or options cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.data import Indicator
    >>> def item(name, codes):
    ...     return Indicator(
    ...         name=name, label=name, dimension=name, kind="binary",
    ...         codes=np.array(codes, dtype=np.int32), categories=("yes", "no"),
    ...         values=np.array([0.0, 1.0]), scores=np.array([0.0, 1.0]),
    ...     )
    >>> answers = {"work": [0, 0, 0, 1, 1, 0], "friends": [0, 0, 1, 1, 1, 0]}
    >>> found = measure(
    ...     [item(name, codes) for name, codes in answers.items()],
    ...     MeasureOptions(classifier="sum_score"),
    ... )
    >>> found.classification.shares.round(3).tolist()
    [0.5, 0.167, 0.333]
    """
    options = options or MeasureOptions()
    if design is not None and where is not None:
        design = design.domain(where)
    people = material(indicators, options, design, covariates, where)
    answered = asked(people.names, people.codes[people.used], people.people()[people.used])
    # As many models again as there are items, and two, where profiles are compared.
    models = len(people.indicators) + 2 if equal_across is not None else 0
    parts = Parts(progress, [len(options.classes), models])
    found = CLASSIFIERS[options.classifier].classify(people, options, parts.next())
    equal = None
    if equal_across is not None:
        equal = _equality(people, found, equal_across, options, parts.next())
    groups = main_groups(found.classification, people.scores, people.dimensions, options.groups)
    notices = about_material(people, answered) + list(found.notices)
    if groups.failed:
        notices.append(notice("neutral_names"))
    return Measurement(
        options=options,
        material=people,
        classification=found.classification,
        groups=groups,
        asked=answered,
        models=found.models,
        chosen=found.chosen,
        choice=found.choice,
        continuum=found.continuum,
        dependence=found.dependence,
        equality=equal,
        converged=found.converged,
        notices=distinct(notices),
        provenance=Provenance(
            data_hash=fingerprint(people),
            design="" if people.design is None else people.design.describe(),
            seed=options.seed if found.models else None,
            versions=_versions(),
            call=options.as_call(),
        ),
    )


def _equality(
    people: Material,
    found: Classified,
    across: Indicator,
    options: MeasureOptions,
    progress: Progress | None,
) -> Equality | None:
    if not found.models:
        raise UsageError(
            "bad_equal_across",
            "Profiles are compared across groups for latent classes; a rule has none to compare.",
            allowed="the classifier latent_classes",
        )
    if across.n != people.used.size:
        raise UsageError(
            "lengths",
            f"{across.name} has {across.n} rows and the items have {people.used.size}.",
        )
    return equality(people, found.models[found.chosen], across, options, progress)


def fingerprint(people: Material) -> str:
    """Give the SHA-256 of the answers, categories, weights and covariates a result is made of."""
    digest = hashlib.sha256()
    for item in people.indicators:
        digest.update(repr((item.name, item.kind, item.dimension, tuple(item.categories))).encode())
        for part in (item.values, item.scores):
            digest.update(np.ascontiguousarray(part, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(people.codes, dtype="<i4").tobytes())
    explained = None if people.covariates is None else people.covariates.matrix
    for given in (people.weights, people.freq, explained):
        digest.update(b"-" if given is None else np.ascontiguousarray(given, dtype="<f8").tobytes())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # numba may be absent: the engine then runs without it
            continue
    return found
