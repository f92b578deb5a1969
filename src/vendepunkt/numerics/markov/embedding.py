"""Can a transition table come from constant rates at all? A diagnostic, never an estimate.

Notes
-----
A table is embeddable if it is exp(Q) for some generator Q. Three things rule that out at once [1]_:
a determinant of 0 or less, one over the product of the diagonal, and a state that is reached in
two steps but not in one (in a table of counts an empty cell may be chance: the verdict is about the
table as it stands). Otherwise, where the eigenvalues differ, every real logarithm keeps the
eigenvectors and only moves pairs of complex eigenvalues by turns of 2π; few turns can belong to a
generator, and all of them are looked at. Where eigenvalues coincide and the principal logarithm is
no generator, it is left open.

References
----------
.. [1] Israel, R. B., Rosenthal, J. S. & Wei, J. Z. (2001). Finding generators for Markov chains via
   empirical transition matrices, with applications to credit ratings. *Mathematical Finance*, 11,
   245–265. doi:10.1111/1467-9965.00114
.. [2] Singer, B. & Spilerman, S. (1976). The representation of social processes by Markov models.
   *American Journal of Sociology*, 82, 1–54. doi:10.1086/226269
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Why a table can or cannot come from constant rates, by name.
REASONS: Final = {
    "generator": "a logarithm of the table is a generator",
    "determinant_not_positive": "the determinant is 0 or less, that of an exponential never is",
    "determinant_too_large": "the determinant is over the product of the diagonal",
    "unreachable": "a state is reached in two steps that cannot be reached in one",
    "no_real_logarithm": "a negative eigenvalue stands alone, so that no logarithm is real",
    "negative_rate": "every real logarithm has a negative rate",
    "open": "eigenvalues coincide and the principal logarithm has a negative rate",
}
#: What is nearer to 0 than this is rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Embedding:
    """Whether a transition table can come from constant rates.

    Attributes
    ----------
    reason : str
        A key of :data:`REASONS`.
    generator : ndarray of shape (M, M) or None
        The generator found, per step of the table. Of a fitted table it is no estimate of rates.
    """

    reason: str
    generator: Floats | None

    @property
    def valid(self) -> bool | None:
        """Whether it can; None where that is left open."""
        return None if self.reason == "open" else self.reason == "generator"


def embedding(probabilities: ArrayLike) -> Embedding:
    """Can this transition table come from constant rates?

    Parameters
    ----------
    probabilities : array_like of shape (M, M)
        Rows sum to 1.

    Returns
    -------
    Embedding

    Raises
    ------
    ValueError
        If it is no transition table.

    Examples
    --------
    >>> embedding([[0.9, 0.1], [0.2, 0.8]]).valid
    True
    >>> embedding([[0.2, 0.8], [0.9, 0.1]]).reason
    'determinant_not_positive'
    """
    p = np.asarray(probabilities, dtype=np.float64)
    square = p.ndim == 2 and p.shape[0] == p.shape[1]
    if not square or not np.all(p >= 0) or not np.allclose(p.sum(axis=-1), 1.0, atol=1e-8):
        raise ValueError("a transition table is square and its rows sum to 1")
    determinant = float(np.linalg.det(p))
    if determinant <= 0:
        return Embedding("determinant_not_positive", None)
    if determinant > float(np.prod(np.diag(p))) * (1.0 + _ROUNDING):
        return Embedding("determinant_too_large", None)
    reached = p > 0
    twice = (reached.astype(np.int64) @ reached.astype(np.int64)) > 0
    if np.any(twice & ~reached):
        return Embedding("unreachable", None)
    return _by_logarithms(p, determinant)


def _by_logarithms(p: Floats, determinant: float) -> Embedding:
    values, vectors = np.linalg.eig(p)
    gap = np.abs(values[:, None] - values[None, :])[~np.eye(len(p), dtype=np.bool_)]
    if gap.min(initial=np.inf) < 1e-7:
        return _principal(p)
    alone = np.abs(values.imag) <= _ROUNDING
    if np.any(values[alone].real < 0):
        return Embedding("no_real_logarithm", None)
    logarithms = np.log(values.astype(np.complex128))
    upper = np.flatnonzero(values.imag > _ROUNDING)
    # An eigenvalue of a generator has an imaginary part of at most minus the trace, which is
    # minus the logarithm of the determinant.
    most = -np.log(determinant)
    turns = int(np.ceil((most + np.pi) / (2.0 * np.pi)))
    inverse = np.linalg.inv(vectors)
    for chosen in product(sorted(range(-turns, turns + 1), key=abs), repeat=len(upper)):
        moved = logarithms.copy()
        for which, turn in zip(upper, chosen, strict=True):
            moved[which] += 2j * np.pi * turn
            partner = np.argmin(np.abs(values - values[which].conj()))
            moved[partner] = moved[which].conj()
        q = ((vectors * moved) @ inverse).real
        if _is_generator(q):
            return Embedding("generator", q)
    return Embedding("negative_rate", None)


def _principal(p: Floats) -> Embedding:
    from scipy.linalg import logm

    q = np.asarray(logm(p))
    if np.abs(q.imag).max() < 1e-7 and _is_generator(q.real):
        return Embedding("generator", np.asarray(q.real, dtype=np.float64))
    return Embedding("open", None)


def _is_generator(q: Floats) -> bool:
    off = q[~np.eye(len(q), dtype=np.bool_)]
    return bool(np.all(off >= -_ROUNDING))
