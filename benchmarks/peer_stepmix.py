"""Time StepMix on one table: run by benchmarks/run.py with the Python of the peer's environment.

python peer_stepmix.py TABLE.npy CLASSES STARTS
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import stepmix


def main(table: str, classes: int, starts: int) -> None:
    """Fit once and print seconds, log-likelihood and version as JSON."""
    codes = np.load(table).astype(float)
    missing = bool((codes < 0).any())
    codes[codes < 0] = np.nan
    model = stepmix.StepMix(
        n_components=classes,
        measurement="categorical_nan" if missing else "categorical",
        n_init=starts,
        random_state=1,
        verbose=0,
        progress_bar=0,
    )
    began = time.perf_counter()
    model.fit(codes)
    seconds = time.perf_counter() - began
    loglik = float(model.score(codes) * len(codes))
    print(json.dumps({"seconds": seconds, "loglik": loglik, "version": stepmix.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
