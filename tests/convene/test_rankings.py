"""Rank-biased overlap, tau-b and overlap of tops, against published values and slow twins."""

from __future__ import annotations

import csv
import itertools
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vendepunkt.convene.rankings import Ties, ranked, rbo, tau_b, top_overlap, weight_of_top
from vendepunkt.terms import UsageError

REFERENCE = Path(__file__).parents[1] / "reference" / "rbo" / "corsi-urbano.csv"
ROWS = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
rankings = st.permutations("abcdef").flatmap(
    lambda items: st.lists(st.integers(1, 3), min_size=1, max_size=4).map(
        lambda sizes: _cut(items, sizes)
    )
)


def _cut(items: list[str], sizes: list[int]) -> list[list[str]]:
    rest = iter(items)
    return [group for size in sizes if (group := list(itertools.islice(rest, size)))]


def _read(text: str) -> list[list[str]]:
    return [g.split() if g else [one] for g, one in re.findall(r"\(([^)]*)\)|(\S+)", text)]


@pytest.mark.parametrize("ties", ["w", "a", "b"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["x"])
def test_published_values(row: dict[str, str], ties: Ties) -> None:
    ours = rbo(_read(row["x"]), _read(row["y"]), p=float(row["p"]), ties=ties)
    assert ours == pytest.approx(float(row[ties]), abs=1e-12)


def test_the_worked_example_of_webber_moffat_and_zobel() -> None:
    # Their figure 3: <a b c d e f g> against <z c a v w x y>; agreement at depths 1 to 7.
    agreed = [0, 0, 2 / 3, 2 / 4, 2 / 5, 2 / 6, 2 / 7]
    p = 0.9
    theirs = (1 - p) / p * sum(a * p**d for d, a in enumerate(agreed, 1)) + agreed[-1] * p**7
    assert rbo(list("abcdefg"), list("zcavwxy"), p=p) == pytest.approx(theirs)
    assert weight_of_top(10, 0.9) == pytest.approx(0.8556, abs=1e-4)


def _plain(first: list[str], second: list[str], depth: int) -> int:
    return len(set(first[:depth]) & set(second[:depth]))


def _breakings(ranking: list[list[str]]) -> list[list[str]]:
    ways = itertools.product(*(itertools.permutations(group) for group in ranking))
    return [[item for group in way for item in group] for way in ways]


def _slow(first: list[list[str]], second: list[list[str]], p: float, ties: Ties) -> float:
    """Break the ties in every way, count, and average; rankings of one length."""

    def mean(one: list[list[str]], other: list[list[str]], depth: int) -> float:
        pairs = itertools.product(_breakings(one), _breakings(other))
        return float(np.mean([_plain(x, y, depth) for x, y in pairs]))

    size = sum(map(len, first))
    agreed = []
    for d in range(1, size + 1):
        shared = mean(first, second, d)
        most = (
            float(d) if ties == "a" else math.sqrt(mean(first, first, d) * mean(second, second, d))
        )
        agreed.append(shared / most)
    return (1 - p) / p * sum(a * p**d for d, a in enumerate(agreed, 1)) + agreed[-1] * p**size


@pytest.mark.parametrize("ties", ["a", "b"])
@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("a b c d", "(b d) a c"),
        ("(a b) (c d)", "(a b c) d"),
        ("(a b c) d e", "e (d c) b a"),
        ("(a b) c d", "(x a) (y z)"),
    ],
)
def test_equals_every_way_to_break_the_ties(x: str, y: str, ties: Ties) -> None:
    first, second = _read(x), _read(y)
    assert rbo(first, second, p=0.8, ties=ties) == pytest.approx(_slow(first, second, 0.8, ties))


@given(rankings, rankings)
def test_bounds_symmetry_and_self(x: list[list[str]], y: list[list[str]]) -> None:
    assert rbo(x, x) == pytest.approx(1)
    assert rbo(x, y) == pytest.approx(rbo(y, x))
    assert -1e-12 <= rbo(x, y, ties="a") <= rbo(x, y) + 1e-12 <= 1 + 1e-9


def test_nothing_shared_is_zero_and_the_top_counts_most() -> None:
    assert rbo(["a", "b"], ["c", "d"]) == 0
    assert rbo(list("abcd"), list("abdc")) > rbo(list("abcd"), list("bacd"))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=9))
def test_tau_b_equals_scipy(pairs: list[tuple[int, int]]) -> None:
    x = {str(i): Fraction(pair[0]) for i, pair in enumerate(pairs)}
    y = {str(i): Fraction(pair[1]) for i, pair in enumerate(pairs)}
    theirs = stats.kendalltau([p[0] for p in pairs], [p[1] for p in pairs]).statistic
    assert tau_b(x, y) == pytest.approx(theirs, nan_ok=True)


def test_overlap_of_tops_equals_a_count_of_all_pairs() -> None:
    items = "abcdefg"
    found = top_overlap(set("abc"), set("bcde"), len(items))
    shared = [len(set("abc") & set(other)) for other in itertools.combinations(items, 4)]
    assert found.shared == 2
    assert found.expected == Fraction(sum(shared), len(shared))
    assert found.chance == Fraction(sum(n >= 2 for n in shared), len(shared))


def test_equal_scores_stand_together() -> None:
    assert ranked({"a": 1, "b": Fraction(2), "c": 1}) == (("b",), ("a", "c"))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("bad_persistence", lambda: rbo(["a"], ["a"], p=1)),
        ("empty_ranking", lambda: rbo([], ["a"])),
        ("repeated_item", lambda: rbo(["a", "a"], ["b"])),
        ("top_too_large", lambda: top_overlap({"a", "b"}, {"a"}, 1)),
        ("not_allowed", lambda: rbo(["a"], ["a"], ties="c")),  # type: ignore[arg-type]
    ],
)
def test_refusals(code: str, call: object) -> None:
    with pytest.raises(UsageError) as error:
        call()  # type: ignore[operator]
    assert error.value.code == code
