"""The slow, obvious twin of the latent class engine: the referee of its likelihoods and errors.

Everything is written for every row as the textbook formula says, in log space: no collapsing of
rows, no acceleration, no shared code with the package. A model is a list of item models, each of
which maps an unconstrained parameter vector to the log-density of every row in every class.
Derivatives are taken numerically: the gradient by the complex step (exact to rounding) and the
Hessian by central differences of that gradient.

References
----------
.. [1] Squire, W., Trapp, G. (1998). Using complex variables to estimate derivatives of real
   functions. SIAM Review 40, 110-112. https://doi.org/10.1137/S003614459631241X
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import loggamma

Real = NDArray[np.float64]
Any_ = NDArray[Any]


def log_softmax(logits: Any_) -> Any_:
    """Log of exp(logits) / sum(exp(logits)) over axis 0; complex numbers are allowed."""
    top = logits.real.max(axis=0)
    return logits - (top + np.log(np.exp(logits - top).sum(axis=0)))


class ItemModel(Protocol):
    """One item: how many unconstrained parameters, and the log-density of each row (n, K)."""

    n_parameters: int

    def log_density(self, theta: Any_) -> Any_: ...

    def profile(self, theta: Any_) -> Any_: ...

    def invert(self, profile: Real) -> Real: ...


@dataclass
class Nominal:
    """Free probabilities per class: logits against a base category of each class."""

    codes: NDArray[np.int_]
    categories: int
    classes: int
    base: NDArray[np.int_] = field(default_factory=lambda: np.zeros(0, dtype=int))

    def __post_init__(self) -> None:
        if self.base.size == 0:
            self.base = np.zeros(self.classes, dtype=int)
        self.n_parameters = (self.categories - 1) * self.classes

    def profile(self, theta: Any_) -> Any_:
        table = np.zeros((self.categories, self.classes), dtype=theta.dtype)
        free = theta.reshape(self.classes, self.categories - 1)
        for k in range(self.classes):
            table[np.arange(self.categories) != self.base[k], k] = free[k]
        return np.exp(log_softmax(table))

    def log_density(self, theta: Any_) -> Any_:
        logs = np.log(self.profile(theta) + 1e-300)
        return np.where((self.codes >= 0)[:, None], logs[np.maximum(self.codes, 0)], 0.0)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of a table of probabilities (V, K)."""
        self.base = profile.argmax(axis=0)
        safe = np.log(np.maximum(profile, 1e-300))
        return np.concatenate(
            [
                np.delete(safe[:, k] - safe[self.base[k], k], self.base[k])
                for k in range(self.classes)
            ]
        )


@dataclass
class Ordinal:
    """Adjacent-category logit: log p_c / p_{c-1} = a_c + b_k, with b of class 0 fixed at 0."""

    codes: NDArray[np.int_]
    categories: int
    classes: int

    def __post_init__(self) -> None:
        self.n_parameters = self.categories - 1 + self.classes - 1

    def profile(self, theta: Any_) -> Any_:
        a = np.concatenate([[0.0], np.cumsum(theta[: self.categories - 1])])
        b = np.concatenate([[0.0], theta[self.categories - 1 :]])
        return np.exp(log_softmax(a[:, None] + np.arange(self.categories)[:, None] * b))

    def log_density(self, theta: Any_) -> Any_:
        logs = np.log(self.profile(theta) + 1e-300)
        return np.where((self.codes >= 0)[:, None], logs[np.maximum(self.codes, 0)], 0.0)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of a table of probabilities (V, K) of this form."""
        steps = np.diff(np.log(profile), axis=0)
        return np.concatenate([steps[:, 0], (steps[0] - steps[0, 0])[1:]])


@dataclass
class Monotone:
    """Continuation probabilities P(Y > c | Y >= c) that never fall from class to class."""

    codes: NDArray[np.int_]
    categories: int
    classes: int

    def __post_init__(self) -> None:
        self.n_parameters = (self.categories - 1) * self.classes

    def profile(self, theta: Any_) -> Any_:
        steps = theta.reshape(self.categories - 1, self.classes)
        logit = np.concatenate([steps[:, :1], np.exp(steps[:, 1:])], axis=1).cumsum(axis=1)
        go_on = 1.0 / (1.0 + np.exp(-logit))
        reach = np.ones(self.classes, dtype=theta.dtype)
        rows = []
        for c in range(self.categories - 1):
            rows.append(reach * (1.0 - go_on[c]))
            reach = reach * go_on[c]
        return np.vstack([*rows, reach])

    def log_density(self, theta: Any_) -> Any_:
        logs = np.log(self.profile(theta) + 1e-300)
        return np.where((self.codes >= 0)[:, None], logs[np.maximum(self.codes, 0)], 0.0)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of probabilities (V, K) strictly in order."""
        reach = profile[::-1].cumsum(axis=0)[::-1]
        go_on = reach[1:] / reach[:-1]
        logit = np.log(go_on / (1.0 - go_on))
        return np.column_stack([logit[:, :1], np.log(np.diff(logit, axis=1))]).ravel()


@dataclass
class Count:
    """Poisson with a mean per class."""

    values: Real
    classes: int

    def __post_init__(self) -> None:
        self.n_parameters = self.classes

    def profile(self, theta: Any_) -> Any_:
        return np.exp(theta)[None, :]

    def log_density(self, theta: Any_) -> Any_:
        y = np.nan_to_num(self.values)[:, None]
        logs = y * theta - np.exp(theta) - loggamma(y + 1.0)
        return np.where(np.isnan(self.values)[:, None], 0.0, logs)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of the printed means."""
        return np.log(profile[0])


@dataclass
class NegativeBinomial:
    """A mean per class and one size r shared by the classes; variance = mu + mu**2 / r."""

    values: Real
    classes: int

    def __post_init__(self) -> None:
        self.n_parameters = self.classes + 1

    def profile(self, theta: Any_) -> Any_:
        return np.vstack([np.exp(theta[:-1]), np.repeat(np.exp(theta[-1]), self.classes)])

    def log_density(self, theta: Any_) -> Any_:
        y = np.nan_to_num(self.values)[:, None]
        mean, size = np.exp(theta[:-1]), np.exp(theta[-1])
        logs = (
            loggamma(y + size)
            - loggamma(size + 0.0)
            - loggamma(y + 1.0)
            + size * (theta[-1] - np.log(size + mean))
            + y * (theta[:-1] - np.log(size + mean))
        )
        return np.where(np.isnan(self.values)[:, None], 0.0, logs)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of the printed means and size."""
        return np.log(np.append(profile[0], profile[1, 0]))


@dataclass
class Continuous:
    """Gaussian with a mean per class and one variance shared by the classes."""

    values: Real
    classes: int

    def __post_init__(self) -> None:
        self.n_parameters = self.classes + 1

    def profile(self, theta: Any_) -> Any_:
        return np.vstack([theta[:-1], np.repeat(np.exp(2.0 * theta[-1]), self.classes)])

    def log_density(self, theta: Any_) -> Any_:
        y = np.nan_to_num(self.values)[:, None]
        z = (y - theta[:-1]) / np.exp(theta[-1])
        logs = -0.5 * z**2 - theta[-1] - 0.5 * np.log(2.0 * np.pi)
        return np.where(np.isnan(self.values)[:, None], 0.0, logs)

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of the printed means and variance."""
        return np.append(profile[0], 0.5 * np.log(profile[1, 0]))


@dataclass
class Pair:
    """Two nominal items: main effects per class, one log-linear association for all classes.

    A row with one of the two answers missing contributes its marginal probability.
    """

    first: NDArray[np.int_]
    second: NDArray[np.int_]
    sizes: tuple[int, int]
    classes: int

    def __post_init__(self) -> None:
        c1, c2 = self.sizes
        self.n_parameters = self.classes * (c1 - 1 + c2 - 1) + (c1 - 1) * (c2 - 1)

    def joint(self, theta: Any_) -> Any_:
        """Probabilities (C1, C2, K)."""
        c1, c2 = self.sizes
        cut1, cut2 = self.classes * (c1 - 1), self.classes * (c1 + c2 - 2)
        logits = np.zeros((c1, c2, self.classes), dtype=theta.dtype)
        logits[1:] += theta[:cut1].reshape(c1 - 1, 1, self.classes)
        logits[:, 1:] += theta[cut1:cut2].reshape(1, c2 - 1, self.classes)
        logits[1:, 1:] += theta[cut2:].reshape(c1 - 1, c2 - 1, 1)
        return np.exp(log_softmax(logits.reshape(c1 * c2, self.classes))).reshape(logits.shape)

    def profile(self, theta: Any_) -> Any_:
        """Margins of the first and of the second item, then the log odds ratios."""
        joint = self.joint(theta)
        cut2 = self.classes * (sum(self.sizes) - 2)
        link = np.repeat(theta[cut2:, None], self.classes, axis=1)
        return np.vstack([joint.sum(axis=1), joint.sum(axis=0), link])

    def log_density(self, theta: Any_) -> Any_:
        joint = self.joint(theta)
        first, second = np.maximum(self.first, 0), np.maximum(self.second, 0)
        seen = [
            (self.first >= 0) & (self.second >= 0),
            (self.first >= 0) & (self.second < 0),
            (self.first < 0) & (self.second >= 0),
        ]
        told = [joint[first, second], joint.sum(axis=1)[first], joint.sum(axis=0)[second]]
        return np.log(np.select([mask[:, None] for mask in seen], told, 1.0))

    def invert(self, profile: Real) -> Real:
        """Unconstrained parameters of margins and log odds ratios, by proportional fitting."""
        c1, c2 = self.sizes
        link = profile[c1 + c2 :, 0].reshape(c1 - 1, c2 - 1)
        joint = np.ones((c1, c2, self.classes))
        joint[1:, 1:] = np.exp(link)[:, :, None]
        for _ in range(2000):
            joint *= (profile[:c1] / joint.sum(axis=1))[:, None]
            joint *= (profile[c1 : c1 + c2] / joint.sum(axis=0))[None]
        logs = np.log(joint)
        first, second = logs[1:, 0] - logs[0, 0], logs[0, 1:] - logs[0, 0]
        return np.concatenate([first.ravel(), second.ravel(), link.ravel()])


@dataclass
class Mixture:
    """A latent class model: log-likelihood, posterior and information, row by row.

    Parameters
    ----------
    items
        Item models of the same rows and number of classes.
    classes
        Number of classes K; class 0 is the reference of the membership logits.
    membership
        Design matrix (n, Q) of the one-step covariates, with its constant; None for plain shares.
    weights
        Weight of every row (n,); one each when None.
    """

    items: Sequence[ItemModel]
    classes: int
    membership: Real | None = None
    weights: Real | None = None

    @property
    def n_membership(self) -> int:
        q = 1 if self.membership is None else self.membership.shape[1]
        return q * (self.classes - 1)

    @property
    def n_parameters(self) -> int:
        return self.n_membership + sum(item.n_parameters for item in self.items)

    def split(self, theta: Any_) -> list[Any_]:
        """Parameters of membership, then of each item."""
        cuts = np.cumsum([self.n_membership] + [item.n_parameters for item in self.items])
        return np.split(theta, cuts[:-1])

    def log_shares(self, theta: Any_) -> Any_:
        """Log prior of each class: (K, 1) without covariates, (K, n) with."""
        x = np.ones((1, 1)) if self.membership is None else self.membership
        free = (x @ self.split(theta)[0].reshape(x.shape[1], self.classes - 1)).T
        return log_softmax(np.vstack([np.zeros((1, free.shape[1])), free]))

    def log_joint(self, theta: Any_) -> Any_:
        """log P(class k) f(row i | class k), as (n, K)."""
        parts = self.split(theta)[1:]
        terms = [item.log_density(part) for item, part in zip(self.items, parts, strict=True)]
        return sum(terms) + self.log_shares(theta).T

    def row_loglik(self, theta: Any_) -> Any_:
        """Log-likelihood of each row (n,)."""
        joint = self.log_joint(theta)
        top = joint.real.max(axis=1)
        return top + np.log(np.exp(joint - top[:, None]).sum(axis=1))

    def posterior(self, theta: Real) -> Real:
        """P(class | row), (n, K)."""
        return np.exp(self.log_joint(theta) - self.row_loglik(theta)[:, None])

    def loglik(self, theta: Any_) -> Any:
        w = 1.0 if self.weights is None else self.weights
        return np.sum(w * self.row_loglik(theta))

    def estimates(self, theta: Any_) -> Any_:
        """Shares (or, with covariates, coefficients), then profiles row-major, stacked."""
        parts = self.split(theta)
        head = parts[0] if self.membership is not None else np.exp(self.log_shares(theta)[:, 0])
        tables = [item.profile(part) for item, part in zip(self.items, parts[1:], strict=True)]
        return np.concatenate([head, *[table.ravel() for table in tables]])


def complex_step(function: Callable[[Any_], Any_], at: Real) -> Real:
    """Derivative of a vector function, (outputs, parameters), exact to rounding."""
    columns = []
    for j in range(at.size):
        moved = at.astype(complex)
        moved[j] += 1e-30j
        columns.append(np.imag(np.atleast_1d(function(moved))) / 1e-30)
    return np.stack(columns, axis=1)


def hessian(model: Mixture, theta: Real, step: float = 1e-5) -> Real:
    """Second derivatives of the log-likelihood: central differences of the exact gradient."""
    rows = []
    for j in range(theta.size):
        h = step * max(1.0, abs(theta[j]))
        up, down = theta.copy(), theta.copy()
        up[j] += h
        down[j] -= h
        slope = complex_step(model.loglik, up)[0] - complex_step(model.loglik, down)[0]
        rows.append(slope / (2.0 * h))
    table = np.array(rows)
    return (table + table.T) / 2.0


def covariances(
    model: Mixture, theta: Real, *, free: NDArray[np.bool_] | None = None
) -> dict[str, Real]:
    """Covariance of `Mixture.estimates` by the delta method: ``opg``, ``hessian``, ``robust``.

    Parameters held at a boundary are excluded by `free` (one flag per unconstrained parameter).
    With weights, ``opg`` and ``robust`` use the squared weight of each row.
    """
    keep = np.ones(theta.size, dtype=bool) if free is None else free
    scores = complex_step(model.row_loglik, theta)[:, keep]
    if model.weights is not None:
        scores = scores * model.weights[:, None]
    meat = scores.T @ scores
    bread = np.linalg.inv(-hessian(model, theta)[np.ix_(keep, keep)])
    jacobian = complex_step(model.estimates, theta)[:, keep]
    cores = {"opg": np.linalg.inv(meat), "hessian": bread, "robust": bread @ meat @ bread}
    return {kind: jacobian @ core @ jacobian.T for kind, core in cores.items()}


def em_nominal(
    codes: NDArray[np.int_],
    categories: Sequence[int],
    shares: Real,
    profiles: Sequence[Real],
    *,
    weights: Real | None = None,
    steps: int = 1,
) -> tuple[Real, list[Real], list[float]]:
    """Plain EM for nominal items with missing cells; the log-likelihood before each step."""
    n, n_items = codes.shape
    w = np.ones(n) if weights is None else weights
    tables = [np.array(table) for table in profiles]
    path = []
    for _ in range(steps):
        joint = np.tile(np.log(shares), (n, 1))
        for j in range(n_items):
            seen = codes[:, j] >= 0
            joint[seen] += np.log(np.maximum(tables[j], 1e-300))[codes[seen, j]]
        top = joint.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))
        path.append(float(np.sum(w * total)))
        weighted = w[:, None] * np.exp(joint - total[:, None])
        shares = weighted.sum(axis=0) / w.sum()
        for j in range(n_items):
            for c in range(categories[j]):
                tables[j][c] = weighted[codes[:, j] == c].sum(axis=0)
            tables[j] /= tables[j].sum(axis=0)
    return shares, tables, path


def enumerate_patterns(categories: Sequence[int]) -> NDArray[np.int_]:
    """Every complete answer pattern of items with these numbers of categories."""
    grids = np.meshgrid(*[np.arange(c) for c in categories], indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1)
