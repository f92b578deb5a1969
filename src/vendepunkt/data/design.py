"""How the sample was drawn and weighted, and the variance that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.data.design_words import describe_design, design_notices
from vendepunkt.numerics.linearise import (
    SINGLE_PSU_RULES,
    ColumnNames,
    DesignVariance,
    SamplingPlan,
    plan_variance,
    sampling_plan,
)
from vendepunkt.numerics.linearise.checks import check_freq, check_weights, codes, numbers
from vendepunkt.numerics.resample import (
    REPLICATE_TYPES,
    ReplicateWeights,
    influence_variance,
    make_replicates,
    read_replicates,
    replicate_variance,
)
from vendepunkt.numerics.resample.variance import Estimator
from vendepunkt.terms import Notice, UsageError, choose

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Design:
    """The sampling design of n rows: weights, strata, clusters, corrections, replicate weights.

    Checked when made: what cannot be is refused with the column, at most five row numbers and what
    to do. A design is never changed; :meth:`take` and :meth:`domain` give another.

    Parameters
    ----------
    n : int
        Rows of the data.
    weights : array_like of shape (n,), optional
        Sampling weights, 0 or more, none missing.
    freq : array_like of shape (n,), optional
        Counts: the row stands for so many equal rows, each drawn on its own.
    strata : array_like of shape (n,), optional
        Stratum of the first stage.
    clusters : sequence of array_like of shape (n,)
        Units by stage, primary sampling unit first; without any, each row is a PSU.
    fpc : sequence of array_like of shape (n,)
        Finite-population corrections by stage, counts or fractions: see
        :func:`vendepunkt.numerics.linearise.sampling_plan`.
    replicates : array_like of shape (n, R), optional
        Replicate weights as they came with the data; then they alone give the variance.
    replicate_type : {"jk1", "jkn", "brr", "fay", "bootstrap"}, optional
        How they were made; needed with `replicates`.
    nest : bool
        Whether PSU ids start afresh in each stratum.
    single_psu : {"fail", "adjust", "average", "remove", "certainty"}
        Rule for strata with a single PSU.
    rho : float, optional
        Fay's factor, where the weights do not show it.
    scale, rscales : float and array_like of shape (R,), optional
        Scales of the replicates, where they are not those of the kind.
    names : ColumnNames, optional
        What the columns are called in messages.

    Examples
    --------
    >>> design = Design(4, weights=[1, 1, 2, 4], strata=["a", "a", "b", "b"])
    >>> design.df, round(design.effective_n, 3), round(design.kish_effect, 3)
    (2, 2.909, 1.375)
    """

    n: int
    weights: Any = None
    freq: Any = None
    strata: Any = None
    clusters: Sequence[Any] = ()
    fpc: Sequence[Any] = ()
    replicates: Any = None
    replicate_type: str | None = None
    nest: bool = False
    single_psu: str = "fail"
    rho: float | None = None
    scale: float | None = None
    rscales: Any = None
    names: ColumnNames = field(default_factory=ColumnNames)
    in_domain: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        choose(self.single_psu, SINGLE_PSU_RULES, "single_psu")
        clean: dict[str, Any] = {
            "weights": self._checked(self.weights, check_weights, self.names.weights),
            "freq": self._checked(self.freq, check_freq, self.names.freq),
            "strata": self._checked(self.strata, codes, self.names.strata),
            "clusters": tuple(
                codes(column, self.n, self.names.cluster(stage))
                for stage, column in enumerate(self.clusters)
            ),
            "fpc": tuple(
                numbers(column, self.n, self.names.correction(stage))
                for stage, column in enumerate(self.fpc)
            ),
        }
        for name, value in clean.items():
            object.__setattr__(self, name, value)
        if (self.replicates is None) != (self.replicate_type is None):
            raise UsageError(
                "replicate_type",
                "Replicate weights and their type go together; one of the two is missing.",
                allowed=f"replicate columns and one of {', '.join(REPLICATE_TYPES)}",
                try_="--replicate-type, as the data documentation names it",
            )
        if self.freq is not None and not (
            self.replicates is None or isinstance(self.replicates, ReplicateWeights)
        ):
            raise UsageError(
                "freq_with_replicates",
                f"{self.names.freq} counts rows, and the replicate weights already stand for "
                "whole rows.",
                allowed="replicate weights, or a frequency with strata and clusters",
                try_="leave --freq out",
            )
        # Whatever is impossible is said when the design is made, not when it is first used.
        _ = self.plan
        _ = self.replicate_weights

    def _checked(self, value: Any, check: Any, name: str) -> Any:
        return None if value is None else check(value, self.n, name)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        weights: str | None = None,
        freq: str | None = None,
        strata: str | None = None,
        clusters: str | Sequence[str] = (),
        fpc: str | Sequence[str] = (),
        replicates: str | Sequence[str] = (),
        **options: Any,
    ) -> Design:
        """Take a design from the columns of a data frame.

        Parameters
        ----------
        frame : DataFrame
            pandas or polars.
        weights, freq, strata : str, optional
            Column names.
        clusters, fpc : str or sequence of str
            Column names by stage.
        replicates : str or sequence of str
            Column names; ``*`` and ``?`` stand for any text and any sign (``"rep*"``).
        **options
            ``replicate_type``, ``nest``, ``single_psu``, ``rho``, ``scale``, ``rscales``.

        Returns
        -------
        Design

        Raises
        ------
        UsageError
            With code ``unknown_column`` and the names that come nearest.
        DataError
            For anything that is wrong with the columns.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"w": [1.0, 2.0, 3.0], "area": ["n", "n", "s"]})
        >>> Design.from_frame(frame, weights="w", strata="area").names.weights
        'w'
        """
        from vendepunkt.data.design_columns import column, matching

        cluster_names = (clusters,) if isinstance(clusters, str) else tuple(clusters)
        fpc_names = (fpc,) if isinstance(fpc, str) else tuple(fpc)
        asked = (replicates,) if isinstance(replicates, str) else tuple(replicates)
        replicate_names = matching(frame, asked)
        default = ColumnNames()
        return cls(
            n=len(frame),
            weights=None if weights is None else column(frame, weights),
            freq=None if freq is None else column(frame, freq),
            strata=None if strata is None else column(frame, strata),
            clusters=[column(frame, name) for name in cluster_names],
            fpc=[column(frame, name) for name in fpc_names],
            replicates=np.column_stack(
                [numbers(column(frame, name), len(frame), name) for name in replicate_names]
            )
            if replicate_names
            else None,
            names=ColumnNames(
                weights or default.weights,
                freq or default.freq,
                strata or default.strata,
                cluster_names,
                fpc_names,
            ),
            **options,
        )

    @classmethod
    def from_spec(cls, frame: Any, spec: Mapping[str, Any]) -> Design:
        """Take a design from a table of column names, with the keys of :meth:`from_frame`."""
        return cls.from_frame(frame, **spec)

    @cached_property
    def plan(self) -> SamplingPlan:
        """The design as integer codes, made once."""
        return sampling_plan(
            self.n,
            strata=self.strata,
            clusters=self.clusters,
            fpc=self.fpc,
            freq=self.freq,
            nest=self.nest,
            names=self.names,
        )

    @cached_property
    def replicate_weights(self) -> ReplicateWeights | None:
        """The replicate weights with their scales, or None."""
        if self.replicates is None or self.replicate_type is None:
            return None
        made = self.replicates
        if not isinstance(made, ReplicateWeights):
            made = read_replicates(
                made,
                self.replicate_type,
                rho=self.rho,
                scale=self.scale,
                rscales=self.rscales,
                weights=self.weights,
            )
        return made if self.in_domain is None else made.within(self.in_domain)

    @cached_property
    def _whole(self) -> DesignVariance:
        """PSUs, strata and degrees of freedom of the rows in the domain, by any rule."""
        return plan_variance(
            self.plan,
            np.zeros((1, 0)),
            np.zeros(self.n, dtype=np.int64),
            self.weights,
            single_psu="adjust",
            domain=self.in_domain,
        )

    @property
    def n_psu(self) -> int:
        """Primary sampling units, in a domain those that hold rows of it."""
        return self._whole.n_psu

    @property
    def n_strata(self) -> int:
        """Strata, in a domain those that hold rows of it."""
        return self._whole.n_strata

    @property
    def n_single_strata(self) -> int:
        """Strata with a single PSU."""
        return self._whole.n_single_strata

    @property
    def df(self) -> int:
        """Degrees of freedom: PSUs less strata, or those of the replicate weights."""
        if self.replicate_weights is not None:
            return self.replicate_weights.df
        return self._whole.df

    @property
    def analysis_weights(self) -> Floats:
        """Weight times count of each row, 0 outside the domain (n,)."""
        weights = np.ones(self.n) if self.weights is None else self.weights.copy()
        if self.freq is not None:
            weights *= self.freq
        if self.in_domain is not None:
            weights[~self.in_domain] = 0.0
        return np.asarray(weights)

    @property
    def n_counted(self) -> int:
        """Rows in the domain, each as often as its count."""
        each = np.ones(self.n) if self.freq is None else self.freq
        return int(each.sum() if self.in_domain is None else each[self.in_domain].sum())

    @property
    def effective_n(self) -> float:
        """Size of an equally weighted sample of the same precision: (Σw)²/Σw²."""
        total = self.analysis_weights
        squares = total**2 if self.freq is None else total**2 / np.maximum(self.freq, 1.0)
        return float(total.sum() ** 2 / squares.sum())

    @property
    def kish_effect(self) -> float:
        """Factor by which unequal weights raise a variance: n Σw²/(Σw)², 1 without weights."""
        return self.n_counted / self.effective_n

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said about the design of its own accord."""
        return design_notices(self)

    def variance(
        self, values: ArrayLike, row_to_pattern: ArrayLike, *, weights: ArrayLike | None = None
    ) -> DesignVariance:
        """Give the design-based covariance of estimates from their influence values.

        Parameters
        ----------
        values : array_like of shape (P, p)
            Influence values by answer pattern: estimate − truth ≈ Σ wᵢ zᵢ.
        row_to_pattern : array_like of int, shape (n,)
            Pattern of each row; −1 for a row without an answer, which stays in the design.
        weights : array_like of shape (n,), optional
            The weights wᵢ the values were made with, where they are not those of the design, such
            as weights scaled to mean 1. Counts (`freq`) are not part of them.

        Returns
        -------
        DesignVariance
            By linearisation; with replicate weights as the replicate variance of the linearised
            estimate (:meth:`replicate_variance` makes the estimate again instead).
        """
        if self.replicate_weights is None:
            chosen = self.weights if weights is None else weights
            return plan_variance(
                self.plan,
                values,
                row_to_pattern,
                chosen,
                single_psu=self.single_psu,
                domain=self.in_domain,
            )
        influence = np.asarray(values, dtype=np.float64)
        if weights is not None:
            own = self.analysis_weights.sum()
            scaled = np.asarray(weights, dtype=np.float64) * (
                np.ones(self.n) if self.in_domain is None else self.in_domain
            )
            influence = influence * (scaled.sum() / own)
        return influence_variance(self.replicate_weights, influence, row_to_pattern)

    def replicate_variance(
        self,
        estimates: Estimator | ArrayLike,
        estimate: ArrayLike,
        *,
        centre: str = "mean",
        batched: bool = False,
    ) -> DesignVariance:
        """Give the covariance of estimates made again with each set of replicate weights.

        Parameters
        ----------
        estimates : callable or array_like of shape (R, p)
            From weights (n,) to estimates (p,) (`batched`: from (R, n) to (R, p)), or the
            replicate estimates. Weights outside a domain are 0.
        estimate : array_like of shape (p,)
            The full-sample estimate.
        centre : {"mean", "estimate"}
            What deviations are taken from.
        batched : bool
            Whether the estimator takes all weights at once.

        Raises
        ------
        UsageError
            With code ``no_replicates``.
        """
        made = self.replicate_weights
        if made is None:
            raise UsageError(
                "no_replicates",
                "The design has no replicate weights.",
                allowed="replicate columns in the data, or weights made by with_replicates",
                try_="--replicates",
            )
        return replicate_variance(made, estimates, estimate, centre=centre, batched=batched)

    def with_replicates(
        self, kind: str = "bootstrap", *, n_replicates: int = 500, seed: int = 0
    ) -> Design:
        """Give the same design with replicate weights made from its first stage.

        Parameters
        ----------
        kind : {"jk1", "jkn", "bootstrap"}
            Jackknife (within strata), or the rescaled bootstrap of Rao, Wu and Yue.
        n_replicates, seed : int
            Number and seed of bootstrap replicates.
        """
        made = make_replicates(
            self.plan,
            self.weights,
            kind,
            n_replicates=n_replicates,
            seed=seed,
            single_psu=self.single_psu,
        )
        return replace(self, replicates=made, replicate_type=kind)

    def take(self, mask: ArrayLike) -> Design:
        """Drop rows from the data and from the design, as if they had never been drawn.

        For a subpopulation this is the wrong door: use :meth:`domain`.

        Parameters
        ----------
        mask : array_like
            Rows to keep, as booleans (n,) or row numbers from 0.
        """
        chosen = np.asarray(mask)
        kept = np.arange(self.n)[chosen]

        def part(value: Any) -> Any:
            return None if value is None else value[kept]

        replicates = self.replicates
        if replicates is not None:
            made = isinstance(replicates, ReplicateWeights)
            replicates = replicates.take(kept) if made else np.asarray(replicates)[kept]
        return replace(
            self,
            n=kept.size,
            weights=part(self.weights),
            freq=part(self.freq),
            strata=part(self.strata),
            clusters=tuple(column[kept] for column in self.clusters),
            fpc=tuple(column[kept] for column in self.fpc),
            replicates=replicates,
            in_domain=part(self.in_domain),
        )

    def domain(self, mask: ArrayLike) -> Design:
        """Estimate for some rows only, and keep all of them in the design.

        Parameters
        ----------
        mask : array_like of bool, shape (n,)
            Rows of the subpopulation; a domain of a domain is what lies in both.
        """
        inside = np.asarray(mask, dtype=bool)
        if inside.shape != (self.n,):
            raise ValueError(f"mask has shape {inside.shape}, the design {self.n} rows")
        if self.in_domain is not None:
            inside = inside & self.in_domain
        return replace(self, in_domain=inside)

    def describe(self, language: str = "en") -> str:
        """Say the design in one sentence.

        Parameters
        ----------
        language : {"da", "en"}

        Examples
        --------
        >>> said = Design(4, strata=["a", "a", "b", "b"]).describe("en")
        >>> said.split("; ")[0], said.split("; ")[-1]
        ('Unweighted', '2 degrees of freedom.')
        """
        return describe_design(self, language)
