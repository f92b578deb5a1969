"""Which part of apparent movement is error in placing people: the excess, with its interval."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.language import text
from vendepunkt.measure import Progress
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.ground import Ground
from vendepunkt.move.three import apparent_excess
from vendepunkt.numerics.markov import MarkovFit, SequenceData, posterior, simulate_sequences
from vendepunkt.numerics.markov.climb import climb
from vendepunkt.numerics.markov.fit import described
from vendepunkt.numerics.markov.model import chain
from vendepunkt.numerics.search import LONGEST
from vendepunkt.terms import DataError, Notice, UsageError

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

#: Where the interval comes from: answers drawn from the model, or people drawn by the design.
METHODS = ("model", "design")
#: EM stops when a step gains less; the excess is then sure to about 1e-3.
GAIN = 1e-6
#: Of the replicates at least so many have to give a number.
FEWEST = 0.9


@dataclass(frozen=True, eq=False)
class Excess:
    """The apparent excess: (apparent − corrected) / apparent, among the same people and waves.

    A property of the table, never of a person: it says how much of the movement in a cross-table of
    placed people is error, and nothing of whose.

    Attributes
    ----------
    ground
        The model.
    estimate, conf_low, conf_high : (pairs,)
        Of each pair of waves; NaN where nobody seems to have moved.
    method
        ``model`` or ``design``.
    replicates : (B, pairs)
        The excess in each replicate; NaN where it gave none.
    asked_design
        Whether there is a design that could not be resampled.
    """

    ground: Ground
    estimate: Floats
    conf_low: Floats
    conf_high: Floats
    method: str
    replicates: Floats
    asked_design: bool

    def table(self) -> pd.DataFrame:
        """Give the excess of each step and of first to last wave.

        Returns
        -------
        DataFrame
            ``wave_from wave_to estimate conf_low conf_high replicates method``.
        """
        import pandas as pd

        used = np.isfinite(self.replicates).sum(axis=0)
        rows = [
            self.ground.between(pair)
            | {
                "estimate": float(self.estimate[place]),
                "conf_low": float(self.conf_low[place]),
                "conf_high": float(self.conf_high[place]),
                "replicates": int(used[place]),
                "method": self.method,
            }
            for place, pair in enumerate(self.ground.pairs())
        ]
        columns = ["wave_from", "wave_to", "estimate", "conf_low", "conf_high", "replicates"]
        return pd.DataFrame(rows, columns=[*columns, "method"])

    def property(self, language: str) -> str:
        """Say what the excess is a property of."""
        return text("move.excess.property", language)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""
        found = []
        if self.asked_design:
            found.append(measured_notices.notice("move_excess_by_model"))
        broken = int((~np.isfinite(self.replicates)).any(axis=1).sum())
        if broken:
            found.append(
                measured_notices.notice("move_excess_broken", n=broken, of=len(self.replicates))
            )
        return tuple(found)


def excess(
    ground: Ground, replicates: int = 100, progress: Progress | None = None, seed: int | None = None
) -> Excess:
    """Which part of apparent movement is error, and how sure is that?

    Parameters
    ----------
    ground
        The model.
    replicates
        Bootstrap replicates, 2 or more.
    progress
        Called with what is being done and the fraction done.
    seed
        Of the replicates; None takes that of the options.

    Notes
    -----
    Without clusters, strata and weights, answers of the same people are drawn from the model, the
    missing ones kept missing, and the model is fitted again from where it stands (a parametric
    bootstrap). Under a design, primary sampling units are drawn anew within strata (rescaled
    bootstrap of Rao, Wu and Yue). Where that cannot be done (the rule ``adjust`` for strata with a
    single unit, replicate weights of the file), answers are drawn, and it is said. The interval is
    normal on the scale of log(1 − excess) = log(corrected / apparent).

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.
    https://doi.org/10.1201/9780429246593

    Rao, J. N. K., Wu, C. F. J. & Yue, K. (1992). Some recent work on resampling methods for complex
    surveys. Survey Methodology, 18, 209–217.
    """
    if replicates < 2:
        raise UsageError(
            "bad_excess_replicates",
            f"excess_replicates is {replicates}.",
            allowed="a whole number of 2 or more",
            try_="100",
        )
    seeds = np.random.SeedSequence([ground.options.seed if seed is None else seed, 77])
    weights = _design_weights(ground, replicates, int(seeds.generate_state(1)[0] % 2**31))
    made = (
        _by_model(ground, seeds.spawn(replicates))
        if weights is None
        else _by_design(ground, weights)
    )
    design = ground.material.design
    found = np.full((replicates, len(ground.pairs())), np.nan)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, row in enumerate(pool.map(lambda one: _of(ground, one), made)):
            found[done] = row
            if progress is not None:
                progress("apparent excess", (done + 1) / replicates)
    estimate = np.array([apparent_excess(ground, pair) for pair in ground.pairs()])
    low, high = _interval(estimate, found, ground.options.conf_level)
    return Excess(
        ground, estimate, low, high, "model" if weights is None else "design", found,
        asked_design=weights is None and design is not None and _drawn_unequally(ground),
    )  # fmt: skip


def _drawn_unequally(ground: Ground) -> bool:
    design = ground.material.design
    return design is not None and (
        design.weights is not None
        or design.strata is not None
        or bool(design.clusters)
        or design.replicates is not None
    )


def _design_weights(ground: Ground, replicates: int, seed: int) -> Floats | None:
    """Draw people by the design: weights (N, B), or None where answers are to be drawn."""
    design = ground.material.design
    if design is None or not _drawn_unequally(ground) or design.replicates is not None:
        return None
    try:
        made = design.with_replicates("bootstrap", n_replicates=replicates, seed=seed)
    except (DataError, UsageError):
        return None
    drawn = made.replicate_weights
    if drawn is None:
        return None
    return np.asarray(drawn.matrix() * ground.material.used[:, None], dtype=np.float64)


def _by_model(ground: Ground, seeds: list[np.random.SeedSequence]) -> Iterator[SequenceData]:
    for own in seeds:
        rng = np.random.default_rng(own)
        yield simulate_sequences(ground.material.data, ground.model.fit, rng)


def _by_design(ground: Ground, weights: Floats) -> Iterator[SequenceData]:
    data = ground.material.data
    kept = data.row_to_pattern >= 0
    for column in weights.T:
        own = np.bincount(
            data.row_to_pattern[kept], weights=column[kept], minlength=data.n_patterns
        )
        yield replace(data, weight=own * (data.weight.sum() / own.sum()))


def _of(ground: Ground, data: SequenceData) -> Floats:
    """Fit a replicate from where the model stands, and give its excess for each pair of waves."""
    fit = ground.model.fit
    made = chain(data, fit.classes, fit.transitions_kind, fit.form, None, fit.dirichlet)
    end = climb(made, fit.state[None], most=LONGEST, gain=GAIN, threads=1)
    if not np.isfinite(end.loglik[0]):
        return np.full(len(ground.pairs()), np.nan)
    again = described(fit, made, end.states[0])
    return excess_of(data, again, ground.membership, ground.pairs())


def excess_of(
    data: SequenceData, fit: MarkovFit, membership: Floats, pairs: list[tuple[int, int]]
) -> Floats:
    """Give the apparent excess under a fit, as :func:`apparent_excess` does of a model.

    Parameters
    ----------
    data
        The sequences.
    fit
        The model.
    membership : (K, G)
        Ones where a class belongs to a group.
    pairs
        Pairs of waves: steps, or the first and the last.
    """
    missing = np.array([item.n_values for item in data.items])
    known = (data.answers != missing).any(axis=1)
    present = known[data.observed]
    paths = posterior(data, fit)
    placed = (paths.alone[:, :, : fit.classes] @ membership).argmax(axis=2)
    stay = membership @ membership.T
    out = []
    for start, end in pairs:
        weight = data.weight * (present[:, start] & present[:, end])
        total = float(weight.sum())
        apparent = float(weight @ (placed[:, start] != placed[:, end]))
        joint = paths.steps[:, start] if end == start + 1 else paths.first_last
        classes = joint[:, : fit.classes, : fit.classes]
        corrected = total - float(weight @ np.einsum("pkl,kl->p", classes, stay))
        out.append((apparent - corrected) / apparent if apparent > 0 else np.nan)
    return np.array(out)


def _interval(estimate: Floats, replicates: Floats, level: float) -> tuple[Floats, Floats]:
    from scipy import stats

    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(1.0 - replicates)
        centre = np.log(1.0 - estimate)
    known = np.isfinite(logs)
    enough = known.mean(axis=0) >= FEWEST
    spread = np.array(
        [
            logs[mine, place].std(ddof=1) if fine else np.nan
            for place, (mine, fine) in enumerate(zip(known.T, enough, strict=True))
        ]
    )
    reach = float(stats.norm.ppf(0.5 + level / 2)) * spread
    return 1.0 - np.exp(centre + reach), 1.0 - np.exp(centre - reach)
