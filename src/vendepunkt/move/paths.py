"""Paths of classes: joint posteriors of any two waves, and paths of main groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.model import MoveModel
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.smooth import Smooth, estimated

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move.ground import Ground

Floats = npt.NDArray[np.float64]

#: Draws of the paths where the posterior has no exact joint of two waves.
DRAWS = 1000
#: Group paths shown at most: the most frequent.
MOST_PATHS = 50


def pair_joint(model: MoveModel, pair: tuple[int, int], options: MoveOptions) -> Floats:
    """How likely is each pair of classes at two waves, given all answers of a sequence?

    Given the answers a path is a Markov chain whose matrices change from sequence to sequence, so
    that the joint posterior of two waves is a product over the steps between them. Where people
    differ for good (stayers, a random intercept) it is not, and is counted over draws, save for
    steps and for first and last wave, which the engine gives.

    Returns
    -------
    (P, K, K) array
        Sums to 1 for each sequence.
    """
    paths, (start, end) = model.paths, pair
    waves = paths.smoothed.shape[1]
    if start == end:
        return np.asarray(np.einsum("pk,kl->pkl", paths.smoothed[:, start], np.eye(model.classes)))
    if end == start + 1:
        return np.asarray(paths.steps[:, start], dtype=np.float64)
    if (start, end) == (0, waves - 1):
        return np.asarray(paths.first_last, dtype=np.float64)
    if model.fit.form != "plain":
        return _counted(model, pair, options.seed)
    joint = np.asarray(paths.steps[:, start], dtype=np.float64)
    for step in range(start + 1, end):
        at = paths.smoothed[:, step][:, :, None]
        onward = np.divide(
            paths.steps[:, step], at, out=np.zeros_like(paths.steps[:, step]), where=at > 0
        )
        joint = joint @ onward
    return joint


def _counted(model: MoveModel, pair: tuple[int, int], seed: int) -> Floats:
    size, people = model.classes, len(model.paths.loglik)
    found = np.zeros((people, size * size))
    rng = np.random.default_rng([seed, *pair])
    rows = np.arange(people)
    for _ in range(DRAWS):
        drawn = model.paths.draw(rng, 1)[0].astype(np.intp)
        np.add.at(found, (rows, drawn[:, pair[0]] * size + drawn[:, pair[1]]), 1.0)
    return (found / DRAWS).reshape(people, size, size)


def path_table(ground: Ground) -> pd.DataFrame:
    """Which paths through the main groups are the most frequent?

    Returns
    -------
    DataFrame
        ``path`` (A→A→B), ``direction`` from its first group to its last, ``estimate`` (share of
        everybody) with ``std_error conf_low conf_high``, ``n`` (the smaller of the people who
        answered at every wave expected on, and placed on, the path), the most frequent first; at
        most :data:`MOST_PATHS`. A share under .02, or of fewer than ten expected people, has no
        interval. The share is that of the model; with covariates, or where people differ for good,
        it is the mean posterior, without an interval.
    """
    import pandas as pd

    shares = path_shares(ground)
    always = ground.counts * ground.present.all(axis=1)
    placed = ground.modal_groups()
    weight = ground.weight / ground.weight.sum()
    fit = ground.model.fit
    plain = (
        fit.form == "plain"
        and fit.initial_coefficients is None
        and fit.transition_coefficients is None
    )
    rows = []
    for path, probability in shares.items():
        expected = float(always @ probability)
        modal = float(always @ (placed == np.array(path)).all(axis=1))
        row: dict[str, object] = {
            "path": written(path, ground.letters),
            "direction": ground.direction(path[0], path[-1]),
            "estimate": float(weight @ probability),
        }
        if plain:
            row |= _with_interval(ground, path)
        rows.append(row | {"n": min(expected, modal)})
    columns = ["path", "direction", "estimate", "std_error", "conf_low", "conf_high", "n"]
    table = pd.DataFrame(rows, columns=columns)
    ranked = table.sort_values(["estimate", "path"], ascending=[False, True])
    return ranked.head(MOST_PATHS).reset_index(drop=True)


def _with_interval(ground: Ground, path: tuple[int, ...]) -> dict[str, float]:
    """Follow a path of groups through the model's own transition probabilities."""
    inside = ground.membership.T
    steps = estimated(ground.model.estimates, "steps")
    alive = steps[0].weighted("kl,k,l->l", inside[path[0]], inside[path[1]])
    for step, group in enumerate(path[2:], start=1):
        start = steps[step].sum(1)
        share = alive / start
        spread = Smooth(share.value[:, None], share.gradient[:, None, :])
        alive = (spread * steps[step]).sum(0).scaled(inside[group])
    share = alive.sum(0)
    error = share.std_error(ground.covariance)
    low, high = intervals.probability_interval(
        share.value, error, ground.options.conf_level, ground.model.errors.df
    )
    always = float(ground.counts @ ground.present.all(axis=1))
    if intervals.small_cells(share.value, np.asarray(always)):
        error = low = high = np.array(np.nan)
    return {
        "estimate": float(share.value),
        "std_error": float(error),
        "conf_low": float(low),
        "conf_high": float(high),
    }


def path_shares(ground: Ground) -> dict[tuple[int, ...], Floats]:
    """How likely is each path of main groups, given all answers of each sequence?

    Every path is there while there are at most :data:`MOST_PATHS`; else those that are somebody's
    most likely one, the most frequent first.

    Returns
    -------
    dict
        Path (a group number per wave) to (P,) probabilities.
    """
    groups, waves = len(ground.letters), len(ground.waves)
    if groups**waves <= MOST_PATHS:
        wanted = [tuple(path) for path in np.ndindex(*[groups] * waves)]
    else:
        paths, number = np.unique(ground.modal_groups(), axis=0, return_inverse=True)
        size = np.bincount(number.ravel(), weights=ground.counts)
        wanted = [tuple(int(g) for g in paths[at]) for at in np.argsort(-size)[:MOST_PATHS]]
    if ground.model.fit.form != "plain":
        return _drawn_shares(ground, wanted)
    return {path: _path_probability(ground, path) for path in wanted}


def _path_probability(ground: Ground, path: tuple[int, ...]) -> Floats:
    """Sum over the class paths inside a path of groups: forward through the posterior chain."""
    inside, paths = ground.membership.T > 0, ground.model.paths
    alive = paths.smoothed[:, 0] * inside[path[0]]
    for step, group in enumerate(path[1:]):
        at = paths.smoothed[:, step]
        share = np.divide(alive, at, out=np.zeros_like(alive), where=at > 0)
        alive = np.einsum("pk,pkl->pl", share, paths.steps[:, step]) * inside[group]
    return np.asarray(alive.sum(axis=1), dtype=np.float64)


def _drawn_shares(ground: Ground, wanted: list[tuple[int, ...]]) -> dict[tuple[int, ...], Floats]:
    of_class = ground.membership.argmax(axis=1)
    rng = np.random.default_rng([ground.options.seed, len(wanted)])
    found = {path: np.zeros(len(ground.counts)) for path in wanted}
    for _ in range(DRAWS):
        drawn = of_class[ground.model.paths.draw(rng, 1)[0].astype(np.intp)]
        for path in wanted:
            found[path] += (drawn == np.array(path)).all(axis=1) / DRAWS
    return found


def written(path: tuple[int, ...], letters: tuple[str, ...]) -> str:
    """Write a path of group numbers as letters with arrows.

    Examples
    --------
    >>> written((0, 0, 1), ("A", "B"))
    'A→A→B'
    """
    return "\N{RIGHTWARDS ARROW}".join(letters[group] for group in path)
