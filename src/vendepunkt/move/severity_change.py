"""How far people moved, as a number: change in severity from draws of class paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import intervals
from vendepunkt.move.ground import Ground
from vendepunkt.move.people import ends
from vendepunkt.move.smooth import Smooth, estimated, profile_name

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

#: Ends of the bins of change, on the scale where 1 is from all best to all worst answers. No
#: change at all lies in the middle of a bin.
WIDTH = 0.05
#: Numbers drawn at once, so that many people need no more memory.
AT_ONCE = 4_000_000
PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True, eq=False)
class SeverityChange:
    """The distribution of the change in severity between the first and last wave answered.

    Attributes
    ----------
    edges : (B + 1,)
        Ends of the bins, from −1 to 1.
    density : (1 + G, B)
        Share of each bin: of everybody, then of those of each main group at their first wave.
    values : (V,)
        The changes that occur: differences between two classes.
    shares : (1 + G, V)
        Share of each of them, as `density`.
    origin : (1 + G,)
        Share of people who began in each group; 1 for everybody.
    n
        People who answered at two waves or more, unweighted.
    draws
        Draws of everybody's path.
    """

    edges: Floats
    density: Floats
    values: Floats
    shares: Floats
    origin: Floats
    n: float
    draws: int

    def mean(self) -> Floats:
        """Mean change, (1 + G,)."""
        return np.asarray(self.shares @ self.values)

    def percentile(self, percent: float) -> Floats:
        """Give the least change that at least `percent` of people do not exceed, (1 + G,)."""
        order = np.argsort(self.values)
        reached = np.cumsum(self.shares[:, order], axis=1) >= percent / 100 - 1e-12
        return np.asarray(self.values[order][reached.argmax(axis=1)], dtype=np.float64)


def severity_change(ground: Ground) -> SeverityChange | None:
    """How far did people move on the scale of severity?

    The path of each sequence of answers is drawn from its posterior many times, and the severity
    of the class at the first wave with an answer is taken from that at the last. Differences of
    posterior means would pull every change toward 0.

    Returns
    -------
    SeverityChange or None
        None where no item has an order, or nobody answered at two waves.

    References
    ----------
    Wang, C.-P., Brown, C. H. & Bandeen-Roche, K. (2005). Residual diagnostics for growth mixture
    models (pseudo-class draws). Journal of the American Statistical Association, 100(471),
    1054–1076. https://doi.org/10.1198/016214505000000501
    """
    severity = ground.model.severity
    first_last = ends(ground)
    moved = first_last[:, 1] > first_last[:, 0]
    if severity is None or not moved.any():
        return None
    classes, groups = ground.model.classes, len(ground.letters)
    cells = np.zeros(classes * classes)
    rows = np.arange(len(moved))
    draws = 0
    for drawn in _draws(ground):
        at = drawn[:, rows[:, None], first_last].astype(np.intp)
        place = (at[:, :, 0] * classes + at[:, :, 1])[:, moved]
        weight = np.broadcast_to(ground.weight[moved], place.shape)
        cells += np.bincount(place.ravel(), weights=weight.ravel(), minlength=cells.size)
        draws += len(drawn)
    joint = (cells / cells.sum()).reshape(classes, classes)
    step = severity.total[None, :] - severity.total[:, None]
    of_class = ground.membership.argmax(axis=1)
    parts = [joint] + [joint * (of_class == g)[:, None] for g in range(groups)]
    origin = np.array([part.sum() for part in parts])
    shares = np.array([part.ravel() / max(part.sum(), 1e-300) for part in parts])
    edges = np.arange(-1 - WIDTH / 2, 1 + WIDTH, WIDTH)
    place = np.clip(np.searchsorted(edges, step.ravel(), side="right") - 1, 0, len(edges) - 2)
    density = np.array([np.bincount(place, row, minlength=len(edges) - 1) for row in shares])
    return SeverityChange(
        edges=edges,
        density=density,
        values=step.ravel(),
        shares=shares,
        origin=origin,
        n=float(ground.counts @ moved),
        draws=draws,
    )


def _draws(ground: Ground) -> Iterator[npt.NDArray[np.int8]]:
    rng = np.random.default_rng([ground.options.seed, 6])
    left = ground.options.draws
    size = max(1, AT_ONCE // max(ground.present.size, 1))
    while left > 0:
        yield ground.model.paths.draw(rng, min(size, left))
        left -= size


def density_rows(found: SeverityChange, letters: tuple[str, ...]) -> list[dict[str, Any]]:
    """Give the density: ``group`` is empty for everybody, else the main group at the start."""
    rows: list[dict[str, Any]] = []
    for g, letter in enumerate(("", *letters)):
        some = np.flatnonzero(found.density.sum(axis=0) > 0)
        rows += [
            {
                "group": letter,
                "low": float(found.edges[b].round(10)),
                "high": float(found.edges[b + 1].round(10)),
                "estimate": float(found.density[g, b]),
            }
            for b in range(int(some.min()), int(some.max()) + 1)
        ]
    return rows


def summary_rows(found: SeverityChange, letters: tuple[str, ...]) -> list[dict[str, Any]]:
    """Sum the change up: for everybody and by group of origin, with each group's part of it."""
    mean, rows = found.mean(), []
    percentiles = {p: found.percentile(p) for p in PERCENTILES}
    for g, letter in enumerate(("", *letters)):
        up, down = found.values > 0, found.values < 0
        rows.append(
            {
                "group": letter,
                "share": float(found.origin[g]),
                "mean": float(mean[g]),
                "contribution": float(found.origin[g] * mean[g]),
                "more": float(found.shares[g, up].sum()),
                "less": float(found.shares[g, down].sum()),
                **{f"p{p}": float(values[g]) for p, values in percentiles.items()},
                "n": found.n if not letter else found.n * float(found.origin[g]),
            }
        )
    return rows


def mean_change_rows(ground: Ground) -> list[dict[str, Any]]:
    """How much did mean severity change by the model, in all and from each main group?

    The people of the extreme groups change toward the middle on average even where nothing
    happened: see the statement on regression to the mean.
    """
    severity = ground.model.severity
    if severity is None:
        return []
    total = _total_severity(ground)
    rows = []
    for pair in ground.pairs():
        classes, cells = ground.class_joint(pair), ground.cells(pair)
        moved = Smooth(
            total.value[None, :] - total.value[:, None],
            total.gradient[None, :, :] - total.gradient[:, None, :],
        )
        each = classes * moved
        by_class, start = each.sum(1), classes.sum(1)
        by_group = by_class.weighted("k,kg->g", ground.membership)
        from_group = start.weighted("k,kg->g", ground.membership)
        n = [float(ground.counts @ ground.both(pair)), *cells.sum(axis=1).n.tolist()]
        parts = [by_class.sum(0), *(by_group[g] / from_group[g] for g in range(len(n) - 1))]
        for letter, part, people in zip(("", *ground.letters), parts, n, strict=True):
            error = part.std_error(ground.covariance)
            low, high = intervals.number_interval(
                part.value, error, ground.options.conf_level, ground.model.errors.df
            )
            rows.append(
                ground.between(pair)
                | {
                    "group": letter,
                    "estimate": float(part.value),
                    "std_error": float(error),
                    "conf_low": float(low),
                    "conf_high": float(high),
                    "n": people,
                }
            )
    return rows


def _total_severity(ground: Ground) -> Smooth:
    """Severity of the classes as a function of their profiles, (K,)."""
    model = ground.model
    if model.severity is None:
        raise ValueError("no item has an order")
    size = model.estimates.value.size
    total = Smooth(np.zeros(model.classes), np.zeros((model.classes, size)))
    for item, weight in enumerate(model.severity.weights):
        if weight is not None:
            profile = estimated(model.estimates, profile_name(item))
            total = total + profile.weighted("vk,v->k", weight)
    return total


def density_table(found: SeverityChange | None, letters: tuple[str, ...]) -> pd.DataFrame:
    """Give :func:`density_rows` as a frame; empty without an order."""
    import pandas as pd

    rows = [] if found is None else density_rows(found, letters)
    return pd.DataFrame(rows, columns=["group", "low", "high", "estimate"])


def summary_table(found: SeverityChange | None, letters: tuple[str, ...]) -> pd.DataFrame:
    """Give :func:`summary_rows` as a frame; empty without an order."""
    import pandas as pd

    columns = ["group", "share", "mean", "contribution", "more", "less"]
    columns += [f"p{p}" for p in PERCENTILES] + ["n"]
    return pd.DataFrame([] if found is None else summary_rows(found, letters), columns=columns)
