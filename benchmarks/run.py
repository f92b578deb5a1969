"""Time the engine, and a peer in the same run; print ratios.

python benchmarks/run.py [--peer PYTHON] [--large] [--write]

`--peer` is the Python of an environment with StepMix and hmmlearn. `--large` adds 200,000 rows × 30
items, and a million people × 5 waves × 8 items.
`--write` puts the table into docs/explanation/speed.md and README.md between their marks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import chains
import numpy as np
from cases import Case, cases, real, wide_and_long

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGES = (ROOT / "docs" / "explanation" / "speed.md", ROOT / "README.md")
BEGIN, END = "<!-- times: made by `make bench` -->", "<!-- end of times -->"

#: Repeats of a case of ours; the fastest stands in the table.
REPEATS = 5


def items_of(codes: np.ndarray) -> list[object]:
    """Turn a table into items, as a stage would."""
    from vendepunkt.numerics import Item

    columns = np.ascontiguousarray(codes.T)
    return [
        Item("nominal", column, np.arange(int(column.max()) + 1, dtype=np.float64))
        for column in columns
    ]


def ours(case: Case) -> tuple[float, float]:
    """Give the seconds of the whole fit, collapsing included, and the last log-likelihood."""
    from vendepunkt.numerics import LatentData, fit_classes, standard_errors

    began = time.perf_counter()
    data = LatentData.collapse(items_of(case.codes))
    for classes in case.classes:
        fit = fit_classes(data, classes, starts=case.starts, max_rounds=1, seed=1)
        if len(case.classes) > 1:
            standard_errors(data, fit)
    return time.perf_counter() - began, fit.loglik


def best_of(run: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Give the fastest of a few runs."""
    return min(run() for _ in range(REPEATS))


def blrt() -> float:
    """Give the seconds of 100 replicates × 10 starts, two classes against three, on gss82."""
    from vendepunkt.numerics import LatentData, bootstrap_lr, fit_classes

    data = LatentData.collapse(items_of(real("gss82")))
    two, three = fit_classes(data, 2), fit_classes(data, 3)
    began = time.perf_counter()
    bootstrap_lr(data, two, three, replicates=100, starts=10)
    return time.perf_counter() - began


def peer(python: str, script: str, codes: np.ndarray, told: list[str]) -> dict[str, float | str]:
    """Time a peer in its own environment, one process a case."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.npy"
        np.save(table, codes)
        done = subprocess.run(
            [python, str(HERE / script), str(table), *told],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    answer: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    return answer


def row_of(case: Case, python: str | None) -> str:
    """Give one row of the table."""
    ours(case)  # compiled kernels are loaded
    seconds, loglik = best_of(lambda: ours(case))
    said = ratio = "—"
    if python and case.peer_starts:
        told = [str(case.peer_classes), str(case.peer_starts)]
        other = peer(python, "peer_stepmix.py", case.codes, told)
        each = float(other["seconds"]) / case.peer_starts
        whole = each * case.starts
        scaled = "" if case.peer_starts == case.starts else f" ({case.peer_starts} run, scaled)"
        said = f"{whole:.1f} s{scaled}, {float(other['loglik']):.3f}"
        ratio = f"{whole / seconds:,.0f}"
    return (
        f"| {case.name} | {seconds:.3f} s, {loglik:.3f} | {case.target} s | {said} | {ratio} "
        f"| {case.quoted or '—'} |"
    )


def start_up() -> list[str]:
    """Time a fresh process: the help, and a first fit."""
    first = (
        "import numpy as np; from vendepunkt.numerics import Item, LatentData, fit_classes;"
        "codes = (np.arange(400)[:, None] * np.arange(1, 5) // 7 % 2).astype(np.int32);"
        "fit_classes(LatentData.collapse([Item('binary', c, np.arange(2.)) for c in codes.T]), 2)"
    )
    rows = []
    for name, command, target in (
        ("`vendepunkt --help`", [sys.executable, "-m", "vendepunkt", "--help"], 0.3),
        ("a first fit in a fresh process", [sys.executable, "-c", first], 1.5),
    ):
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        rows.append(f"| {name} | {min(times):.2f} s | {target} s | — | — | — |")
    return rows


def large() -> str:
    """Fit one to five classes to 200,000 rows × 30 items, and give time and memory."""
    from vendepunkt.numerics import LatentData, fit_classes

    codes = wide_and_long()
    began = time.perf_counter()
    data = LatentData.collapse(items_of(codes))
    for classes in range(1, 6):
        fit = fit_classes(data, classes, max_rounds=1, progress=_say)
        print(f"  {fit}", file=sys.stderr)
    minutes = (time.perf_counter() - began) / 60
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"200,000 rows × 30 items with 10 % missing ({data.n_patterns:,} patterns), K = 1 to 5, "
        f"50 starts each: {minutes:.1f} minutes, {gib:.1f} GiB at most."
    )


def _say(what: str, share: float) -> None:
    print(f"\r  {what} {share:4.0%}", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Run all cases and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer", help="Python of an environment with the peers")
    options.add_argument("--large", action="store_true", help="add two large tables")
    options.add_argument("--write", action="store_true", help="put the table into the docs")
    chosen = options.parse_args()
    lines = [
        (
            "| case | ours, log-likelihood | asked for | StepMix 3.0 (or as named), same run "
            "| ratio | others |"
        ),
        "|---|---|---|---|---|---|",
    ]
    for case in cases():
        print(f"{case.name} …", file=sys.stderr)
        lines.append(row_of(case, chosen.peer))
    blrt()
    lines.append(
        f"| BLRT gss82, 2 against 3 classes, 100 replicates × 10 starts | {blrt():.2f} s | 3 s "
        "| — | — | glca 16 s, poLCAParallel 45 s |"
    )
    print("movement over waves …", file=sys.stderr)
    asked = partial(peer, chosen.peer) if chosen.peer else None
    lines += chains.rows(asked, REPEATS)
    lines += start_up()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines += ["", f"The fastest of {REPEATS} runs; {machine}."]
    if chosen.large:
        lines += ["", large(), "", chains.large()]
    table = "\n".join(lines)
    print(table)
    if chosen.write:
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            head, rest = text.split(BEGIN, 1)
            _, tail = rest.split(END, 1)
            page.write_text(f"{head}{BEGIN}\n{table}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
