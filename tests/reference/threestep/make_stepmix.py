"""Draw `answers.csv` and let StepMix fit it in three steps; writes `stepmix.csv`.

    python make_stepmix.py        (StepMix 3.0.0)

Three classes, six yes/no items, a covariate with the values 1 to 5; answers agree with the class's
type with probability .85. The slopes are differences against the first class; classes stand in the
order of their mean number of yes.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from stepmix.stepmix import StepMix

HERE = Path(__file__).parent
TYPES = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]])


def draw() -> np.ndarray:
    rng = np.random.default_rng(20261127)
    z = rng.integers(1, 6, 1000)
    eta = np.column_stack([np.zeros(1000), 2.3446 - z, -3.6554 + z])
    chance = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    member = (rng.random(1000)[:, None] > chance.cumsum(axis=1)[:, :-1]).sum(axis=1)
    yes = rng.random((1000, 6)) < np.where(TYPES[member] == 1, 0.85, 0.15)
    return np.column_stack([yes.astype(int), z])


def main() -> None:
    rows = draw()
    header = ",".join([*(f"y{j}" for j in range(1, 7)), "z"])
    np.savetxt(HERE / "answers.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    model = StepMix(
        n_components=3,
        n_steps=3,
        measurement="binary",
        structural="covariate",
        correction="ML",
        assignment="modal",
        n_init=20,
        abs_tol=1e-12,
        max_iter=20000,
        random_state=1,
        structural_params={"method": "newton-raphson", "max_iter": 1, "tol": 1e-12},
    )
    model.fit(rows[:, :6], rows[:, 6:].astype(float))
    found = model.get_parameters()
    order = np.argsort(-found["measurement"]["pis"].sum(axis=1))
    beta = found["structural"]["beta"][order]
    beta = beta - beta[0]
    with (HERE / "stepmix.csv").open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["term", "class", "estimate"])
        for q, term in enumerate(("constant", "z")):
            writer.writerows([term, k + 1, f"{beta[k, q]:.6f}"] for k in (1, 2))


if __name__ == "__main__":
    main()
