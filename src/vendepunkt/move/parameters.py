"""The free parameters behind a fit: how sure they are, and what hangs on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.move.ground import Ground
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.numerics.errors import inverse_information, variance_of_scores
from vendepunkt.numerics.markov import MarkovFit
from vendepunkt.numerics.markov.fit import described
from vendepunkt.numerics.markov.information import ChainDerivatives, derivatives, move, scores

Floats = npt.NDArray[np.float64]

#: What hangs on the parameters is differenced over so much of each, a logit.
APART = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The free parameters of a fit, as logits around the estimate.

    Attributes
    ----------
    fit
        The fit.
    found
        The derivatives of its log-likelihood.
    covariance : (q, q)
        Of the free parameters, by the kind of the model's errors.
    values : (P, q)
        Influence of each sequence on them, per unit of scaled weight.
    row_to_pattern : (N,)
        Sequence of each person.
    scale
        By which weights were scaled.
    """

    fit: MarkovFit
    found: ChainDerivatives
    covariance: Floats
    values: Floats
    row_to_pattern: npt.NDArray[np.int32]
    scale: float

    @classmethod
    def of(cls, material: MoveMaterial, model: MoveModel) -> Parameters:
        """Differentiate the log-likelihood of a model once more, in its free parameters."""
        fit, data = model.fit, material.data
        found = derivatives(fit.chain, fit.state)
        bread, _ = inverse_information(-found.hessian)
        score = scores(fit.chain, fit.state, found)
        values = score @ bread
        kind, design = model.errors.kind, material.design
        if kind == "opg":
            bread = inverse_information((score * data.weight[:, None]).T @ score)[0]
        covariance = bread
        if kind in ("robust", "design"):
            covariance = variance_of_scores(data, values, kind, design)
        return cls(fit, found, covariance, values, data.row_to_pattern, data.scale)

    @property
    def size(self) -> int:
        """Number of free parameters."""
        return self.found.n_free

    def moved(self, step: Floats) -> MarkovFit:
        """Give the fit after its free parameters moved by `step` (q,)."""
        made = self.fit.chain
        state = move(made, self.fit.state, self.found.locals, self.found.first, step)
        return described(self.fit, made, state)

    def drawn(self, rng: np.random.Generator) -> MarkovFit:
        """Draw the parameters from a normal distribution around the estimate."""
        values, vectors = np.linalg.eigh(self.covariance)
        spread = np.sqrt(values.clip(min=0.0)) * rng.standard_normal(len(values))
        return self.moved(vectors @ spread)

    def gradient(self, of: Callable[[MarkovFit], Floats]) -> Floats:
        """Differentiate m numbers by the free parameters, (m, q)."""
        columns = [
            (of(self.moved(step)) - of(self.moved(-step))) / (2 * APART)
            for step in APART * np.eye(self.size)
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((of(self.fit).size, 0))

    def influence(self, gradient: Floats, weights: Floats | None) -> Floats:
        """Give what each person adds to m numbers through the parameters, (N, m).

        Parameters
        ----------
        gradient : (m, q)
            Of the numbers by the parameters.
        weights : (N,) or None
            Panel weights as they stand in the data.
        """
        out = np.zeros((len(self.row_to_pattern), len(gradient)))
        kept = self.row_to_pattern >= 0
        by_sequence = (self.values @ gradient.T) * self.scale
        out[kept] = by_sequence[self.row_to_pattern[kept]]
        return out if weights is None else out * np.where(kept, weights, 0.0)[:, None]


def person_weights(ground: Ground) -> Floats:
    """Give what each person counts for once, frequencies aside, (N,); 0 for people not used."""
    material = ground.material
    each = np.ones(len(material.used)) if material.weights is None else material.weights
    return np.where(material.used, each, 0.0)


def person_variance(ground: Ground, values: Floats) -> Floats | None:
    """Give the covariance of totals of `values` (N, m), which hold the weights already.

    By the design where errors are, else as if people had been drawn one by one; None where the
    model is not identified.
    """
    design = ground.material.panel.design
    if not ground.model.errors.identified:
        return None
    if design is None or ground.model.errors.kind != "design":
        freq = None if design is None else design.freq
        each = values if freq is None else values * np.sqrt(freq)[:, None]
        return np.asarray(each.T @ each)
    rows = np.arange(design.n, dtype=np.int32)
    if design.replicate_weights is None:
        return np.asarray(design.variance(values, rows, weights=np.ones(design.n)).covariance)
    own = design.analysis_weights[:, None]
    each = np.divide(values, own, out=np.zeros_like(values), where=own > 0)
    return np.asarray(design.variance(each, rows).covariance)
