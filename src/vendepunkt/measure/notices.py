"""What a measurement says of its own accord: nothing about the numbers is silent."""

from __future__ import annotations

from collections.abc import Iterable

from vendepunkt.measure.asked import Asked
from vendepunkt.measure.choice import FEWEST
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.coverage import too_narrow
from vendepunkt.measure.estimates import n_small
from vendepunkt.measure.material import NUMERIC, Material
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.terms import Notice

#: Fewer answered items than this, on average, are pointed out.
FEW_ITEMS = 4


def notice(code: str, **values: int | str) -> Notice:
    """Make a notice whose sentence is ``warning.<code>`` of the catalogues."""
    from vendepunkt.language import text

    return Notice(code, text(f"warning.{code}", "en", **values), dict(values))


def about_material(material: Material, answered: Asked) -> list[Notice]:
    """Say what was left out, what is unweighted, and what was never asked together."""
    found = []
    if material.n_empty:
        found.append(notice("n_empty", n=round(material.n_empty)))
    if material.n_incomplete:
        found.append(notice("n_incomplete", n=round(material.n_incomplete)))
    if material.n_weightless:
        found.append(notice("n_weightless", n=round(material.n_weightless)))
    if material.weights is None:
        found.append(notice("unweighted"))
    if material.design is not None:
        found += material.design.notices
    found += [
        notice("unused_categories", item=item.name, categories=", ".join(map(str, item.unused)))
        for item in material.indicators
        if item.unused
    ]
    if answered.never_together:
        pairs = [f"{first}\N{EN DASH}{second}" for first, second in answered.never_together]
        shown = ", ".join(pairs[:5]) + (" …" if len(pairs) > len(pairs[:5]) else "")
        found.append(notice("never_together", n=len(pairs), pairs=shown))
    if answered.most < len(answered.items):
        found.append(notice("rotated", most=answered.most, items=len(answered.items)))
    found += [
        notice("numeric_severity", item=item.name)
        for item in material.indicators
        if item.kind in NUMERIC and item.ordered
    ]
    if answered.mean < FEW_ITEMS < len(answered.items):
        found.append(notice("few_items", items=len(answered.items)))
    return found


def about_model(model: ClassModel, options: MeasureOptions) -> list[Notice]:
    """Say how the maximum was reached, what is at a boundary, and what is not identified."""
    fit, found = model.fit, []
    if not fit.converged:
        found.append(notice("not_converged", classes=fit.classes))
    if not model.replicated:
        found.append(
            notice(
                "not_replicated",
                classes=fit.classes,
                finished=int(fit.starts_finished),
                percent=f"{100 * min(fit.missed_basin_95, 1.0):.0f}",
            )
        )
    if not model.errors.identified:
        found.append(notice("not_identified", classes=fit.classes))
    if model.n_boundary:
        found.append(notice("boundary", n=model.n_boundary))
    if model.criteria.smallest_n < FEWEST and fit.classes > 1:
        found.append(notice("small_class", classes=fit.classes))
    if model.replicates_elsewhere:
        elsewhere = model.replicates_elsewhere
        named = ", ".join(map(str, elsewhere[:5])) + (" …" if len(elsewhere) > 5 else "")
        found.append(notice("replicates_dropped", n=len(elsewhere), which=named))
    if options.dirichlet > 0:
        found.append(notice("dirichlet", size=f"{options.dirichlet:g}"))
    return found


def about_intervals(
    material: Material, found: Classification, entropy: float | None, dirichlet: float = 0.0
) -> list[Notice]:
    """Say which intervals rest on little, or are likely too narrow."""
    said = []
    small = n_small(found)
    if small and dirichlet == 0 and found.base is not None and not found.base.observed:
        said.append(notice("small_cells", n=small))
    alike = {
        k + 1: too_narrow(share * material.n_effective, entropy)
        for k, share in enumerate(found.shares)
    }
    narrow = {k: setting for k, setting in alike.items() if setting is not None}
    if not narrow:
        return said
    worst = min(setting.covered for setting in narrow.values())
    return [
        *said,
        notice(
            "narrow_interval",
            classes=", ".join(str(k) for k in narrow),
            covered=f"{100 * worst:.0f}",
        ),
    ]


def distinct(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Give each notice once, in the order of first mention."""
    return tuple({(item.code, item.text): item for item in notices}.values())
