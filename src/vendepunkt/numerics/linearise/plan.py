"""The sampling design as integer codes: which unit of which stratum each row is, stage by stage.

Notes
-----
Below the first stage a stratum is a unit of the stage above, so that strata, clusters and stages
are one structure repeated. The variance of an estimated total is the sum over stages of the
between-unit variance within strata, each stage multiplied by the sampling fractions of the stages
above it [1]_; this is the recursion of R's ``survey`` written as a loop.

References
----------
.. [1] Särndal, C.-E., Swensson, B. & Wretman, J. (1992). *Model Assisted Survey Sampling*,
   result 4.3.1. Springer. doi:10.1007/978-1-4612-4378-6
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.numerics.linearise.checks import check_freq, codes, numbers, row_list
from vendepunkt.terms import DataError, UsageError

CERTAIN = 1e-7
"""A stratum with less than this share left unsampled is taken as sampled whole, as in R."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What the parts of a design are called in messages: the user's own column names."""

    weights: str = "the weight"
    freq: str = "the frequency"
    strata: str = "the stratum"
    clusters: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()

    def cluster(self, stage: int) -> str:
        """Name the unit of a stage counted from 0."""
        known = stage < len(self.clusters)
        return self.clusters[stage] if known else f"the cluster of stage {stage + 1}"

    def correction(self, stage: int) -> str:
        """Name the finite-population correction of a stage counted from 0."""
        known = stage < len(self.fpc)
        return self.fpc[stage] if known else f"the fpc of stage {stage + 1}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of sampling: n rows in U units in H strata.

    Attributes
    ----------
    unit : ndarray of shape (n,)
        Unit of each row, 0 … U − 1, numbered so that units of a stratum follow each other.
    stratum : ndarray of shape (U,)
        Stratum of each unit, never falling.
    copies : ndarray of shape (U,)
        How many sampled units a unit stands for: 1, or the frequency where units are rows.
    sampled : ndarray of shape (H,)
        Units sampled in each stratum.
    uncovered : ndarray of shape (H,)
        Share of the stratum's population left unsampled, 1 without a correction.
    factor : ndarray of shape (H,)
        Product of the sampling fractions of the stages above.
    units_are_rows : bool
        Whether a unit is a row of the data.
    """

    unit: NDArray[np.int64]
    stratum: NDArray[np.int64]
    copies: NDArray[np.float64]
    sampled: NDArray[np.float64]
    uncovered: NDArray[np.float64]
    factor: NDArray[np.float64]
    units_are_rows: bool

    @property
    def single(self) -> NDArray[np.bool_]:
        """Strata with a single unit drawn, unless their fpc says that there is no other (H,)."""
        return np.asarray((self.sampled == 1) & (self.uncovered >= CERTAIN))

    @property
    def reaches_below(self) -> bool:
        """Whether the stages below can add to the variance: some fraction is not nil."""
        return bool(np.any(self.factor * (1.0 - self.uncovered) > 0.0))


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """A sampling design, coded once and used for every estimate on the same rows.

    Attributes
    ----------
    n : int
        Rows of the data.
    freq : ndarray of shape (n,) or None
        How many rows each row stands for.
    stages : tuple of Stage
        The stages that add to the variance, the first one first.
    """

    n: int
    freq: NDArray[np.float64] | None
    stages: tuple[Stage, ...]

    @property
    def n_psu(self) -> int:
        """Primary sampling units drawn."""
        return int(self.stages[0].sampled.sum())

    @property
    def n_strata(self) -> int:
        """Strata of the first stage that hold a row."""
        return int(np.count_nonzero(self.stages[0].sampled))

    @property
    def n_single_strata(self) -> int:
        """Strata of the first stage with a single PSU."""
        return int(self.stages[0].single.sum())


def sampling_plan(
    n: int,
    *,
    strata: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] = (),
    fpc: Sequence[ArrayLike] = (),
    freq: ArrayLike | None = None,
    nest: bool = False,
    names: ColumnNames | None = None,
) -> SamplingPlan:
    """Code a sampling design: who was drawn together with whom, out of how many.

    Parameters
    ----------
    n : int
        Rows of the data.
    strata : array_like of shape (n,), optional
        Stratum of the first stage.
    clusters : sequence of array_like of shape (n,)
        Units of each stage, the primary sampling unit first. Without any, each row is a PSU. Units
        of a later stage are always taken as nested in the stage before.
    fpc : sequence of array_like of shape (n,)
        Finite-population corrections, by stage: each column holds either population counts of
        units (1 or more, ``inf`` for no correction) or sampled fractions (above 0, at most 1),
        constant within a stratum (below the first stage: within a unit of the stage above). With
        one column more than there are clusters, the rows are the units of the last stage.
        Stages without a column count as drawn with replacement.
    freq : array_like of shape (n,), optional
        How many equal rows each row stands for: whole numbers from 0.
    nest : bool
        Whether PSU ids start afresh in each stratum.
    names : ColumnNames, optional
        What to call the parts in messages.

    Returns
    -------
    SamplingPlan

    Raises
    ------
    DataError
        With codes ``design_missing``, ``design_not_nested``, ``fpc_mixed``, ``fpc_impossible``,
        ``fpc_too_small`` or ``fpc_varies``.
    UsageError
        With code ``too_many_fpc``.

    Examples
    --------
    >>> plan = sampling_plan(4, strata=[1, 1, 2, 2], clusters=[[1, 2, 1, 2]], nest=True)
    >>> plan.n_psu, plan.n_strata
    (4, 2)
    """
    names = names or ColumnNames()
    if len(fpc) > len(clusters) + 1:
        raise UsageError(
            "too_many_fpc",
            f"There are {len(fpc)} population corrections for {len(clusters)} cluster stages.",
            allowed="one for each stage, and one more where the rows are the last stage",
        )
    counts = None if freq is None else check_freq(freq, n, names.freq)
    stratum = np.zeros(n, dtype=np.int64) if strata is None else codes(strata, n, names.strata)
    n_strata = int(stratum.max(initial=-1)) + 1
    factor = np.ones(n_strata)
    stages: list[Stage] = []
    rows_last = not clusters or len(fpc) == len(clusters) + 1
    for level in range(len(clusters) + rows_last):
        is_rows = level == len(clusters)
        ids = np.arange(n) if is_rows else codes(clusters[level], n, names.cluster(level))
        if level == 0 and strata is not None and not nest and not is_rows:
            _refuse_unnested(ids, stratum, names)
        unit, unit_stratum = _pair(stratum, ids)
        copies = _copies(unit, unit_stratum.size, counts, is_rows)
        sampled = np.bincount(unit_stratum, weights=copies, minlength=factor.size).astype(float)
        column = fpc[level] if level < len(fpc) else None
        uncovered = _uncovered(column, stratum, sampled, level, names)
        stage = Stage(unit, unit_stratum, copies, sampled, uncovered, factor, is_rows)
        stages.append(stage)
        if not stage.reaches_below:
            break
        stratum = unit
        factor = (factor * (1.0 - uncovered))[unit_stratum]
    return SamplingPlan(n, counts, tuple(stages))


def _pair(
    stratum: NDArray[np.int64], ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Code the units within strata (n,) and give the stratum of each (U,)."""
    width = int(ids.max(initial=0)) + 1
    keys, unit = np.unique(stratum * width + ids, return_inverse=True)
    return unit.astype(np.int64), (keys // width).astype(np.int64)


def _copies(
    unit: NDArray[np.int64], size: int, freq: NDArray[np.float64] | None, is_rows: bool
) -> NDArray[np.float64]:
    """How many sampled units each unit is: its frequency if a row, else 1 if any row counts."""
    if freq is None:
        return np.ones(size)
    total = np.bincount(unit, weights=freq, minlength=size).astype(np.float64)
    return total if is_rows else (total > 0).astype(np.float64)


def _refuse_unnested(
    ids: NDArray[np.int64], stratum: NDArray[np.int64], names: ColumnNames
) -> None:
    pairs = np.unique(ids * (int(stratum.max()) + 1) + stratum)
    homes = np.bincount(pairs // (int(stratum.max()) + 1))
    shared = int(np.count_nonzero(homes > 1))
    if shared:
        raise DataError(
            "design_not_nested",
            f"{names.cluster(0)}: {shared} of {homes.size} ids occur in more than one stratum of "
            f"{names.strata}. Usually the numbering starts afresh in each stratum, and the same id "
            "then means different units.",
            allowed="ids of their own for each unit, or nest",
            try_="--nest",
        )


def _uncovered(
    column: ArrayLike | None,
    stratum: NDArray[np.int64],
    sampled: NDArray[np.float64],
    level: int,
    names: ColumnNames,
) -> NDArray[np.float64]:
    """Share of each stratum's population that was not drawn (H,)."""
    if column is None:
        return np.ones(sampled.size)
    name = names.correction(level)
    values = numbers(column, stratum.size, name)
    is_fraction = _is_fraction(values, name)
    first = np.full(sampled.size, np.nan)
    first[stratum[::-1]] = values[::-1]
    varies = values != first[stratum]
    if varies.any():
        raise DataError(
            "fpc_varies",
            f"{name} is not the same throughout a stratum of its stage: {row_list(varies)} differ "
            "from the first row there.",
            allowed="one value for each stratum"
            + (" (below the first stage: for each unit of the stage above)" if level else ""),
        )
    # A stratum that holds only rows of frequency 0 has nothing drawn and nothing to correct.
    first = np.where(np.isnan(first), 1.0, first)
    if is_fraction:
        return 1.0 - first
    small = first < sampled
    if small.any():
        raise DataError(
            "fpc_too_small",
            f"{name} gives a population smaller than the sample in {int(small.sum())} of "
            f"{small.size} strata of stage {level + 1} (for instance {first[small][0]:g} for "
            f"{sampled[small][0]:g} units drawn).",
            allowed="the number of units in the population, at least the number drawn; or the "
            "fraction drawn, above 0 and at most 1",
            try_="check that the correction counts units of this stage, not people",
        )
    return np.asarray(1.0 - sampled / first)


def _is_fraction(values: NDArray[np.float64], name: str) -> bool:
    """Recognise sampled fractions (True) and population counts (False); refuse anything else."""
    wrong = np.isnan(values) | (values <= 0)
    if wrong.any():
        raise DataError(
            "fpc_impossible",
            f"{name} is missing, 0 or negative in {row_list(wrong)}.",
            allowed="a population count of 1 or more (inf: no correction), or a fraction above 0 "
            "and at most 1",
        )
    fractions = values < 1
    if fractions.any() and (values > 1).any():
        raise DataError(
            "fpc_mixed",
            f"{name} mixes fractions under 1 ({int(fractions.sum())} rows) with counts over 1 "
            f"({int((values > 1).sum())} rows).",
            allowed="all fractions or all counts in one column",
        )
    return bool((values <= 1).all())
