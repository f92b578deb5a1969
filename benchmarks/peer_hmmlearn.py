"""Time hmmlearn on sequences of one categorical item: run by benchmarks/run.py in its environment.

python peer_hmmlearn.py TABLE.npy STATES STEPS

It runs so many EM steps from one random start: to the end would take it minutes.
"""

from __future__ import annotations

import json
import sys
import time

import hmmlearn
import numpy as np
from hmmlearn.hmm import CategoricalHMM


def main(table: str, states: int, steps: int) -> None:
    """Fit from one random start; print seconds, log-likelihood and version as JSON."""
    codes = np.load(table)  # (people, waves), no gaps
    model = CategoricalHMM(n_components=states, n_iter=steps, tol=1e-4, random_state=1)
    rows, lengths = codes.reshape(-1, 1), [codes.shape[1]] * len(codes)
    began = time.perf_counter()
    model.fit(rows, lengths)
    seconds = time.perf_counter() - began
    loglik = float(model.score(rows, lengths))
    print(json.dumps({"seconds": seconds, "loglik": loglik, "version": hmmlearn.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
