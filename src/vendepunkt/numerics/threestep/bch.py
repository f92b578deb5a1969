"""Two waves: the table of placings with its errors taken out by inverse matrices (BCH).

References
----------
Bolck, A., Croon, M. & Hagenaars, J. (2004). Estimating latent structure models with categorical
variables: one-step versus three-step estimators. Political Analysis 12(1), 3-27.
https://doi.org/10.1093/pan/mph001

Vermunt, J. K. (2010). Latent class modeling with covariates: two improved three-step approaches.
Political Analysis 18(4), 450-469. https://doi.org/10.1093/pan/mpq025
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vendepunkt.numerics.collapse import Codes
from vendepunkt.numerics.errors import Influence, VarianceOfTotal, variance_of_scores
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov import SequenceData
from vendepunkt.numerics.threestep.assignment import Assignment
from vendepunkt.numerics.threestep.carried import Carried, carried
from vendepunkt.numerics.threestep.checks import check_kind, check_two_waves, inverse
from vendepunkt.numerics.threestep.fit import latent_patterns
from vendepunkt.terms import choose

#: A cell that is not further below zero is zero but for rounding.
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class CorrectedTable:
    """Classes of two waves crossed, errors of placing taken out.

    Cells may be negative: they stand as they come out. The likelihood of
    :func:`vendepunkt.numerics.threestep.three_step` keeps them inside.

    Attributes
    ----------
    value
        ``(p,)``.
    names
        What each entry is.
    shapes
        By name, where an estimate stands in the vector and its shape: ``shares`` (2, K),
        ``initial`` (K,), ``steps`` (1, K, K) and ``first_last`` (K, K) as joint probabilities.
    apparent
        ``(K, K)`` the table of placings itself.
    n
        People placed at both waves.
    influence, known
        As in :class:`vendepunkt.numerics.threestep.ThreeStepEstimates`.
    """

    value: Floats
    names: tuple[str, ...]
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]]
    apparent: Floats
    n: float
    influence: Influence
    known: Influence
    _people: SequenceData = field(repr=False)

    @property
    def negative(self) -> tuple[tuple[int, int], ...]:
        """From and to, from 0, of the cells below zero."""
        return tuple((int(j), int(k)) for j, k in np.argwhere(self.get("first_last") < -NOTHING))

    def get(self, name: str) -> Floats:
        """Give an estimate in its shape."""
        where, shape = self.shapes[choose(name, tuple(self.shapes), "estimate")]
        return self.value[where].reshape(shape)

    def covariance(
        self, kind: str = "robust", design: VarianceOfTotal | None = None, *, carry: bool = True
    ) -> Floats:
        """Give the covariance, as :meth:`ThreeStepEstimates.covariance` does, ``(p, p)``."""
        check_kind(kind, design)
        found = self.influence if carry else self.known
        return variance_of_scores(self._people, found.values / self._people.scale, kind, design)


def corrected_table(assignment: Assignment) -> CorrectedTable:
    """Cross the classes of two waves with the errors of placing taken out.

    People placed at both waves are crossed; the table is multiplied by the inverse matrices of
    errors from both sides.

    Parameters
    ----------
    assignment
        Steps one and two, of exactly two waves.

    Raises
    ------
    UsageError
        With code ``bch_two_waves`` if there are more or fewer waves.
    DataError
        If nobody is placed at both waves, or the errors cannot be inverted.

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> from vendepunkt.numerics.threestep import assign, measure_waves
    >>> paths = np.repeat([[0, 0], [1, 1], [1, 0]], [60, 30, 10], axis=0).ravel()
    >>> items = [Item("binary", paths.astype(np.int32), np.arange(2.0)) for _ in range(3)]
    >>> table = corrected_table(assign(measure_waves(items, 2, 2, seed=1)))
    >>> table.get("shares").round(2).tolist(), table.negative
    ([[0.6, 0.4], [0.7, 0.3]], ())
    """
    measured = assignment.measurement
    check_two_waves(measured.waves)
    people = SequenceData.collapse(
        measured.items, measured.waves, weights=measured.weights, freq=measured.freq
    )
    _, latent = latent_patterns(assignment, people)
    both = np.asarray((latent >= 0).all(axis=1), dtype=np.float64)
    weight = people.weight * both
    total = float(weight.sum())
    left, right = inverse(assignment.errors[0]), inverse(assignment.errors[1])
    crossed = _crossed(assignment.rules, latent, weight)
    corrected = left.T @ crossed @ right
    first = carried(assignment, latent)
    own = _own(assignment.rules, latent, both) - crossed * both[:, None, None]
    known = left.T @ own @ right / total * people.scale
    through = known + _through_errors(assignment, first, corrected, left, right)
    if assignment.rule == "proportional":
        for moved in first.nearby(assignment):
            change = _crossed(moved.up, latent, weight) - _crossed(moved.down, latent, weight)
            slope = left.T @ change @ right / (2 * moved.by)
            through = through + moved.influence[:, None, None] * slope
    value, names, shapes = _vector(corrected)
    spread = _spread(measured.classes)
    return CorrectedTable(
        value=value,
        names=names,
        shapes=shapes,
        apparent=crossed,
        n=float(_people_placed(people, both)),
        influence=Influence(
            through.reshape(len(latent), -1) @ spread.T, people.row_to_pattern, names
        ),
        known=Influence(known.reshape(len(latent), -1) @ spread.T, people.row_to_pattern, names),
        _people=people,
    )


def _own(rules: Sequence[Floats], latent: Codes, both: Floats) -> Floats:
    """Give where each person is placed at both waves, ``(P, K, K)``."""
    one, other = (rule[latent[:, t]] for t, rule in enumerate(rules))
    return np.asarray(one[:, :, None] * other[:, None, :] * both[:, None, None])


def _crossed(rules: Sequence[Floats], latent: Codes, weight: Floats) -> Floats:
    """Cross the placings of both waves, as shares."""
    one, other = (rule[latent[:, t]] for t, rule in enumerate(rules))
    return np.asarray((one * weight[:, None]).T @ other / weight.sum())


def _people_placed(people: SequenceData, both: Floats) -> float:
    there = people.row_to_pattern >= 0
    counted = np.ones(people.n_rows) if people.freq is None else people.freq
    return float(counted[there] @ both[people.row_to_pattern[there]])


def _through_errors(
    assignment: Assignment, first: Carried, corrected: Floats, left: Floats, right: Floats
) -> Floats:
    """Give how people move the table through the errors of both waves, ``(P, K, K)``."""
    size = assignment.measurement.classes
    one, other = np.split(first.by_wave.reshape(-1, 2 * size, size), 2, axis=1)
    # d (D'^-1 N E^-1) = - D'^-1 dD' P - P dE E^-1
    before = left.T @ one.transpose(0, 2, 1) @ corrected
    after = corrected @ other @ right
    return np.asarray(-before - after)


def _spread(size: int) -> Floats:
    """Give how shares, first wave, step and whole depend on the cells, ``(p, K K)``."""
    cells = np.eye(size * size)
    table = cells.reshape(size, size, -1)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    return np.concatenate([rows, columns, rows, cells, cells])


def _vector(
    corrected: Floats,
) -> tuple[Floats, tuple[str, ...], dict[str, tuple[slice, tuple[int, ...]]]]:
    size = len(corrected)
    parts = {
        "shares": (2, size), "initial": (size,), "steps": (1, size, size),
        "first_last": (size, size),
    }  # fmt: skip
    shapes: dict[str, tuple[slice, tuple[int, ...]]] = {}
    begin = 0
    for name, shape in parts.items():
        shapes[name] = (slice(begin, begin + int(np.prod(shape))), shape)
        begin = shapes[name][0].stop
    names = tuple(
        f"{name} {' '.join(str(i + 1) for i in place)}"
        for name, shape in parts.items()
        for place in np.ndindex(*shape)
    )
    return _spread(size) @ corrected.ravel(), names, shapes
