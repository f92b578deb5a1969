"""How firmly a place holds: against exact counts, a slow loop, and the rules themselves."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.convene import firmness as module
from vendepunkt.convene.firmness import (
    adds_up,
    committee_shares,
    firmness,
    rounded,
    shares_of_committees,
)
from vendepunkt.convene.rules import RULES, Profile, Rule
from vendepunkt.terms import UsageError

THEMES = ("a", "b", "c", "d")
CAST = [{"a": 1, "b": 1}, {"a": 1, "c": 1}, {"b": 1}, {"a": 1}, {}]
RANKS = [{"a": 1, "b": 2}, {"a": 1, "c": 2}, {"b": 1, "d": 2}, {"d": 1, "a": 2}, {}]
marks = st.dictionaries(st.sampled_from(THEMES), st.just(Fraction(1)))
ranks = st.permutations(THEMES).flatmap(
    lambda order: st.integers(0, 4).map(
        lambda size: {theme: Fraction(place + 1) for place, theme in enumerate(order[:size])}
    )
)


def _cast(rule: Rule) -> list[dict[str, int]]:
    return RANKS if rule.form.kind == "ranks" else CAST


def _shares(rule: Rule, ballots: Sequence[Mapping[str, int]], places: int) -> list[float]:
    found = committee_shares(rule, Profile.of(ballots, THEMES), places)
    return [found.get(theme, 0.0) for theme in THEMES]


@pytest.mark.parametrize("name", list(RULES))
def test_the_plain_bootstrap_equals_every_panel_that_could_be_drawn(name: str) -> None:
    rule, cast = RULES[name], _cast(RULES[name])
    every = [_shares(rule, drawn, 2) for drawn in itertools.product(cast, repeat=len(cast))]
    found = firmness(cast, THEMES, rule, 2, seed=5)
    error = 4 * 0.5 / found.draws**0.5
    assert list(found.bootstrap.values()) == pytest.approx(np.mean(every, axis=0), abs=error)


def test_groups_are_redrawn_whole() -> None:
    cast = [{"a": 1}, {"a": 1}, {"b": 1}, {"b": 1}, {"c": 1}, {"a": 1, "c": 1}]
    groups = ["x", "x", "y", "y", "z", "z"]
    members = [cast[0:2], cast[2:4], cast[4:6]]
    every = [
        _shares(RULES["approval"], [one for group in drawn for one in group], 1)
        for drawn in itertools.product(members, repeat=3)
    ]
    found = firmness(cast, THEMES, RULES["approval"], 1, groups=groups)
    assert found.groups == 3
    assert list(found.bootstrap.values()) == pytest.approx(np.mean(every, axis=0), abs=0.015)


def test_people_of_no_group_are_redrawn_among_themselves() -> None:
    cast = [{"a": 1}] * 4 + [{"b": 1}] * 3
    groups = ["x", "x", "y", "y", None, None, None]
    found = firmness(cast, THEMES, RULES["approval"], 1, groups=groups)
    # Four for a and three for b whatever is drawn: groups bring two each, the rest are three.
    assert found.bootstrap == {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0}


def _slow_luck(scores: list[list[float]]) -> float:
    """Write the definition out in loops: variance by sampling over variance seen."""
    n, m = len(scores), len(scores[0])
    totals = [sum(row[j] for row in scores) for j in range(m)]
    between = sum((total - sum(totals) / m) ** 2 for total in totals)
    noise = 0.0
    for j in range(m):
        off = [row[j] - sum(row) / m for row in scores]
        mean = sum(off) / n
        noise += n * sum((value - mean) ** 2 for value in off) / (n - 1)
    return min(module.MOST_LUCK, noise / between)


def _slow_chance(
    cast: Sequence[Mapping[str, int]], rule: Rule, places: int, draws: int, seed: int
) -> np.ndarray:
    """Draw person by person, with the rule itself."""
    rng = random.Random(seed)
    single = [rule.scores(Profile.of([one], THEMES)) for one in cast]
    luck = _slow_luck([[float(row[theme]) for theme in THEMES] for row in single])
    people: list[Mapping[str, int]] = list(cast)
    weights = [1.0] * len(cast)
    for move in range(len(THEMES)):
        for one in cast:
            people.append({THEMES[(THEMES.index(t) + move) % 4]: v for t, v in one.items()})
            weights.append(luck / (1 - luck) / len(THEMES))
    total = np.zeros(len(THEMES))
    for _ in range(draws):
        could = [rng.gammavariate(weight, 1) for weight in weights]
        total += _shares(rule, rng.choices(people, could, k=len(cast)), places)
    return total / draws


@pytest.mark.parametrize("name", ["choose-k", "borda", "schulze", "equal-shares"])
def test_the_chance_equals_a_slow_loop(name: str) -> None:
    rule = RULES[name]
    cast = _cast(rule) * 2
    found = firmness(cast, THEMES, rule, 2, draws=4000)
    slow = _slow_chance(cast, rule, 2, 1500, seed=3)
    assert list(found.chance.values()) == pytest.approx(slow, abs=4 * 0.5 / 1500**0.5)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if adds_up(rule)])
@given(data=st.data(), places=st.integers(1, 5))
def test_rules_that_add_up_do(name: str, data: st.DataObject, places: int) -> None:
    rule = RULES[name]
    cast = data.draw(
        st.lists(ranks if rule.form.kind == "ranks" else marks, min_size=1, max_size=6)
    )
    each = [rule.scores(Profile.of([one], THEMES)) for one in cast]
    summed = np.array([[float(sum(row[theme] for row in each)) for theme in THEMES]])
    assert shares_of_committees(summed, places)[0] == pytest.approx(_shares(rule, cast, places))


def test_which_rules_add_up() -> None:
    assert {name for name, rule in RULES.items() if adds_up(rule)} == {
        "choose-k", "approval", "dots", "score", "borda",
    }  # fmt: skip


def test_agreement_of_all_is_certain_and_equals_have_equal_chances() -> None:
    sure = firmness([{"a": 1, "b": 1}] * 8, THEMES, RULES["choose-k"], 2)
    assert sure.chance == {"a": 1.0, "b": 1.0, "c": 0.0, "d": 0.0}
    assert (sure.luck, sure.error) == (0.0, 0.0)
    even = firmness([{theme: 1} for theme in THEMES] * 5, THEMES, RULES["choose-k"], 1)
    assert set(even.rounded().values()) == {0.25}


def test_more_people_with_the_same_shares_make_it_firmer() -> None:
    cast = [{"a": 1}] * 5 + [{"b": 1}] * 3
    chances = [
        firmness(cast * times, THEMES, RULES["approval"], 1).chance["a"] for times in (1, 4, 16)
    ]
    assert chances == sorted(chances)
    assert chances[0] < 0.75
    assert chances[2] > 0.95


def test_the_two_steps_are_less_sure_than_the_plain_bootstrap() -> None:
    cast = [{"a": 1}] * 12 + [{"b": 1}] * 7 + [{"c": 1}] * 5
    found = firmness(cast, THEMES, RULES["approval"], 1)
    assert found.chance["a"] < found.bootstrap["a"] - 0.1


def test_thousands_are_taken_as_normal_and_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    cast = [
        {
            theme: 1
            for theme, p in zip(THEMES, (0.4, 0.37, 0.33, 0.3), strict=True)
            if rng.random() < p
        }
        for _ in range(600)
    ]
    drawn = firmness(cast, THEMES, RULES["approval"], 2)
    monkeypatch.setattr(module, "MOST_CELLS", 0)
    normal = firmness(cast, THEMES, RULES["approval"], 2)
    assert (drawn.normal, normal.normal) == (False, True)
    assert list(normal.chance.values()) == pytest.approx(list(drawn.chance.values()), abs=0.02)
    assert list(normal.bootstrap.values()) == pytest.approx(
        list(drawn.bootstrap.values()), abs=0.02
    )


def test_the_same_seed_gives_the_same_and_the_error_is_said() -> None:
    one, same, other = (firmness(CAST, THEMES, RULES["dots"], 2, seed=s) for s in (7, 7, 8))
    assert one == same
    assert one.chance != other.chance
    gap = max(abs(one.chance[theme] - other.chance[theme]) for theme in THEMES)
    assert 0 < gap < 5 * one.error < 0.02


def test_fractions_of_points_stay_tied() -> None:
    cast = [{"a": Fraction(1, 3)}] * 3 + [{"b": Fraction(1)}]
    found = firmness(cast, THEMES, RULES["dots"], 1)
    assert found.bootstrap["a"] > 0
    drawn = [_shares(RULES["dots"], d, 1) for d in itertools.product(cast, repeat=4)]
    assert list(found.bootstrap.values()) == pytest.approx(np.mean(drawn, axis=0), abs=0.015)


@pytest.mark.parametrize(("chance", "shown"), [(0.0, 0.0), (0.024, 0.0), (0.025, 0.05), (1.0, 1.0)])
def test_rounding_to_five_of_100(chance: float, shown: float) -> None:
    assert rounded(chance) == shown


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("bad_draws", {"draws": 0}),
        ("lengths", {"groups": ["x"]}),
        ("one_unit", {"groups": ["x"] * 5}),
        ("too_costly", {"rule": RULES["schulze"], "draws": 10_000_000}),
    ],
)
def test_refusals(code: str, changed: dict) -> None:
    asked = {"rule": RULES["approval"], "places": 2} | changed
    with pytest.raises(UsageError) as error:
        firmness(CAST, THEMES, **asked)
    assert error.value.code == code
