"""How many classes: every criterion in one table, and a recommendation with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vendepunkt.measure import CRITERIA, PRINTED, Said
from vendepunkt.measure import choice as measured_choice
from vendepunkt.move.model import MoveModel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class MoveChoice:
    """The comparison of the numbers of classes over all waves.

    Attributes
    ----------
    models
        The fits, from few to many classes.
    recommended
        The number of classes recommended.
    criterion
        The criterion it rests on: ``dbic`` with panel weights, else ``bic``.
    reasons
        Why, what speaks against it, and what to look at before deciding.
    picks
        What each criterion by itself would choose.
    """

    models: tuple[MoveModel, ...]
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


def choose_classes(models: Sequence[MoveModel]) -> MoveChoice:
    """Which number of classes to use, and why?

    The recommendation is the smallest BIC, n counted in people (design-adjusted with weights),
    among the fits that converged, are identified and have no class of fewer than 5 people.
    """
    adjusted = all(model.criteria.dbic is not None for model in models)
    criterion = "dbic" if adjusted else "bic"
    usable = [model for model in models if not obstacles(model)] or list(models)
    best = min(usable, key=lambda model: _value(model, criterion))
    picks: dict[str, int] = {}
    for name in CRITERIA:
        if all(getattr(model.criteria, name) is not None for model in models):
            picks[name] = _lowest(models, name).classes
    reasons = [
        *_why(models, best, criterion),
        *_passed_over(models, best, criterion),
        *_agreement(picks, best.classes),
    ]
    if not best.replicated:
        values = {"classes": best.classes, "finished": int(best.fit.starts_finished)}
        reasons.append(Said("measure.choice.not_replicated", dict(values)))
    return MoveChoice(tuple(models), best.classes, criterion, tuple(reasons), picks)


def obstacles(model: MoveModel) -> tuple[str, ...]:
    """Name what keeps a fit from being recommended: parts of ``measure.choice.obstacle``."""
    found = []
    if not model.fit.converged:
        found.append("converged")
    if not model.errors.identified:
        found.append("identified")
    if model.criteria.smallest_n < measured_choice.FEWEST:
        found.append("small")
    return tuple(found)


def _lowest(models: Sequence[MoveModel], criterion: str) -> MoveModel:
    return min(models, key=lambda model: _value(model, criterion))


def _why(models: Sequence[MoveModel], best: MoveModel, criterion: str) -> list[Said]:
    if len(models) == 1:
        return [Said("measure.choice.only", {"classes": best.classes})]
    printed = PRINTED[criterion]
    reasons = [Said("measure.choice.lowest", {"criterion": printed, "classes": best.classes})]
    at_best = _value(best, criterion)
    others = [m for m in models if m is not best and _value(m, criterion) >= at_best]
    if others:
        second = _lowest(others, criterion)
        gap = float(_value(second, criterion) - at_best)
        close = gap < measured_choice.HARDLY
        key = "measure.choice.close" if close else "measure.choice.next"
        reasons.append(Said(key, {"classes": second.classes, "difference": gap}))
    if best is models[-1]:
        reasons.append(Said("measure.choice.edge", {"classes": best.classes}))
    return reasons


def _passed_over(models: Sequence[MoveModel], best: MoveModel, criterion: str) -> list[Said]:
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
    if set(picks.values()) == {recommended}:
        return [Said("measure.choice.agree")]
    found = []
    for classes in sorted(set(picks.values()) - {recommended}):
        names = tuple(PRINTED[name] for name, pick in picks.items() if pick == classes)
        found.append(Said("measure.choice.disagree", {"criteria": names, "classes": classes}))
    return found


def _value(model: MoveModel, criterion: str) -> float:
    value = getattr(model.criteria, criterion)
    return float("inf") if value is None else float(value)


def _row(model: MoveModel, recommended: int) -> dict[str, object]:
    fit, found = model.fit, model.criteria
    return {
        "classes": fit.classes,
        "transitions": fit.transitions_kind,
        "form": fit.form,
        "loglik": fit.loglik,
        "n_parameters": fit.n_parameters,
        **{name: getattr(found, name) for name in CRITERIA},
        "entropy": found.entropy,
        "smallest_share": found.smallest_share,
        "starts_at_best": fit.starts_at_best,
        "starts_finished": fit.starts_finished,
        "converged": fit.converged,
        "identified": model.errors.identified,
        "recommended": fit.classes == recommended,
    }
