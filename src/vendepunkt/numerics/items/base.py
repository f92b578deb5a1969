"""What every type of item must be able to say about itself.

An item type sees an item as a table over its *distinct values*: whatever the type, the engine only
gathers one row of densities per answer and adds posterior weights to one row of counts. So a count
or a measurement costs no more than a category, and all types mix in one model.

Notes
-----
Symbols: ``V`` distinct values, ``K`` classes, ``D`` rows of the state, ``d`` free parameters that
one class can see, ``M`` rows of the printed profile. A *state* ``(D, K)`` holds the parameters of
an item for each class; a parameter shared by all classes is repeated along ``K``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: No probability is let under this, so that a product over many items stays a number.
FLOOR = 1e-10

#: Nearer to 0 or 1 than this, a probability is held fixed in the information (METHODS 3).
BOUNDARY = 1e-4


@dataclass(frozen=True, slots=True)
class Local:
    """The free parameters of one item and how they act, at one state.

    Attributes
    ----------
    index
        ``(K, d)`` number of the item's free parameter behind each column of `score`; -1 where the
        class has no such parameter or it is held fixed.
    n_free
        Number of distinct free parameters of the item.
    score
        ``(V, K, d)`` derivative of the log density of each value.
    curvature
        ``(K, d, d)`` second derivatives of the log density, summed over the expected counts.
    jacobian
        ``(M, K, d)`` derivative of the printed profile.
    """

    index: Integers
    n_free: int
    score: Floats
    curvature: Floats
    jacobian: Floats


class ItemType(Protocol):
    """One type of item, bound to the distinct values of one item.

    Attributes
    ----------
    kernel_kind
        Number under which the compiled dispatcher knows the type.
    accelerated
        Whether extrapolating the state keeps it inside the parameter space.
    n_values
        ``V``, distinct values (an item's density table has one more row, of ones, for missing).
    n_state
        ``D``, rows of the state.
    shape
        Two numbers the compiled functions need beside `values`; zeros where there are none.
    values
        ``(V,)`` the distinct values.
    """

    kernel_kind: int
    accelerated: bool
    n_values: int
    n_state: int
    shape: tuple[int, int]
    values: Floats

    def start(self, rng: np.random.Generator, counts: Floats, classes: int) -> Floats:
        """Draw a random state ``(D, K)``; `counts` ``(V,)`` are the answers of everybody."""

    def log_density(self, state: Floats) -> Floats:
        """Give the log density of each value in each class, ``(V, K)``."""

    def maximise(self, counts: Floats, state: Floats, prior: float) -> Floats:
        """Give the state that best fits expected counts ``(V, K)``, starting from `state`."""

    def n_parameters(self, classes: int) -> int:
        """Count the parameters, those estimated at a boundary included."""

    def local(self, state: Floats, counts: Floats) -> Local:
        """Give derivatives at `state`, with curvature summed over expected counts ``(V, K)``."""

    def move(self, state: Floats, local: Local, step: Floats) -> Floats:
        """Give the state after the free parameters moved by `step` ``(n_free,)``."""

    def profile(self, state: Floats) -> Floats:
        """Give what is printed of the item, ``(M, K)``."""

    def profile_rows(self) -> tuple[str, ...]:
        """Name the rows of the profile: ``""`` per category, or ``"mean"``, ``"variance"`` …."""

    def at_boundary(self, state: Floats) -> NDArray[np.bool_]:
        """Mark the printed parameters that lie at 0 or 1, ``(M, K)``."""

    def draw(
        self, rng: np.random.Generator, state: Floats, member: Integers, codes: Integers
    ) -> tuple[Integers, Floats]:
        """Draw answers of people in classes `member` ``(n,)`` who answered as `codes` did.

        Returns the codes ``(n,)``, with missing answers where `codes` has them (``n_values``), and
        the values they point into.
        """


def draw_categories(
    rng: np.random.Generator, probability: Floats, member: Integers, codes: Integers
) -> Integers:
    """Draw categories with `probability` ``(V, K)``; what was missing stays missing."""
    n_values = len(probability)
    upper = (probability / probability.sum(axis=0)).cumsum(axis=0)[:-1].T[member]
    drawn = (rng.random(len(member))[:, None] > upper).sum(axis=1)
    return np.asarray(np.where(codes == n_values, n_values, drawn), dtype=np.int64)


def draw_rows(rng: np.random.Generator, probability: Floats) -> Integers:
    """Draw one place in each row of probabilities ``(n, K)``, which need not sum to 1."""
    upper = probability.cumsum(axis=1)
    pick = rng.random(len(probability)) * upper[:, -1]
    drawn = np.minimum((pick[:, None] > upper).sum(axis=1), probability.shape[1] - 1)
    return np.asarray(drawn, dtype=np.int64)


def draw_numbers(values: Floats, codes: Integers, n_values: int) -> tuple[Integers, Floats]:
    """Code drawn numbers anew; what was missing stays missing."""
    answered = codes < n_values
    distinct, inverse = np.unique(values[answered], return_inverse=True)
    found = np.full(len(codes), len(distinct), dtype=np.int64)
    found[answered] = inverse
    return found, distinct


def softmax(eta: Floats, axis: int = 0) -> Floats:
    """Turn log-odds into probabilities along `axis`."""
    shifted = np.exp(eta - eta.max(axis=axis, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=axis, keepdims=True), dtype=np.float64)


def probability_boundary(probability: Floats) -> NDArray[np.bool_]:
    """Mark probabilities within :data:`BOUNDARY` of 0 or 1."""
    return np.asarray((probability < BOUNDARY) | (probability > 1 - BOUNDARY), dtype=np.bool_)
