"""What three steps say of movement, with the uncertainty of the first step carried to the last.

The estimating equations of all steps are stacked: the scores of the measurement model, the
definition of the errors of placing, and the scores of step three. Their joint linearisation gives
each person one influence value per estimate, whatever step the person moves it through.

The rule of modal placing jumps with the measurement model, but a rule that moves together with its
own error matrix moves nothing in expectation; so it is held as it is. Proportional placing is
smooth, and is differentiated.

References
----------
Gong, G. & Samaniego, F. J. (1981). Pseudo maximum likelihood estimation: theory and applications.
Annals of Statistics 9(4), 861-869. https://doi.org/10.1214/aos/1176345526

Bakk, Z., Oberski, D. L. & Vermunt, J. K. (2014). Relating latent class assignments to external
variables: standard errors for correct inference. Political Analysis 22(4), 520-540.
https://doi.org/10.1093/pan/mpu003
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vendepunkt.numerics.errors import (
    Influence,
    VarianceOfTotal,
    inverse_information,
    variance_of_scores,
)
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov import movement_estimates
from vendepunkt.numerics.markov.climb import expect_all
from vendepunkt.numerics.markov.estimates import vector
from vendepunkt.numerics.markov.implied import covariate_groups
from vendepunkt.numerics.markov.information import APART, derivatives, move, scores
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.numerics.threestep.carried import Carried, carried
from vendepunkt.numerics.threestep.checks import check_kind
from vendepunkt.numerics.threestep.fit import ThreeStep
from vendepunkt.terms import choose

#: Estimates are differenced over so much of each free parameter, a logit.
NEAR = 1e-5


@dataclass(frozen=True, slots=True)
class ThreeStepEstimates:
    """Everything estimated about movement in three steps, as one vector.

    Attributes
    ----------
    value
        ``(p,)``.
    names
        What each entry is.
    shapes
        By name, where an estimate stands in the vector and its shape, as in
        :class:`vendepunkt.numerics.markov.MovementEstimates`: ``shares`` (T, M), ``initial`` (K,),
        ``steps`` (T - 1, M, M) and ``first_last`` (M, M) as joint probabilities,
        ``initial_coefficients``, ``transition_coefficients`` and ``rates`` where there are any;
        and ``errors`` (T, K, K) [wave][true][assigned].
    influence
        Influence of people on the estimates through all steps, by the convention of
        :class:`vendepunkt.numerics.errors.Influence`.
    known
        The same as if the errors of placing were known: through step three alone.
    rank, n_free
        Rank of the information of step three and number of its free interior parameters.
    """

    value: Floats
    names: tuple[str, ...]
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]]
    influence: Influence
    known: Influence
    rank: int
    n_free: int
    _people: SequenceData = field(repr=False)

    @property
    def identified(self) -> bool:
        """Whether every interior parameter has information of its own."""
        return self.rank == self.n_free

    def get(self, name: str) -> Floats:
        """Give an estimate in its shape."""
        where, shape = self.shapes[choose(name, tuple(self.shapes), "estimate")]
        return self.value[where].reshape(shape)

    def covariance(
        self, kind: str = "robust", design: VarianceOfTotal | None = None, *, carry: bool = True
    ) -> Floats:
        """Give the covariance of the vector, ``(p, p)``.

        Parameters
        ----------
        kind
            ``"robust"`` or ``"design"``, which needs `design`.
        design
            The sampling design over the same people.
        carry
            Carry the uncertainty of the first step; False treats the errors of placing as known,
            which is printed beside.
        """
        check_kind(kind, design)
        found = self.influence if carry else self.known
        return variance_of_scores(self._people, found.values / self._people.scale, kind, design)


def three_step_estimates(found: ThreeStep) -> ThreeStepEstimates:
    """Give what three steps say of movement, with the uncertainty of all of them.

    Parameters
    ----------
    found
        The fit of all three steps.

    Examples
    --------
    >>> import numpy as np
    >>> from vendepunkt.numerics import Item
    >>> from vendepunkt.numerics.threestep import assign, measure_waves, three_step
    >>> rng = np.random.default_rng(1)
    >>> people = rng.random((500, 2)) < 0.4
    >>> items = []
    >>> for _ in range(4):
    ...     right = rng.random(people.shape) < 0.85
    ...     items.append(Item("binary", (people == right).ravel().astype(np.int32), np.arange(2.0)))
    >>> fitted = three_step(assign(measure_waves(items, 2, 2, seed=1)), seed=1)
    >>> estimates = three_step_estimates(fitted)
    >>> where = estimates.shapes["steps"][0]
    >>> carried, known = (
    ...     np.sqrt(np.diag(estimates.covariance(carry=carry))[where]).mean()
    ...     for carry in (True, False)
    ... )
    >>> bool(carried > known)
    True
    """
    people, made, state = found.placings.people, found.fit.chain, found.fit.state
    moving = movement_estimates(found.data, found.fit)
    kept = _without_profiles(moving.shapes)
    first = carried(found.assignment, found.placings.latent)
    local = derivatives(made, state)
    bread, _ = inverse_information(-local.hessian)
    groups = covariate_groups(made)

    def nearby(by: float) -> list[Floats]:
        units = np.eye(local.n_free)
        return [move(made, state, local.locals, local.first, by * unit) for unit in units]

    jacobian = np.zeros((len(moving.value), local.n_free))
    pairs = zip(nearby(NEAR), nearby(-NEAR), strict=True)
    for i, (up, down) in enumerate(pairs):
        high, low = (vector(found.fit, made, at, groups)[0] for at in (up, down))
        jacobian[:, i] = (high - low) / (2 * NEAR)
    pull = first.influence @ _cross(found, [*nearby(APART), *nearby(-APART)]).T
    if found.assignment.rule == "proportional":
        pull = pull + _through_rules(found, first, scores(made, state, local))
    own = np.zeros((people.n_patterns, len(moving.value)))
    share = found.placings.fractions(found.assignment.rules)
    there = found.row >= 0
    np.add.at(
        own,
        found.placings.owner[there],
        share[there, None] * moving.influence.values[found.row[there]],
    )
    known = own[:, kept] * people.scale
    total = known + (pull @ bread @ jacobian.T)[:, kept]
    value, names, shapes = _with_errors(found, moving.value, moving.names, moving.shapes)
    return ThreeStepEstimates(
        value=value,
        names=names,
        shapes=shapes,
        influence=Influence(
            np.concatenate([total, first.by_wave], axis=1), people.row_to_pattern, names
        ),
        known=Influence(
            np.concatenate([known, np.zeros_like(first.by_wave)], axis=1),
            people.row_to_pattern,
            names,
        ),
        rank=moving.rank,
        n_free=moving.n_free,
        _people=people,
    )


def _cross(found: ThreeStep, states: Sequence[Floats]) -> Floats:
    """Differentiate the score of step three by the errors of placing, ``(q, G K K)``.

    The log-likelihood changes with the logarithm of an error by the number of people it is
    expected to have befallen; so the score does by the change of that number with the parameters.
    """
    counts = np.stack(
        [
            np.stack([item.sum(axis=1) for item in one.items])  # (G, assigned, state)
            for one in expect_all(found.fit.chain, np.stack(states))
        ]
    )
    free = len(states) // 2
    change = (counts[:free] - counts[free:]) / (2 * APART)
    errors = np.stack([group.errors for group in found.assignment.groups])
    change = change[..., : errors.shape[1]].transpose(0, 1, 3, 2)  # [parameter][group][true][to]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(errors > 0, change / errors, 0.0)
    return np.asarray(slope.reshape(free, -1))


def _through_rules(found: ThreeStep, first: Carried, score: Floats) -> Floats:
    """Give how people move the score of step three through where others are placed, ``(P, q)``."""
    weight, there = found.placings.people.weight[found.placings.owner], found.row >= 0
    out = np.zeros((found.placings.people.n_patterns, score.shape[1]))
    for moved in first.nearby(found.assignment):
        change = found.placings.fractions(moved.up) - found.placings.fractions(moved.down)
        slope = (weight * change)[there] @ score[found.row[there]] / (2 * moved.by)
        out += moved.influence[:, None] * slope
    return out


def _without_profiles(shapes: Mapping[str, tuple[slice, tuple[int, ...]]]) -> list[int]:
    return [
        i
        for name, (where, _) in shapes.items()
        if not name.startswith("profile ")
        for i in range(where.start, where.stop)
    ]


def _with_errors(
    found: ThreeStep,
    value: Floats,
    names: Sequence[str],
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]],
) -> tuple[Floats, tuple[str, ...], dict[str, tuple[slice, tuple[int, ...]]]]:
    """Put the errors of placing where the known profiles stood."""
    kept = _without_profiles(shapes)
    errors = found.assignment.errors
    out: dict[str, tuple[slice, tuple[int, ...]]] = {}
    begin = 0
    for name, (where, shape) in shapes.items():
        if not name.startswith("profile "):
            out[name] = (slice(begin, begin + where.stop - where.start), shape)
            begin = out[name][0].stop
    out["errors"] = (slice(begin, begin + errors.size), errors.shape)
    named = [f"errors {t + 1} {x + 1} {s + 1}" for t, x, s in np.ndindex(*errors.shape)]
    return (
        np.concatenate([value[kept], errors.ravel()]),
        (*(names[i] for i in kept), *named),
        out,
    )
