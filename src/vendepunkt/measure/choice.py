"""How many classes: every criterion in one table, and a recommendation with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.words import Said

if TYPE_CHECKING:
    import pandas as pd

#: A class of fewer people than this is not a class to recommend.
FEWEST = 5

#: From this many people on, the bootstrap test finds departures too small to matter.
LARGE_N = 1000

#: A difference in BIC under this hardly tells two numbers of classes apart.
HARDLY = 2.0

#: Bivariate residuals above this are called large when no bootstrap was run.
LARGE_BVR = 3.84

#: Criteria in the order of the table.
CRITERIA = ("aic", "bic", "sabic", "caic", "icl", "daic", "dbic")

#: Their names as people print them.
PRINTED = {
    "aic": "AIC", "bic": "BIC", "sabic": "SABIC", "caic": "CAIC", "icl": "ICL",
    "daic": "dAIC", "dbic": "dBIC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """The comparison of the numbers of classes.

    Attributes
    ----------
    models
        The fits, from few to many classes.
    recommended
        The number of classes recommended.
    criterion
        The criterion it rests on: ``dbic`` with sampling weights, else ``bic``.
    reasons
        Why, what speaks against it, and what to look at before deciding.
    picks
        What each criterion by itself would choose.
    """

    models: tuple[ClassModel, ...]
    recommended: int
    criterion: str
    reasons: tuple[Said, ...]
    picks: dict[str, int]

    @property
    def agree(self) -> bool:
        """Whether every criterion picks the same number of classes."""
        return len(set(self.picks.values())) == 1

    def sentences(self, language: str) -> tuple[str, ...]:
        """Say the reasons in Danish (``da``) or English (``en``)."""
        return tuple(reason.sentence(language) for reason in self.reasons)

    def table(self) -> pd.DataFrame:
        """Give one row per number of classes with every criterion."""
        import pandas as pd

        return pd.DataFrame([_row(model, self.recommended) for model in self.models])


def choose_classes(models: Sequence[ClassModel], n: float) -> Choice:
    """Which number of classes to use, and why?

    The recommendation is the smallest BIC (design-adjusted with weights) among the fits that
    converged, are identified and have no class of fewer than 5 people. The bootstrap test is
    reported and, at large n, said not to be a ground.

    Parameters
    ----------
    models
        Fits from few to many classes.
    n
        People used.

    References
    ----------
    Nylund, K. L., Asparouhov, T. & Muthén, B. O. (2007). Deciding on the number of classes in
    latent class analysis and growth mixture modeling. Structural Equation Modeling, 14(4),
    535–569. https://doi.org/10.1080/10705510701575396
    """
    adjusted = all(model.criteria.dbic is not None for model in models)
    criterion = "dbic" if adjusted else "bic"
    usable = [model for model in models if not obstacles(model)] or list(models)
    best = min(usable, key=lambda model: _value(model, criterion))
    picks = {
        name: min(models, key=lambda model, name=name: _value(model, name)).classes  # type: ignore[misc]
        for name in CRITERIA
        if all(getattr(model.criteria, name) is not None for model in models)
    }
    reasons = [
        *_why(models, best, criterion),
        *_passed_over(models, best, criterion),
        *_agreement(picks, best.classes),
        *_test(models, best, n),
        *_cautions(best),
    ]
    return Choice(tuple(models), best.classes, criterion, tuple(reasons), picks)


def obstacles(model: ClassModel) -> tuple[str, ...]:
    """Name what keeps a fit from being recommended: parts of ``measure.choice.obstacle``."""
    found = []
    if not model.fit.converged:
        found.append("converged")
    if not model.errors.identified:
        found.append("identified")
    if model.criteria.smallest_n < FEWEST:
        found.append("small")
    return tuple(found)


def _why(models: Sequence[ClassModel], best: ClassModel, criterion: str) -> list[Said]:
    if len(models) == 1:
        return [Said("measure.choice.only", {"classes": best.classes})]
    name = PRINTED[criterion]
    reasons = [Said("measure.choice.lowest", {"criterion": name, "classes": best.classes})]
    others = [
        m for m in models if m is not best and _value(m, criterion) >= _value(best, criterion)
    ]
    if others:
        second = min(others, key=lambda model: _value(model, criterion))
        gap = _value(second, criterion) - _value(best, criterion)
        key = "measure.choice.close" if gap < HARDLY else "measure.choice.next"
        reasons.append(Said(key, {"classes": second.classes, "difference": float(gap)}))
    if best is models[-1]:
        reasons.append(Said("measure.choice.edge", {"classes": best.classes}))
    return reasons


def _passed_over(models: Sequence[ClassModel], best: ClassModel, criterion: str) -> list[Said]:
    return [
        Said(f"measure.choice.obstacle.{problem}", {"classes": model.classes})
        for model in models
        if _value(model, criterion) < _value(best, criterion)
        for problem in obstacles(model)
    ] + [
        Said(f"measure.choice.despite.{problem}", {"classes": best.classes})
        for problem in obstacles(best)
    ]


def _agreement(picks: dict[str, int], recommended: int) -> list[Said]:
    if len(picks) == 0:
        return []
    if set(picks.values()) == {recommended}:
        return [Said("measure.choice.agree")]
    found = []
    for classes in sorted(set(picks.values()) - {recommended}):
        names = tuple(PRINTED[name] for name, pick in picks.items() if pick == classes)
        found.append(Said("measure.choice.disagree", {"criteria": names, "classes": classes}))
    return found


def _test(models: Sequence[ClassModel], best: ClassModel, n: float) -> list[Said]:
    found = []
    for model in models:
        if model.blrt is None or model.classes not in (best.classes, best.classes + 1):
            continue
        rejected = model.blrt.p_value <= 0.05
        key = "measure.choice.blrt_rejects" if rejected else "measure.choice.blrt_keeps"
        found.append(Said(key, {"fewer": model.classes - 1, "classes": model.classes}))
    if found and n >= LARGE_N:
        found.append(Said("measure.choice.blrt_large", {"n": round(n)}))
    if any(model.blrt is not None and model.blrt.approximate for model in models):
        found.append(Said("measure.choice.blrt_approximate"))
    return found


def _cautions(best: ClassModel) -> list[Said]:
    found = []
    if not best.replicated:
        found.append(
            Said(
                "measure.choice.not_replicated",
                {"classes": best.classes, "finished": int(best.fit.starts_finished)},
            )
        )
    if best.residuals:
        worst = best.residuals[0]
        large = worst.p_value <= 0.05 if worst.p_value is not None else worst.bvr > LARGE_BVR
        if large:
            found.append(
                Said(
                    "measure.choice.dependence",
                    {"first": worst.first, "second": worst.second, "bvr": float(worst.bvr)},
                )
            )
    return found


def _value(model: ClassModel, criterion: str) -> float:
    value = getattr(model.criteria, criterion)
    return float("inf") if value is None else float(value)


def _row(model: ClassModel, recommended: int) -> dict[str, object]:
    fit, found = model.fit, model.criteria
    worst = model.residuals[0] if model.residuals else None
    return {
        "classes": fit.classes,
        "loglik": fit.loglik,
        "n_parameters": fit.n_parameters,
        **{name: getattr(found, name) for name in CRITERIA},
        "entropy": found.entropy,
        "accuracy": found.accuracy,
        "smallest_share": found.smallest_share,
        "smallest_n": found.smallest_n,
        "starts_at_best": fit.starts_at_best,
        "starts_finished": fit.starts_finished,
        "missed_basin_95": fit.missed_basin_95,
        "blrt_p": None if model.blrt is None else model.blrt.p_value,
        "max_bvr": None if worst is None else worst.bvr,
        "max_bvr_p": None if worst is None else worst.p_value,
        "n_boundary": model.n_boundary,
        "identified": model.errors.identified,
        "converged": fit.converged,
        "recommended": fit.classes == recommended,
    }
