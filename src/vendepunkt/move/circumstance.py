"""A change in a circumstance against a change in severity, within the same people.

First differences: whoever gained a circumstance between two waves (lost the job) is set against
those of the same group of origin who stayed without it, and whoever lost it against those who
stayed with it. Gains and losses stand apart: one need not undo the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.data import rows_where
from vendepunkt.measure import Progress
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.ground import Ground
from vendepunkt.move.model import severity_of
from vendepunkt.move.parameters import Parameters, person_variance, person_weights
from vendepunkt.numerics.markov import Paths, posterior
from vendepunkt.terms import DataError, Notice, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data import Panel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.intp]

#: What can become of a circumstance between two waves, and whom a change is set against.
CHANGES = ("stayed_without", "gained", "lost", "stayed_with")
AGAINST = {"gained": "stayed_without", "lost": "stayed_with"}
#: Steps from wave to wave pooled, or from the first wave to the last.
WHICH = ("steps", "first_last")
DRAWS = 40
#: People whose paths are drawn together, to bound memory.
CHUNK = 50_000
#: So many person-waves of each kind before a circumstance is called a recode of an item.
FEW = 5
#: Of the draws at least so many have to give a number.
FEWEST = 0.9


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A circumstance of a person at a wave, as a condition on the rows of the survey.

    Attributes
    ----------
    name
        What it is called.
    condition
        When a person has it, as of ``--where``: ``"wrkstat == 'Unemployed'"``. Where the condition
        can be neither true nor false, it is not known.

    Examples
    --------
    >>> Circumstance("unemployed", "wrkstat == 'Unemployed'").name
    'unemployed'
    """

    name: str
    condition: str


@dataclass(frozen=True, eq=False)
class CircumstanceChange:
    """Mean change in severity by what became of a circumstance.

    Attributes
    ----------
    ground
        The model.
    circumstance
        The circumstance.
    which
        A key of :data:`WHICH`.
    means, differences
        Rows of :meth:`table`.
    n
        People-steps with each change, unweighted, in the order of :data:`CHANGES`.
    n_unknown
        Person-steps with answers at both waves whose circumstance is not known.
    draws
        Draws of parameters and paths.
    """

    ground: Ground
    circumstance: Circumstance
    which: str
    means: tuple[dict[str, Any], ...]
    differences: tuple[dict[str, Any], ...]
    n: tuple[float, ...]
    n_unknown: float
    draws: int

    def table(self) -> pd.DataFrame:
        """Give mean changes in severity, and their differences from those of stayers.

        Returns
        -------
        DataFrame
            ``term change against group estimate std_error conf_low conf_high n``. Term ``mean``:
            mean change of those with this change in the circumstance; ``difference``: less that of
            the stayers named in ``against``, of the same group of origin. ``group`` is the main
            group before the step, or empty: for means everybody, for differences the groups of
            origin in the mix of those who changed. Above 0 is toward more exclusion. ``n`` counts
            unweighted people-steps of the change, the smaller of expected and placed.
        """
        import pandas as pd

        columns = ["term", "change", "against", "group", "estimate", "std_error", "conf_low"]
        rows = [*self.means, *self.differences]
        return pd.DataFrame(rows, columns=[*columns, "conf_high", "n"])

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""
        name = self.circumstance.name
        found = [measured_notices.notice("move_circumstance_nearer", name=name)]
        for change, n in zip(CHANGES, self.n, strict=True):
            if change in AGAINST and n == 0:
                found.append(measured_notices.notice(f"move_circumstance_none_{change}", name=name))
        if self.n_unknown:
            found.append(
                measured_notices.notice(
                    "move_circumstance_unknown", name=name, n=round(self.n_unknown)
                )
            )
        return tuple(found)


def circumstance_change(
    ground: Ground,
    circumstance: Circumstance,
    *,
    which: str = "steps",
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> CircumstanceChange:
    """Do people whose circumstance changed move toward more or less exclusion than those alike?

    Parameters
    ----------
    ground
        The model of movement, with an order of the items.
    circumstance
        Not an item of the measurement, nor made of one.
    which
        ``"steps"``: changes from each wave to the next, pooled (a person counts once for each);
        ``"first_last"``: from the first wave to the last.
    draws
        Draws of parameters and paths, 2 or more.
    progress
        Called with what is being done and the fraction done.

    Raises
    ------
    UsageError
        With code ``item_as_circumstance``; for an unknown column; without an order of the items.
    DataError
        Where nobody has answers and a known circumstance at both waves of a step.

    Notes
    -----
    Each draw takes parameters from their distribution, then everybody's path of classes from its
    posterior; change in severity is that between the drawn classes. The variance is the mean of the
    design-based variances of the draws plus (1 + 1/draws) times the variance between them, with
    Barnard's and Rubin's degrees of freedom. As the circumstance takes no part in the model of the
    classes, differences come out nearer to 0 than they are.

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley.
    https://doi.org/10.1002/9780470316696

    Barnard, J. & Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation.
    Biometrika, 86(4), 948–955. https://doi.org/10.1093/biomet/86.4.948

    Allison, P. D. (2019). Asymmetric fixed-effects models for panel data. Socius, 5.
    https://doi.org/10.1177/2378023119826441
    """
    from vendepunkt.terms import choose

    choose(which, WHICH, "which")
    if draws < 2:
        raise UsageError("bad_draws", f"draws is {draws}.", allowed="a whole number of 2 or more")
    if ground.model.severity is None:
        raise UsageError(
            "no_order",
            "None of the items has an order from good to bad, so that no change has a direction.",
            try_="order = [good … bad] for the items",
        )
    panel = ground.material.panel
    there, known = circumstance_values(panel, circumstance)
    refuse_items(ground, circumstance, there, known)
    last = panel.n_waves - 1
    pairs = [(0, last)] if which == "first_last" else [(t, t + 1) for t in range(last)]
    work = _Steps(ground, pairs, there, known)
    if not work.inside.any():
        raise DataError(
            "no_rows",
            f"Nobody has answers and a known circumstance {circumstance.name!r} at two waves.",
            try_="another circumstance",
        )
    estimates, variances = work.drawn(draws, progress)
    rows = work.rows(*_combined(estimates, variances, ground.model.errors.df))
    size = len(CHANGES) * (1 + len(ground.letters))
    people = ground.material.people()[:, None]
    return CircumstanceChange(
        ground=ground,
        circumstance=circumstance,
        which=which,
        means=tuple(rows[:size]),
        differences=tuple(rows[size:]),
        n=tuple(float((people * (work.change == c)).sum()) for c in range(len(CHANGES))),
        n_unknown=float((people * (work.answered & (work.change < 0))).sum()),
        draws=draws,
    )


def circumstance_values(panel: Panel, circumstance: Circumstance) -> tuple[Bools, Bools]:
    """Say who has the circumstance at each wave, and of whom it is known, both (N, T)."""
    survey = panel.survey
    labels = {name: variable.labels for name, variable in survey.variables.items()}
    option = f"circumstance {circumstance.name}"
    yes = rows_where(survey.frame, circumstance.condition, labels, option)
    no = rows_where(survey.frame, f"not ({circumstance.condition})", labels, option)
    rows, exists = panel.person_rows, panel.person_rows >= 0
    return yes[rows] & exists, (yes | no)[rows] & exists


def refuse_items(ground: Ground, circumstance: Circumstance, there: Bools, known: Bools) -> None:
    """Refuse a circumstance that is an item of the measurement, or is made of one.

    It is made of an item where all who gave an answer to it have the circumstance, or none of them.
    """
    names = [item.name for item in ground.material.answers.indicators]
    columns = condition_columns(circumstance.condition)
    named = [name for name in names if name in columns]
    for item in ground.material.answers.indicators:
        if item.name in named or not len(item.categories):
            continue
        codes = item.codes.reshape(there.shape)
        both = known & (codes >= 0)
        counts = np.array(
            [
                np.bincount(codes[both & (there == value)], minlength=len(item.categories))
                for value in (False, True)
            ]
        )
        if (counts.sum(axis=1) >= FEW).all() and (counts.min(axis=0) == 0).all():
            named.append(item.name)
    if named:
        others = [name for name in names if name not in named]
        raise UsageError(
            "item_as_circumstance",
            f"The circumstance {circumstance.name!r} is made of {', '.join(named)}, which the "
            "groups are made of too: it would be set against itself.",
            allowed="a circumstance that is no item of the measurement",
            try_=f"a second fit without it, shown beside the full one: --items {','.join(others)}"
            if others
            else "",
        )


def condition_columns(condition: str) -> set[str]:
    """Give the names that a condition speaks of.

    Examples
    --------
    >>> sorted(condition_columns("health in ('good', 'fair') and `job status` == 2"))
    ['and', 'health', 'in', 'job status']
    """
    plain = re.sub(r"\"[^\"]*\"|'[^']*'", " ", condition)
    quoted = set(re.findall(r"`([^`]+)`", plain))
    return quoted | set(re.findall(r"[^\W\d][\w.]*", re.sub(r"`[^`]+`", " ", plain)))


class _Steps:
    """The steps of people with a change in the circumstance, and what is estimated of them."""

    def __init__(
        self, ground: Ground, pairs: list[tuple[int, int]], there: Bools, known: Bools
    ) -> None:
        self.ground, self.pairs = ground, pairs
        material = ground.material
        self.answered = np.stack(
            [material.present[:, a] & material.present[:, b] for a, b in pairs], axis=1
        )
        both = np.stack([known[:, a] & known[:, b] for a, b in pairs], axis=1)
        change = np.stack([2 * there[:, a] + there[:, b] for a, b in pairs], axis=1)
        # 0 without, 1 gained, 2 lost, 3 with: the order of CHANGES.
        self.change = np.where(self.answered & both, change, -1)
        self.inside = np.flatnonzero((self.change >= 0).any(axis=1))
        self.weights = person_weights(ground)
        self.cells = [
            (c, g) for c in range(len(CHANGES)) for g in range(-1, len(ground.letters))
        ]  # fmt: skip
        self.contrasts = [
            (CHANGES.index(change), CHANGES.index(stayed), g)
            for change, stayed in AGAINST.items()
            for g in range(-1, len(ground.letters))
        ]
        self.expected = np.zeros(len(self.cells))

    def drawn(self, draws: int, progress: Progress | None) -> tuple[Floats, Floats]:
        """Give the estimates (M, m) of the draws and their variances by the design (M, m)."""
        ground = self.ground
        rng = np.random.default_rng([ground.options.seed, 9])
        parameters = None
        if ground.model.errors.identified:
            parameters = Parameters.of(ground.material, ground.model)
        found, variances = [], []
        for number in range(draws):
            fit = ground.model.fit if parameters is None else parameters.drawn(rng)
            paths = posterior(ground.material.data, fit)
            severity = severity_of(ground.material, fit)
            if severity is None:
                raise ValueError("no item has an order")
            path = self._paths(paths, rng)
            estimate, values = self._estimate(path, severity.total)
            covariance = person_variance(ground, values)
            found.append(estimate)
            variances.append(
                np.full(len(estimate), np.nan) if covariance is None else np.diag(covariance)
            )
            if progress is not None:
                progress("circumstances", (number + 1) / draws)
        self.expected /= draws
        return np.array(found), np.array(variances)

    def _paths(self, paths: Paths, rng: np.random.Generator) -> Integers:
        """Draw a path of classes for each person of a step, each by themselves, (n, T)."""
        sequence = paths.row_to_pattern[self.inside]
        parts = []
        for begin in range(0, len(sequence), CHUNK):
            own = sequence[begin : begin + CHUNK]
            parts.append(paths.take(own).draw(rng, 1)[0])
        return np.concatenate(parts).astype(np.intp)

    def _estimate(self, path: Integers, severity: Floats) -> tuple[Floats, Floats]:
        """Give means and differences (m,), and each person's influence on them (N, m)."""
        ground = self.ground
        change = self.change[self.inside]
        weight = self.weights[self.inside][:, None]
        counts = ground.material.people()[self.inside][:, None]
        first = np.stack([path[:, a] for a, _ in self.pairs], axis=1)
        last = np.stack([path[:, b] for _, b in self.pairs], axis=1)
        step = severity[last] - severity[first]
        origin = ground.membership.argmax(axis=1)[first]
        marks = np.stack([(change == c) & ((g < 0) | (origin == g)) for c, g in self.cells], axis=2)
        self.expected += np.einsum("it,itm->m", np.broadcast_to(counts, change.shape), marks)
        total = np.einsum("it,itm->m", np.broadcast_to(weight * counts, change.shape), marks)
        safe = np.where(total > 0, total, np.nan)
        mean = np.einsum("it,it,itm->m", weight * counts * np.ones_like(step), step, marks) / safe
        values = np.einsum("it,itm->im", weight * step, marks)
        values -= np.einsum("it,itm->im", np.broadcast_to(weight, change.shape), marks) * mean
        values /= safe
        share = np.einsum("it,itm->im", np.broadcast_to(weight, change.shape), marks)
        differences, influences = self._differences(mean, values, total, share)
        whole = np.zeros((len(self.change), len(mean) + len(differences)))
        whole[self.inside] = np.column_stack([values, *influences])
        return np.concatenate([mean, differences]), np.nan_to_num(whole)

    def _differences(
        self, mean: Floats, values: Floats, total: Floats, share: Floats
    ) -> tuple[Floats, list[Floats]]:
        """Set changers against stayers of the same origin; over all origins in changers' mix."""
        place = {cell: at for at, cell in enumerate(self.cells)}
        found, influences = [], []
        for change, stayed, g in self.contrasts:
            if g >= 0:
                one, other = place[change, g], place[stayed, g]
                found.append(mean[one] - mean[other])
                influences.append(values[:, one] - values[:, other])
                continue
            everybody = place[change, -1]
            value, own = mean[everybody], values[:, everybody].copy()
            for h in range(len(self.ground.letters)):
                mine, other = place[change, h], place[stayed, h]
                if total[mine] == 0:
                    continue
                mix = total[mine] / total[everybody]
                value = value - mix * mean[other]
                moved = (share[:, mine] - mix * share[:, everybody]) / total[everybody]
                own -= mix * values[:, other] + mean[other] * moved
            found.append(value)
            influences.append(own)
        return np.array(found), influences

    def rows(self, value: Floats, error: Floats, df: Floats) -> list[dict[str, Any]]:
        """Give the rows of the table."""
        from scipy import stats

        letters, level = self.ground.letters, self.ground.options.conf_level
        reach = stats.t.ppf(0.5 + level / 2, df) * error
        placed = self._placed()
        n = {cell: float(min(self.expected[at], placed[at])) for at, cell in enumerate(self.cells)}
        named = [("mean", c, "", g) for c, g in self.cells]
        named += [("difference", c, CHANGES[s], g) for c, s, g in self.contrasts]
        return [
            {
                "term": term,
                "change": CHANGES[c],
                "against": against,
                "group": letters[g] if g >= 0 else "",
                "estimate": float(value[at]),
                "std_error": float(error[at]),
                "conf_low": float(value[at] - reach[at]),
                "conf_high": float(value[at] + reach[at]),
                "n": n[c, g],
            }
            for at, (term, c, against, g) in enumerate(named)
        ]

    def _placed(self) -> Floats:
        """Count people-steps by change and by the group they are placed in, unweighted."""
        ground = self.ground
        modal = ground.modal_groups()[ground.material.data.row_to_pattern]
        counts = np.broadcast_to(ground.material.people()[:, None], self.change.shape)
        origin = np.stack([modal[:, a] for a, _ in self.pairs], axis=1)
        return np.array(
            [
                counts[(self.change == c) & ((g < 0) | (origin == g))].sum()
                for c, g in self.cells
            ]
        )  # fmt: skip


def _combined(
    estimates: Floats, variances: Floats, df: float | None
) -> tuple[Floats, Floats, Floats]:
    """Combine draws: mean, standard error, and degrees of freedom (Barnard and Rubin)."""
    known = np.isfinite(estimates).mean(axis=0) >= FEWEST
    with np.errstate(invalid="ignore", divide="ignore"):
        count = np.isfinite(estimates).sum(axis=0)
        value = np.where(known, np.nansum(estimates, axis=0) / count, np.nan)
        within = np.where(known, np.nanmean(np.where(np.isfinite(estimates), variances, 0), 0), 0)
        between = np.where(known, np.nansum((estimates - value) ** 2, axis=0) / (count - 1), np.nan)
        extra = (1 + 1 / count) * between
        total = within + extra
        part = extra / total
        by_draws = (count - 1) / part**2
        freedom = by_draws
        if df is not None:
            seen = (df + 1) / (df + 3) * df * (1 - part)
            freedom = 1 / (1 / by_draws + 1 / seen)
    error = np.where(total > 0, np.sqrt(total), np.nan)
    return value, error, freedom
