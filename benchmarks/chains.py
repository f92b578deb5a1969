"""Movement over waves: what is timed, and rows of the table of times."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

SRHS = Path(__file__).resolve().parent.parent / "tests" / "reference" / "lta" / "srhs_long.csv.gz"

#: Starts of each number of classes, and EM steps the peer makes of one.
STARTS, PEER_STEPS = 10, 20

#: Gives seconds and log-likelihood of a peer: (script, table, arguments).
Peer = Callable[[str, np.ndarray, list[str]], dict[str, float | str]]


def self_rated_health() -> tuple[np.ndarray, np.ndarray]:
    """Read 7,074 people × 8 waves: answers from 0, and six covariates with their constant."""
    frame = pd.read_csv(SRHS).sort_values(["id", "t"])
    age = frame["age"] - 50.0
    design = np.column_stack(
        [np.ones(len(frame)), frame["gender"] - 1.0, frame["race"] >= 2,
         frame["education"] == 4, frame["education"] == 5, age, age**2 / 100.0]
    ).astype(float)  # fmt: skip
    codes = (frame["srhs"].to_numpy() - 1).astype(np.int32)
    return codes.reshape(-1, 8), design.reshape(-1, 8, design.shape[1])


def sequences(codes: np.ndarray, categories: int, **covariates: np.ndarray) -> object:
    """Collapse ``(N, T, J)`` or ``(N, T)`` codes, as a stage would."""
    from vendepunkt.numerics import Item
    from vendepunkt.numerics.markov import SequenceData

    flat = codes.reshape(codes.shape[0] * codes.shape[1], -1)
    values = np.arange(float(categories))
    items = [Item("nominal", np.ascontiguousarray(column), values) for column in flat.T]
    return SequenceData.collapse(items, codes.shape[1], **covariates)


def timed(run: Callable[[], object]) -> tuple[float, object]:
    """Give the seconds of a call and what it gave."""
    began = time.perf_counter()
    found = run()
    return time.perf_counter() - began, found


def rows(peer: Peer | None, repeats: int) -> list[str]:
    """Give the rows of the table of times."""
    from vendepunkt.numerics.markov import fit_markov

    codes, design = self_rated_health()

    def fitted(*classes: int) -> list[float]:
        data = sequences(codes, 5)
        return [
            fit_markov(data, number, starts=STARTS, max_rounds=1, seed=1).loglik
            for number in classes
        ]

    def three() -> list[float]:
        return fitted(3, 4, 5)

    def first() -> list[float]:
        return fitted(3)

    def covariates() -> float:
        data = sequences(codes, 5, initial=design[:, 0], transition=design[:, 1:])
        return fit_markov(data, 5, starts=1, max_rounds=1, seed=1).loglik

    three()
    seconds, logliks = min(timed(three) for _ in range(repeats))
    said = ratio = "—"
    if peer is not None:
        own, _ = min(timed(first) for _ in range(repeats))
        other = peer("peer_hmmlearn.py", codes, ["3", str(PEER_STEPS)])
        whole = STARTS * float(other["seconds"])
        said = (
            f"hmmlearn, K = 3: {whole:.0f} s ({PEER_STEPS} steps of 1 start run, scaled), "
            f"{float(other['loglik']):.3f}"
        )
        ratio = f"{whole / own:,.0f}"
    ours = ", ".join(f"{value:.3f}" for value in logliks)
    covariates()
    single, loglik = min(timed(covariates) for _ in range(repeats))
    return [
        (
            f"| 7,074 people × 8 waves, K = 3, 4, 5, 10 starts each | {seconds:.2f} s, {ours} "
            f"| 4 s | {said} | {ratio} | LMest 25 s for K = 3 |"
        ),
        (
            f"| the same, K = 5, six covariates on start and steps, 1 start | {single:.2f} s, "
            f"{loglik:.3f} | 2 s | — | — | LMest 21 s, -62426.578 |"
        ),
    ]


def a_million_people() -> np.ndarray:
    """Draw a million people × 5 waves × 8 binary items of three classes that move."""
    rng = np.random.default_rng(7)
    people, waves, items = 1_000_000, 5, 8
    profile = np.array([[0.9] * 8, [0.5] * 4 + [0.2] * 4, [0.1] * 8])
    moves = np.array([[0.9, 0.08, 0.02], [0.1, 0.8, 0.1], [0.03, 0.12, 0.85]]).cumsum(axis=1)
    now = rng.choice(3, people, p=[0.6, 0.3, 0.1])
    codes = np.empty((people, waves, items), dtype=np.int32)
    for t in range(waves):
        if t:
            now = (rng.random(people)[:, None] > moves[now]).sum(axis=1)
        codes[:, t] = rng.random((people, items)) < profile[now]
    return codes


def large() -> str:
    """Fit three classes to a million people × 5 waves × 8 items, and give time and memory."""
    from vendepunkt.numerics.markov import fit_markov

    codes = a_million_people()
    began = time.perf_counter()
    data = sequences(codes, 2)
    read = time.perf_counter() - began
    fit = fit_markov(data, 3, starts=10, seed=1, progress=_say)
    minutes = (time.perf_counter() - began) / 60
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"1,000,000 people × 5 waves × 8 binary items ({data.n_patterns:,} sequences, collapsed "
        f"in {read:.0f} s), K = 3, rounds of 10 starts: {minutes:.1f} minutes, {gib:.1f} GiB at "
        f"most, log-likelihood {fit.loglik:.1f}, converged: {fit.converged}."
    )


def _say(what: str, share: float) -> None:
    print(f"\r  {what} {share:4.0%}", end="", file=sys.stderr, flush=True)
