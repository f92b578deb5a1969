"""Small populations that the tests of the stage share."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.reference.lca_data import answers

from vendepunkt.data import Indicator, ItemDefinition, read_survey
from vendepunkt.measure import Measurement, MeasureOptions, measure
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.severity import severity

EXAMPLE = Path(__file__).parents[2] / "examples" / "gss-panel"


def item(
    name: str,
    codes: Sequence[int] | NDArray[np.int32],
    categories: Sequence[str] = ("yes", "no"),
    *,
    dimension: str = "",
    kind: str = "nominal",
    ordered: bool = True,
) -> Indicator:
    """An item from codes; its categories run from good to bad unless `ordered` is off."""
    size = len(categories)
    return Indicator(
        name=name,
        label=f"The question {name}",
        dimension=dimension or name,
        kind=kind,
        codes=np.asarray(codes, dtype=np.int32),
        categories=tuple(categories),
        values=np.arange(size, dtype=np.float64),
        scores=np.linspace(0, 1, size) if ordered else np.full(size, np.nan),
    )


@cache
def reference(data: str) -> tuple[Indicator, ...]:
    """The items of one data set of tests/reference/lca, unordered."""
    made = []
    for name, column in answers(data).items():
        values = np.sort(column.dropna().unique())
        codes = np.where(column.isna(), -1, np.searchsorted(values, column.fillna(values[0])))
        labels = [f"{value:g}" for value in values]
        made.append(item(str(name), codes, labels, ordered=False))
    return tuple(made)


@cache
def gss_wave_1() -> tuple[Indicator, ...]:
    """The nine items of the example study at its first wave, from good to bad."""
    study = tomllib.loads((EXAMPLE / "study.toml").read_text(encoding="utf-8"))
    survey = read_survey(EXAMPLE / "data" / "gss_panel0610.csv", person="firstid", wave="wave")
    first = survey.of_wave("1")
    found = []
    for name, options in study["items"].items():
        stated = {key: value for key, value in options.items() if key not in {"label", "labels"}}
        found.append(first.indicator(ItemDefinition.from_options(name, stated)))
    return tuple(found)


@cache
def gss_measured() -> Measurement:
    """Three classes of the first wave, by severity."""
    options = MeasureOptions(classes=(2, 3), order="severity", seed=1, continuum=True)
    return measure(gss_wave_1(), options)


@cache
def gss82_measured() -> Measurement:
    """One to four classes of gss82, by size."""
    return measure(reference("gss82"), MeasureOptions(classes=(1, 2, 3, 4), seed=1))


def spectrum_people(n: int = 900, seed: int = 5) -> tuple[Indicator, ...]:
    """Three well-separated groups of about 74, 18 and 8 % that differ in six items the same way."""
    rng = np.random.default_rng(seed)
    group = rng.choice(3, size=n, p=[0.74, 0.18, 0.08])
    worse = np.array([[0.93, 0.05, 0.02], [0.25, 0.6, 0.15], [0.05, 0.15, 0.8]])
    made = []
    for number in range(6):
        codes = (rng.random(n)[:, None] > worse[group].cumsum(axis=1)[:, :2]).sum(axis=1)
        dimension = ("economy", "health", "network")[number // 2]
        labels = ("never", "sometimes", "often")
        made.append(item(f"q{number + 1}", codes, labels, dimension=dimension))
    return tuple(made)


def classes_of(
    shares: Sequence[float],
    profiles: Sequence[NDArray[np.float64]],
    dimensions: Sequence[str],
    covariance: NDArray[np.float64] | None = None,
) -> Classification:
    """A classification made by hand: a pattern per class, of 100 people in all."""
    sizes = np.asarray(shares, dtype=np.float64)
    scores = [np.linspace(0, 1, profile.shape[0]) for profile in profiles]
    return Classification(
        posterior=np.eye(sizes.size),
        row_to_pattern=np.arange(sizes.size, dtype=np.int32),
        weights=100 * sizes,
        counts=100 * sizes,
        shares=sizes,
        profiles=tuple(profiles),
        rows=tuple(tuple(f"c{v}" for v in range(p.shape[0])) for p in profiles),
        boundary=tuple(np.zeros(p.shape, dtype=bool) for p in profiles),
        covariance=covariance,
        se_kind="robust",
        df=None,
        severity=severity(profiles, scores, dimensions),
    )
