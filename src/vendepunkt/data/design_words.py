"""A sampling design in words: the sentence under a table, and what must be said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vendepunkt.language import integer, number, plural, text
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    from vendepunkt.data.design import Design


_EQUAL: Final = 1e-6
"""A sum of weights this close to the number of rows is no accident."""

_FEW: Final = 10
"""Fewer degrees of freedom than this make a t-interval more than an eighth wider than a normal."""


def describe_design(design: Design, language: str) -> str:
    """Say weights, strata, units, replicates, rule and degrees of freedom in one sentence."""
    parts = [_weighting(design, language)]
    if design.freq is not None:
        parts.append(text("design.freq", language, column=design.names.freq))
    if design.replicate_weights is None:
        parts.append(_units(design, language))
        if design.fpc:
            parts.append(text("design.fpc", language))
        if design.n_single_strata:
            rule = text(f"design.rule.{design.single_psu}", language)
            parts.append(plural("design.single", design.n_single_strata, language, rule=rule))
    else:
        kind = text(f"design.replicate.{design.replicate_type}", language)
        count = len(design.replicate_weights)
        parts.append(text("design.replicates", language, n=count, kind=kind))
    if design.in_domain is not None:
        parts.append(text("design.domain", language, part=design.n_counted, n=design.n))
    parts.append(plural("design.df", design.df, language))
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _weighting(design: Design, language: str) -> str:
    if design.weights is None:
        return text("design.unweighted", language)
    return text(
        "design.weighted",
        language,
        column=design.names.weights,
        effect=number(design.kish_effect, language, 2),
        effective=integer(round(design.effective_n), language),
        n=design.n_counted,
    )


def _units(design: Design, language: str) -> str:
    if design.strata is None and not design.clusters:
        return text("design.simple", language, n=design.n_psu)
    if design.strata is None:
        return text("design.units", language, psu=design.n_psu)
    return text("design.strata", language, strata=design.n_strata, psu=design.n_psu)


def design_notices(design: Design) -> tuple[Notice, ...]:
    """Say what a careful reader would ask: scaled weights, single PSUs, few PSUs."""
    found: list[Notice] = []
    if design.weights is not None and design.weights.std() > 0:
        total = float(design.weights.sum())
        if abs(total - design.n) <= _EQUAL * design.n:
            found.append(_notice("weights_sum_to_n", column=design.names.weights, n=design.n))
    if design.replicate_weights is None and design.n_single_strata:
        counts = {"single": design.n_single_strata, "strata": design.n_strata}
        found.append(_notice("single_psu", **counts, rule=design.single_psu))
    if (design.clusters or design.strata is not None) and design.df < _FEW:
        found.append(_notice("few_psu", df=design.df))
    return tuple(found)


def _notice(code: str, **values: str | int) -> Notice:
    return Notice(code, text(f"warning.{code}", "en", **values), dict(values))
