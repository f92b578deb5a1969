"""Weighted reference: wave 1 of the GSS panel, the 1,276 with a panel weight, StepMix 3.0.0.

Usage: python make_stepmix.py     (in an environment of its own with stepmix; writes stepmix.csv)
The weights are scaled to mean 1 over the rows used, as METHODS says; score() of StepMix is the
weighted mean log-likelihood of a row, so the pseudo log-likelihood is n times it.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from stepmix.stepmix import StepMix

frame = pd.read_csv("gss_wave1.csv")
frame = frame[frame["wtpannr123"].notna()]
items = frame.columns[:9]
answered = frame[items].notna().any(axis=1)
frame = frame[answered]
weights = (frame["wtpannr123"] / frame["wtpannr123"].mean()).to_numpy()
answers = frame[items] - 1
rows = []
for classes in (1, 2, 3):
    model = StepMix(
        n_components=classes,
        measurement="categorical_nan",
        n_init=1 if classes == 1 else 40,
        max_iter=20_000,
        abs_tol=1e-12,
        rel_tol=0.0,
        random_state=7,
        verbose=0,
        progress_bar=0,
    )
    model.fit(answers, sample_weight=weights)
    loglik = len(frame) * model.score(answers, sample_weight=weights)
    shares = " ".join(f"{share:.4f}" for share in np.sort(model.weights_)[::-1])
    rows.append(["gss_wave1", "wtpannr123", classes, len(frame), f"{loglik:.6f}", shares])
with Path("stepmix.csv").open("w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["data", "weight", "classes", "n", "loglik", "shares"])
    writer.writerows(rows)
