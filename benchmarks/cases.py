"""The cases that are timed: real tables, and larger ones drawn from a stated model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
TABLES = HERE.parent / "tests" / "reference" / "lca"

ELECTION = [f"{trait}{who}" for who in "GB" for trait in
            ("MORAL", "CARES", "KNOW", "LEAD", "DISHON", "INTEL")]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One table and the model fitted to it.

    Attributes
    ----------
    name
        What the row of the table of times is called.
    codes
        ``(n, J)`` categories from 0, -1 where there is no answer.
    classes
        Numbers of classes that are fitted.
    starts
        Random starts of each.
    target
        Seconds on two cores that the design asks for.
    peer_starts
        Starts that the peer is given in the same run, for its first number of classes that is
        named in `peer_classes`; 0 leaves it out.
    peer_classes
        Number of classes the peer fits.
    quoted
        What other peers took, measured elsewhere on two cores; see docs/explanation/speed.md.
    """

    name: str
    codes: np.ndarray
    classes: tuple[int, ...]
    starts: int
    target: float
    peer_starts: int
    peer_classes: int
    quoted: str = ""


def real(file: str, columns: list[str] | None = None) -> np.ndarray:
    """Read a table of categories 1, 2, … with empty cells where there is no answer."""
    frame = pd.read_csv(TABLES / f"{file}.csv")
    frame = frame if columns is None else frame[columns]
    return np.nan_to_num(frame.to_numpy(dtype=float) - 1, nan=-1).astype(np.int32)


def drawn(n: int, categories: np.ndarray, classes: int, missing: float, seed: int) -> np.ndarray:
    """Draw answers of a latent class model with flat random profiles."""
    rng = np.random.default_rng(seed)
    member = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 8.0)))
    codes = np.empty((n, len(categories)), dtype=np.int32)
    for j, size in enumerate(categories):
        upper = rng.dirichlet(np.ones(size), classes).cumsum(axis=1)[:, :-1]
        codes[:, j] = (rng.random(n)[:, None] > upper[member]).sum(axis=1)
        codes[rng.random(n) < missing, j] = -1
    return codes


def twenty_items() -> np.ndarray:
    """Draw 5,000 people, 20 items of 2 to 5 categories, four classes, 5 % missing."""
    sizes = np.random.default_rng(2026).integers(2, 6, 20)
    return drawn(5_000, sizes, 4, 0.05, 1)


def a_million() -> np.ndarray:
    """Draw a million people, 12 binary items, three classes."""
    return drawn(1_000_000, np.full(12, 2), 3, 0.0, 2)


def wide_and_long() -> np.ndarray:
    """Draw 200,000 people, 30 items of 2 to 4 categories, four classes, 10 % missing."""
    sizes = np.random.default_rng(5).integers(2, 5, 30)
    return drawn(200_000, sizes, 4, 0.10, 3)


def cases() -> list[Case]:
    """Give the cases of the table of times."""
    return [
        Case("values, K = 3, 50 starts", real("values"), (3,), 50, 0.2, 50, 3,
             "poLCAParallel 1.5 s, poLCA 12.4 s"),
        Case("gss82, K = 3, 50 starts", real("gss82"), (3,), 50, 0.2, 50, 3,
             "poLCAParallel 2.8 s, poLCA 14.3 s"),
        Case("election, K = 3, 50 starts", real("election", ELECTION), (3,), 50, 0.2, 5, 3,
             "poLCAParallel 1.9 s, poLCA 6.9 s"),
        Case("5,000 × 20 items, 5 % missing, K = 4, 50 starts", twenty_items(), (4,), 50, 0.3, 1, 4,
             "glca 10 s, poLCAParallel 11 s"),
        Case("the same, K = 1 to 6, with standard errors", twenty_items(), (1, 2, 3, 4, 5, 6), 50,
             4.0, 0, 4),
        Case("1,000,000 × 12 binary items, K = 3, 10 starts", a_million(), (3,), 10, 0.3, 1, 3,
             "poLCAParallel 78 s"),
    ]  # fmt: skip
