"""Make my-survey.csv, the file of nobody that the examples of the documentation are tried on."""

import csv
import random
from pathlib import Path

ANSWERS = ("good", "fair", "bad")
#: Answer probabilities of three kinds of people, and how many of 600 are of each kind.
KINDS = (((0.80, 0.15, 0.05), 400), ((0.30, 0.50, 0.20), 140), ((0.10, 0.20, 0.70), 60))

draw = random.Random(1)
rows = [
    [*draw.choices(ANSWERS, chances, k=4), draw.randint(18, 90), round(draw.uniform(0.6, 1.6), 2)]
    for chances, people in KINDS
    for _ in range(people)
]
draw.shuffle(rows)
with (Path(__file__).parent / "my-survey.csv").open("w", encoding="utf-8", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["person", "region", "health", "network", "trust", "work", "age", "w"])
    out.writerows([number, "NESW"[number % 4], *row] for number, row in enumerate(rows, start=1))
