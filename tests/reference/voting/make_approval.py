"""Write approval.jsonl: committees that abcvoting finds, on random and on real approval ballots.

Runs in an environment of its own with abcvoting 2.19.2, never in the package's:

    python make_approval.py FOLDER

where FOLDER holds the two Pabulib files that abcvoting's source archive ships in `tests/data`.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from abcvoting import abcrules, fileio
from abcvoting.preferences import Profile

RULES = {
    "approval": ("av", "standard"),
    "sequential-pav": ("seqpav", "standard"),
    "phragmen": ("seqphragmen", "gmpy2-fractions"),
    "equal-shares": ("equal-shares-with-seqphragmen-completion", "gmpy2-fractions"),
}
DRAW = random.Random(20261123)


def answers(m: int, ballots: list[frozenset[int]], places: int) -> dict[str, list[list[int]]]:
    profile = Profile(m)
    profile.add_voters([set(ballot) for ballot in ballots])
    found = {}
    for ours, (rule, algorithm) in RULES.items():
        committees = abcrules.compute(
            rule,
            profile,
            places,
            algorithm=algorithm,
            resolute=False,
            max_num_of_committees=None,
        )
        found[ours] = sorted(sorted(int(c) for c in committee) for committee in committees)
    return found


def random_ballots(m: int, n: int, distinct: int, most: int) -> list[frozenset[int]]:
    """A few kinds of ballot, repeated: what makes ties."""
    kinds = [frozenset(DRAW.sample(range(m), DRAW.randint(1, most))) for _ in range(distinct)]
    return [DRAW.choice(kinds) for _ in range(n)]


def cases():
    for _ in range(320):
        m = DRAW.randint(3, 8)
        n = DRAW.randint(2, 14)
        yield "small", m, random_ballots(m, n, DRAW.randint(2, 8), min(4, m)), DRAW.randint(1, 5)
    for _ in range(80):
        m = DRAW.randint(8, 14)
        n = DRAW.randint(20, 60)
        yield "panel", m, random_ballots(m, n, n, 3), DRAW.randint(3, 5)
    for _ in range(20):
        weights = [1 / (i + 2) for i in range(20)]
        ballots = [
            frozenset(DRAW.choices(range(20), weights, k=DRAW.randint(1, 6))) for _ in range(300)
        ]
        yield "large", 20, ballots, DRAW.randint(3, 5)
    folder = Path(sys.argv[1])
    for place in ("mileszki", "nad-nerem"):
        profile, _ = fileio.read_pabulib_file(str(folder / f"poland_lodz_2020_{place}.pb"))
        # The reader numbers projects differently in each run; here they are numbered by their id.
        number = {
            c: i
            for i, c in enumerate(sorted(profile.candidates, key=profile.cand_names.__getitem__))
        }
        ballots = [frozenset(number[c] for c in voter.approved) for voter in profile]
        for places in (1, 3, 4, 5):
            yield f"lodz-{place}", profile.num_cand, ballots, places


def main() -> None:
    with Path(__file__).with_name("approval.jsonl").open("w", encoding="utf-8") as file:
        for kind, m, ballots, asked in cases():
            places = min(asked, m)
            counts = Counter(tuple(sorted(ballot)) for ballot in ballots)
            row = {
                "kind": kind,
                "themes": m,
                "places": places,
                "ballots": [[count, list(marks)] for marks, count in sorted(counts.items())],
                "committees": answers(m, ballots, places),
            }
            file.write(json.dumps(row, separators=(",", ":")) + "\n")
    print("abcvoting", version("abcvoting"), "gmpy2", version("gmpy2"))


if __name__ == "__main__":
    main()
