"""Does the weighted bootstrap likelihood-ratio test keep its size? Writes one row.

    python -m tests.simulation.blrt_size --samples 500 --out blrt_size.csv

Samples of 600 from two classes on six yes/no items, with weights of Kish effect 1.4 independent of
the answers; two classes are tested against three at 5 % with 39 replicates (p is then a multiple
of 1/40, so an exact test rejects exactly 5 %).
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
from functools import partial
from pathlib import Path

import numpy as np

from vendepunkt.numerics import Item, LatentData, bootstrap_lr, fit_classes

N, KISH, REPLICATES = 600, 1.4, 39
YES = np.array([[0.85, 0.8, 0.9, 0.75, 0.8, 0.85], [0.2, 0.3, 0.35, 0.15, 0.25, 0.3]])
SHARES = (0.6, 0.4)
COLUMNS = ("n", "kish", "weighted", "replicates", "samples", "rejected", "rejection", "mean_p")


def p_value(seed: int, *, weighted: bool = True) -> float:
    """Draw one sample under the null and test it."""
    rng = np.random.default_rng([7, seed])
    group = (rng.random(N) > SHARES[0]).astype(int)
    yes = (rng.random((N, 6)) < YES[group]).astype(np.int32)
    spread = np.sqrt(np.log(KISH))
    weights = np.exp(spread * rng.standard_normal(N))
    items = [Item("binary", np.ascontiguousarray(column), np.arange(2.0)) for column in yes.T]
    data = LatentData.collapse(items, weights if weighted else None)
    two, three = (fit_classes(data, classes, seed=seed) for classes in (2, 3))
    return bootstrap_lr(data, two, three, REPLICATES, starts=10, seed=seed).p_value


def row(found: list[float], weighted: bool) -> list[str]:
    """Say how often the test rejected at 5 %."""
    rejected = sum(p <= 0.05 for p in found)
    return [
        str(N),
        f"{KISH if weighted else 1:.1f}",
        "yes" if weighted else "no",
        str(REPLICATES),
        str(len(found)),
        str(rejected),
        f"{rejected / len(found):.3f}",
        f"{np.mean(found):.3f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    with (
        multiprocessing.get_context("spawn").Pool(given.workers) as pool,
        given.out.open("w", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for weighted in (True, False):
            one = partial(p_value, weighted=weighted)
            found = pool.map(one, range(1, given.samples + 1), chunksize=5)
            writer.writerow(row(found, weighted))
            out.flush()


if __name__ == "__main__":
    main()
