"""Write ranked.jsonl and scored.jsonl: what pref-voting finds on random ranks and scores.

Runs in an environment of its own with pref-voting 1.18.2, never in the package's.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

from pref_voting.grade_methods import score_voting
from pref_voting.grade_profiles import GradeProfile
from pref_voting.margin_based_methods import beat_path, beat_path_defeat
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.scoring_methods import (
    borda,
    borda_for_profile_with_ties,
    symmetric_borda_scores,
)

DRAW = random.Random(20261123)
HERE = Path(__file__).parent


def write(name: str, rows) -> None:
    with (HERE / name).open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def linear() -> dict:
    """Everybody ranks everything: also the positional Borda scores."""
    m, n = DRAW.randint(2, 7), DRAW.randint(1, 12)
    orders = [DRAW.sample(range(m), m) for _ in range(n)]
    counts = [DRAW.randint(1, 3) for _ in range(n)]
    profile = Profile(orders, counts)
    scores = profile.borda_scores()
    return {
        "kind": "linear",
        "themes": m,
        "ballots": [
            [count, {str(t): i + 1 for i, t in enumerate(order)}]
            for count, order in zip(counts, orders, strict=True)
        ],
        "borda": sorted(int(c) for c in borda(profile)),
        "borda_scores": [int(scores[c]) for c in range(m)],
        "schulze": sorted(int(c) for c in beat_path(profile, strength_function=profile.support)),
        "ahead": defeats(profile),
    }


def with_ties() -> dict:
    """Equal ranks, and themes left out, which are below all others."""
    m, n = DRAW.randint(2, 7), DRAW.randint(1, 10)
    ballots = []
    for _ in range(n):
        ranked = DRAW.sample(range(m), DRAW.randint(1, m))
        ballots.append({t: DRAW.randint(1, 4) for t in ranked})
    counts = [DRAW.randint(1, 3) for _ in range(n)]
    profile = ProfileWithTies(ballots, counts, candidates=list(range(m)))
    profile.use_extended_strict_preference()
    scores = symmetric_borda_scores(profile)
    return {
        "kind": "ties",
        "themes": m,
        "ballots": [
            [count, {str(t): r for t, r in ballot.items()}]
            for count, ballot in zip(counts, ballots, strict=True)
        ],
        "borda": sorted(int(c) for c in borda_for_profile_with_ties(profile)),
        "symmetric_borda_scores": [int(scores[c]) for c in range(m)],
        "schulze": sorted(int(c) for c in beat_path(profile, strength_function=profile.support)),
        "ahead": defeats(profile),
    }


def defeats(profile) -> list[list[int]]:
    """Who is ahead of whom over the strongest paths of winning votes."""
    graph = beat_path_defeat(profile, strength_function=profile.support)
    return sorted([int(a), int(b)] for a, b in graph.edges)


def scored() -> dict:
    """Scores with gaps; every theme has one at least, for score_voting passes over the others."""
    m, n = DRAW.randint(2, 7), DRAW.randint(1, 12)
    ballots: list[dict[int, int]] = [{}]
    while set().union(*ballots) != set(range(m)):
        ballots = [
            {t: DRAW.randint(0, 3) for t in DRAW.sample(range(m), DRAW.randint(1, m))}
            for _ in range(n)
        ]
    profile = GradeProfile(ballots, list(range(4)), candidates=list(range(m)))
    return {
        "themes": m,
        "ballots": [[1, {str(t): v for t, v in ballot.items()}] for ballot in ballots],
        "sums": [int(profile.sum(t)) for t in range(m)],
        "score": sorted(int(c) for c in score_voting(profile, evaluation_method="sum")),
    }


if __name__ == "__main__":
    write("ranked.jsonl", [linear() for _ in range(150)] + [with_ties() for _ in range(250)])
    write("scored.jsonl", [scored() for _ in range(100)])
    print("pref-voting", version("pref-voting"))
