"""What is estimated about movement, with influence values and covariance (METHODS 3, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vendepunkt.numerics.errors import (
    KINDS,
    Influence,
    VarianceOfTotal,
    inverse_information,
    variance_of_scores,
)
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.fit import (
    MarkovFit,
    described,
)
from vendepunkt.numerics.markov.implied import (
    CovariateGroups,
    covariate_groups,
    implied,
    of_groups,
)
from vendepunkt.numerics.markov.information import (
    ChainDerivatives,
    derivatives,
    move,
    scores,
)
from vendepunkt.numerics.markov.model import Chain
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.terms import UsageError, choose

#: Estimates are differenced over so much of each free parameter, a logit.
APART = 1e-5


@dataclass(frozen=True, slots=True)
class MovementEstimates:
    """Everything estimated of a latent Markov model, as one vector.

    Attributes
    ----------
    value
        ``(p,)``.
    names
        What each entry is.
    shapes
        By name, where an estimate stands in the vector and its shape: ``shares`` (T, M),
        ``initial`` (K,), ``steps`` (T - 1, M, M) and ``first_last`` (M, M) as joint probabilities,
        ``profile 1``, … (V, K) of each item, and where there are any ``initial_coefficients``,
        ``transition_coefficients``, ``rates``, ``stayers``, ``loadings 1``, ….
    scores
        ``(P, q)`` derivative of each sequence's log-likelihood by the free parameters.
    pull
        ``(q, p)`` how the estimates follow from a unit of score: the inverse information times
        the derivatives of the estimates.
    rank, n_free
        Rank of the information and number of free interior parameters.
    gradient
        ``(q,)`` of the log-likelihood at the estimate; about 0 where converged.
    """

    value: Floats
    names: tuple[str, ...]
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]]
    scores: Floats = field(repr=False)
    pull: Floats = field(repr=False)
    rank: int
    n_free: int
    gradient: Floats
    _jacobian: Floats = field(repr=False)
    _bread: Floats = field(repr=False)
    _sample: Floats | None = field(repr=False)
    _data: SequenceData = field(repr=False)

    @property
    def influence(self) -> Influence:
        """Influence values by the convention of :class:`vendepunkt.numerics.errors.Influence`.

        They are made when asked for: there are as many as sequences times estimates.
        """
        values = self.scores @ self.pull
        if self._sample is not None:
            values += self._sample
        values *= self._data.scale
        return Influence(values, self._data.row_to_pattern, self.names)

    def influence_on(self, by: Floats) -> Floats:
        """Give the influence on functions of the estimates, ``(P, m)``.

        Parameters
        ----------
        by
            ``(p, m)`` derivatives of the functions by the estimates.
        """
        values = self.scores @ (self.pull @ by)
        if self._sample is not None:
            values += self._sample @ by
        return np.asarray(values * self._data.scale)

    @property
    def identified(self) -> bool:
        """Whether every interior parameter has information of its own."""
        return self.rank == self.n_free

    def get(self, name: str) -> Floats:
        """Give an estimate in its shape."""
        where, shape = self.shapes[choose(name, tuple(self.shapes), "estimate")]
        return self.value[where].reshape(shape)

    def covariance(self, kind: str = "robust", design: VarianceOfTotal | None = None) -> Floats:
        """Give the covariance of the vector, ``(p, p)``.

        Parameters
        ----------
        kind
            A key of :data:`vendepunkt.numerics.errors.KINDS`; ``"design"`` needs `design`.
        design
            The sampling design over the same people.
        """
        choose(kind, tuple(KINDS), "--se")
        if kind == "design" and design is None:
            raise UsageError(
                "no_design",
                "Design-based standard errors need a design.",
                try_="--strata, --cluster or --weight, or --se robust",
            )
        data = self._data
        if kind in ("robust", "design") and self._sample is None:
            total = variance_of_scores(data, self.scores, kind, design)
            return np.asarray(self.pull.T @ total @ self.pull)
        if kind in ("robust", "design"):
            values = self.influence.values / data.scale
            return variance_of_scores(data, values, kind, design)
        free = self._bread
        if kind == "opg":
            free = inverse_information((self.scores * data.weight[:, None]).T @ self.scores)[0]
        return np.asarray(self._jacobian @ free @ self._jacobian.T)


def movement_estimates(data: SequenceData, fit: MarkovFit) -> MovementEstimates:
    """Give what a fit says about movement, with its uncertainty.

    Parameters
    ----------
    data
        What the model was fitted to.
    fit
        The model.
    """
    made, state = fit.chain, fit.state
    found = derivatives(made, state)
    groups = covariate_groups(made)
    value, shapes = vector(fit, made, state, groups)
    bread, rank = inverse_information(-found.hessian)
    jacobian = _jacobian(fit, made, state, found, groups, len(value))
    score = scores(made, state, found)
    names = tuple(
        f"{name} {' '.join(str(i + 1) for i in place)}".strip()
        for name, (_, shape) in shapes.items()
        for place in np.ndindex(*shape)
    )
    # Without covariates everybody has the same model probabilities: nothing of the sample's own.
    own = None
    if len(groups.weight) > 1:
        own = _sample_part(made, state, groups, value, shapes)
    return MovementEstimates(
        value=value,
        names=names,
        shapes=shapes,
        scores=score,
        pull=bread @ jacobian.T,
        rank=rank,
        n_free=found.n_free,
        gradient=found.gradient,
        _jacobian=jacobian,
        _bread=bread,
        _sample=own,
        _data=data,
    )


def vector(
    fit: MarkovFit, made: Chain, state: Floats, groups: CovariateGroups
) -> tuple[Floats, dict[str, tuple[slice, tuple[int, ...]]]]:
    """Line up all estimates at `state`."""
    model = implied(made, state, groups)
    now = described(fit, made, state, groups)
    parts: dict[str, Any] = {
        "shares": model.shares,
        "initial": now.initial,
        "steps": model.steps,
        "first_last": model.first_last,
    }
    parts |= {f"profile {j + 1}": profile for j, profile in enumerate(now.profiles)}
    for name in ("initial_coefficients", "transition_coefficients", "rates", "stayers"):
        if getattr(now, name) is not None:
            parts[name] = getattr(now, name)
    for j, loading in enumerate(now.loadings or ()):
        parts[f"loadings {j + 1}"] = loading
    shapes: dict[str, tuple[slice, tuple[int, ...]]] = {}
    begin = 0
    for name, part in parts.items():
        shapes[name] = (slice(begin, begin + part.size), part.shape)
        begin += part.size
    return np.concatenate([part.ravel() for part in parts.values()]), shapes


def _jacobian(
    fit: MarkovFit,
    made: Chain,
    state: Floats,
    found: ChainDerivatives,
    groups: CovariateGroups,
    height: int,
) -> Floats:
    """Differentiate the vector by the free parameters, ``(height, p)``."""
    out = np.zeros((height, found.n_free))
    for i, unit in enumerate(np.eye(found.n_free)):
        up, down = (
            vector(fit, made, move(made, state, found.locals, found.first, step), groups)[0]
            for step in (APART * unit, -APART * unit)
        )
        out[:, i] = (up - down) / (2 * APART)
    return out


def _sample_part(
    made: Chain,
    state: Floats,
    groups: CovariateGroups,
    value: Floats,
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]],
) -> Floats:
    """Give how averages move with who is in the sample, ``(P, p)`` per unit of weight."""
    shares, steps, first_last, stay = of_groups(made, state, groups)
    total = groups.weight.sum()
    out = np.zeros((len(groups.weight), len(value)))
    for name, part in (("shares", shares), ("steps", steps), ("first_last", first_last)):
        where = shapes[name][0]
        out[:, where] = part.reshape(len(part), -1) - value[where]
    k = made.classes
    first = shares[:, 0, :k]
    where = shapes["initial"][0]
    whole = shares[:, 0, :k].sum(axis=1, keepdims=True)
    out[:, where] = first - value[where] * whole
    if "stayers" in shapes:
        where = shapes["stayers"][0]
        mean = np.maximum(value[shapes["initial"][0]], 1e-300)
        out[:, where] = (stay - first * value[where]) / mean
    return np.asarray(out[groups.group_of] / total)
