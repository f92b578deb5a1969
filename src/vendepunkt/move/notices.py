"""What movement says of its own accord: nothing about the numbers is silent."""

from __future__ import annotations

from vendepunkt.measure import choice as measured_choice
from vendepunkt.measure import coverage as measured_coverage
from vendepunkt.measure import material as measured_material
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.choice import MoveChoice
from vendepunkt.move.constancy import Constancy
from vendepunkt.move.crosssection import CrossSection, cross_rows
from vendepunkt.move.ground import Ground
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.tables import any_small
from vendepunkt.move.weak import Weak
from vendepunkt.terms import Notice

notice = measured_notices.notice


def about_people(material: MoveMaterial, options: MoveOptions) -> list[Notice]:
    """Say who is followed, who is left out, and whom movement refers to."""
    found = list(material.panel.notices)
    if material.n_empty:
        found.append(notice("n_empty", n=round(material.n_empty)))
    if material.n_incomplete:
        found.append(notice("n_incomplete", n=round(material.n_incomplete)))
    if material.n_weightless:
        found.append(notice("n_weightless", n=round(material.n_weightless)))
    if material.n_carried:
        found.append(notice("move_carried", n=round(material.n_carried)))
    if not material.weighted:
        found.append(notice("unweighted"))
    if material.design is not None:
        found += material.design.notices
    found += [
        notice("unused_categories", item=item.name, categories=", ".join(map(str, item.unused)))
        for item in material.answers.indicators
        if item.unused
    ]
    found += [
        notice("numeric_severity", item=item.name)
        for item in material.answers.indicators
        if item.kind in measured_material.NUMERIC and item.ordered
    ]
    always = round(float(material.people() @ material.present.all(axis=1)))
    code = "move_population_weighted" if material.weighted else "move_population"
    found.append(notice(code, n=round(material.n), always=always))
    without = int((material.panel.inside & ~material.panel.members).sum())
    if without:
        found.append(notice("move_no_panel_weight", n=without))
    if len(material.waves) == 2:
        found.append(notice("move_two_waves"))
        if options.transitions == "rate":
            found.append(notice("move_per_year_assumed"))
    return found


def about_fit(model: MoveModel, choice: MoveChoice, options: MoveOptions) -> list[Notice]:
    """Say how the maximum was reached, what is at a boundary, and how the number was chosen."""
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
    if model.criteria.smallest_n < measured_choice.FEWEST and fit.classes > 1:
        found.append(notice("small_class", classes=fit.classes))
    if model.errors.elsewhere:
        elsewhere = model.errors.elsewhere
        named = ", ".join(map(str, elsewhere[:5])) + (" …" if len(elsewhere) > 5 else "")
        found.append(notice("replicates_dropped", n=len(elsewhere), which=named))
    if options.dirichlet > 0:
        found.append(notice("move_dirichlet", size=f"{options.dirichlet:g}"))
    if options.chosen is None and len(options.classes) > 1:
        found.append(notice("recommended_used", classes=choice.recommended))
    elif options.chosen not in (None, choice.recommended):
        found.append(
            notice("other_than_recommended", chosen=model.classes, recommended=choice.recommended)
        )
    return found


def about_cells(ground: Ground, weak: Weak | None) -> list[Notice]:
    """Say which intervals rest on little, or are likely too narrow."""
    found = []
    small = any_small(ground, ground.pairs())
    if small and ground.options.dirichlet == 0 and ground.model.errors.identified:
        if weak is None:
            found.append(notice("move_small_flagged", n=small))
        else:
            found.append(notice("move_small_dirichlet", n=small, size=f"{weak.size:g}"))
    narrow = {}
    for k, share in enumerate(ground.model.fit.shares.min(axis=0)):
        alike = measured_coverage.too_narrow(
            float(share) * ground.material.n_effective, ground.model.criteria.entropy
        )
        if alike is not None:
            narrow[k + 1] = alike.covered
    if narrow:
        found.append(
            notice(
                "narrow_interval",
                classes=", ".join(map(str, narrow)),
                covered=f"{100 * min(narrow.values()):.0f}",
            )
        )
    return found


def about_groups(ground: Ground) -> list[Notice]:
    """Say where names and directions are not to be had."""
    found = []
    if ground.groups.failed:
        found.append(notice("neutral_names"))
    if ground.groups.severity is None:
        return [*found, notice("move_no_direction")]
    letters = ground.letters
    sideways = [
        f"{first}\N{EN DASH}{second}"
        for g, first in enumerate(letters)
        for h, second in enumerate(letters)
        if g < h and ground.direction(g, h) == "sideways"
    ]
    if sideways:
        found.append(notice("move_sideways", pairs=", ".join(sideways)))
    return found


def about_steps(tested: Constancy | None, options: MoveOptions) -> list[Notice]:
    """Say whether one matrix for all steps, or rates, hold against one matrix for each."""
    if tested is None or tested.rejected is None:
        return []
    if options.transitions == "free":
        return [notice("move_steps_differ" if tested.rejected else "move_steps_alike")]
    if not tested.rejected:
        return []
    kind = "move_rate_rejected" if options.transitions == "rate" else "move_constant_rejected"
    return [notice(kind)]


def about_cross_section(ground: Ground, found: CrossSection | None) -> list[Notice]:
    """Say at which waves everybody asked and the panel's model disagree."""
    if found is None:
        return []
    apart = [row["wave"] for row in cross_rows(ground, found) if row["disagree"]]
    if not apart:
        return []
    return [notice("move_disagree", waves=", ".join(dict.fromkeys(apart)))]
