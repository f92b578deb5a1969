"""The front door of the stage: a panel in, movement out."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from vendepunkt.data import Panel
from vendepunkt.measure import Covariates, Progress
from vendepunkt.measure import notices as measured_notices
from vendepunkt.measure import progress as measured_progress
from vendepunkt.measure import stage as measured_stage
from vendepunkt.move.choice import choose_classes
from vendepunkt.move.constancy import constancy
from vendepunkt.move.covariates import TimeCovariates
from vendepunkt.move.crosssection import cross_section
from vendepunkt.move.dropout import drop_out
from vendepunkt.move.excess import excess
from vendepunkt.move.ground import Ground
from vendepunkt.move.groups import groups_over_waves, pooled
from vendepunkt.move.in_three_steps import in_three_steps
from vendepunkt.move.invariance import invariance
from vendepunkt.move.material import MoveMaterial, material
from vendepunkt.move.model import fit_model
from vendepunkt.move.movement import Movement
from vendepunkt.move.notices import (
    about_cells,
    about_cross_section,
    about_fit,
    about_groups,
    about_people,
    about_steps,
)
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.parts import Further
from vendepunkt.move.tables import any_small
from vendepunkt.move.weak import Weak, weak_prior
from vendepunkt.move.within import within
from vendepunkt.terms import Provenance


def move(
    panel: Panel,
    options: MoveOptions | None = None,
    *,
    initial: Covariates | None = None,
    transition: TimeCovariates | None = None,
    progress: Progress | None = None,
) -> Movement:
    """Who moves between the groups, which way, and how sure is it?

    Parameters
    ----------
    panel
        People by waves, two waves or more.
    options
        What to fit and how; the defaults compare 2 to 5 classes with a transition matrix for each
        step.
    initial
        What explains the class at the first wave, a row per person.
    transition
        What explains who moves, per person and step.
    progress
        Called with what is being done and the fraction done.

    Returns
    -------
    Movement

    Raises
    ------
    UsageError, DataError
        If the panel or options cannot be used.

    Examples
    --------
    Of 70 people who were well in 2010 ten were not in 2012; of 30 who were not, five were.

    >>> import numpy as np, pandas as pd
    >>> from vendepunkt.data import ItemDefinition, Survey, panel
    >>> states = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [60, 10, 5, 25], axis=0)
    >>> frame = pd.DataFrame({"id": np.repeat(range(100), 2), "year": [2010, 2012] * 100})
    >>> frame[["work", "health", "trust"]] = np.repeat(states.reshape(-1, 1), 3, axis=1)
    >>> items = [ItemDefinition(name, order=(0, 1)) for name in ("work", "health", "trust")]
    >>> followed = panel(Survey.from_frame(frame, person="id", wave="year"), items)
    >>> found = move(followed, MoveOptions(classes=(2,), starts=5))
    >>> found.direction_table()[["direction", "estimate"]].round(2).values.tolist()
    [['more', 0.1], ['less', 0.05], ['sideways', 0.0], ['stayed', 0.85]]
    """
    options = options or MoveOptions()
    people = material(panel, options, initial, transition)
    parts = measured_progress.Parts(progress, _lengths(options))
    models = tuple(
        fit_model(people, classes, options, parts.next(rounds=True)) for classes in options.classes
    )
    choice = choose_classes(models)
    wanted = options.chosen or choice.recommended
    model = next(model for model in models if model.classes == wanted)
    found = pooled(people, model)
    groups, conditions = groups_over_waves(people, model, found, options)
    ground = Ground.of(people, model, groups, options)
    weak = _weak(ground)
    tested = None
    if options.compare_transitions:
        tested = constancy(people, model, options, parts.next(rounds=True))
    across = cross_section(ground)
    further = _further(ground, parts)
    notices = [
        *about_people(people, options),
        *about_fit(model, choice, options),
        *about_cells(ground, weak),
        *about_groups(ground),
        *about_steps(tested, options),
        *about_cross_section(ground, across),
        *further.notices,
    ]
    return Movement(
        options=options,
        material=people,
        model=model,
        classification=found,
        groups=groups,
        conditions=conditions,
        models=models,
        choice=choice,
        constancy=tested,
        cross_section=across,
        weak=weak,
        converged=bool(model.fit.converged),
        notices=measured_notices.distinct(notices),
        provenance=Provenance(
            data_hash=fingerprint(people),
            design="" if people.design is None else people.design.describe(),
            seed=options.seed,
            versions=_versions(),
            call=options.as_call(),
        ),
        further=further,
    )


def _further(ground: Ground, parts: measured_progress.Parts) -> Further:
    """Make the further parts that were asked for."""
    options = ground.options
    compared = invariance(ground, parts.next()) if options.measurement else None
    return Further(
        measurement=compared,
        within=None if compared is None else within(compared),
        excess=excess(ground, options.excess_replicates, parts.next())
        if options.excess_replicates
        else None,
        dropout=drop_out(ground) if options.dropout else None,
        three_steps=in_three_steps(ground, parts.next()) if options.three_steps else None,
    )


def _weak(ground: Ground) -> Weak | None:
    """Fit under a weak prior where small cells ask for it."""
    options = ground.options
    if options.small_cells != "dirichlet" or options.dirichlet > 0:
        return None
    if not ground.model.errors.identified:
        return None
    return weak_prior(ground) if any_small(ground, ground.pairs()) else None


def _lengths(options: MoveOptions) -> list[float]:
    """Say how long the parts take, in starts times classes squared."""
    fits = [float(options.starts * classes**2) for classes in options.classes]
    again = float(options.starts * (options.chosen or max(options.classes)) ** 2)
    further = [again] * options.compare_transitions
    # Each item is freed in turn from where the model stands, and all of them from random starts.
    further += [2 * again] * options.measurement
    further += [float(options.excess_replicates)] * (options.excess_replicates > 0)
    further += [again] * options.three_steps
    return [*fits, *further]


def fingerprint(people: MoveMaterial) -> str:
    """Give the SHA-256 of the answers, waves, weights and covariates a result is made of."""
    digest = hashlib.sha256(measured_stage.fingerprint(people.answers).encode())
    digest.update(repr(people.waves).encode())
    design = people.design
    explained = (
        None if people.initial is None else people.initial.matrix,
        None if people.transition is None else people.transition.matrix,
        None if design is None else design.freq,
        people.panel.times,
    )
    for given in explained:
        digest.update(b"-" if given is None else np.ascontiguousarray(given, dtype="<f8").tobytes())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in measured_stage.PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # numba may be absent: the engine then runs without it
            continue
    return found
