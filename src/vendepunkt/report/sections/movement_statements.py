"""What the software says by itself where people are followed over waves."""

from __future__ import annotations

from vendepunkt.language import listed, number
from vendepunkt.move import ObservedMovement
from vendepunkt.report.blocks import Block, Statement
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.movement_dropout import left_most
from vendepunkt.report.sections.movement_observed import lot_sentence, quoted
from vendepunkt.report.sections.movement_seen import comparable, moved, seen
from vendepunkt.report.sections.movement_three import looks_like_movement
from vendepunkt.report.sections.observed_seen import observed_movement, seen_states


def about_the_lot(context: Context) -> list[str]:
    """Name what was given by lot, and which step alone shows a cause."""
    found = observed_movement(context)
    if found is None or not found.lot:
        return []
    return [lot_sentence(context, found.lot, found.waves[0])]


def about_movement(context: Context) -> list[Statement]:
    """Say that error looks like movement, and that the extremes come nearer by themselves."""
    found = moved(context)
    if found is None:
        return []
    at, said = seen(context, found), []
    if comparable(at):
        # Beside counts of the same people, people placed by their answers are not shown.
        error = None if observed_movement(context) is not None else looks_like_movement(at)
        said += [] if error is None else [error]
    if found.groups.severity is not None:
        said.append(Statement("regression_to_the_mean"))
    return said


def about_dropout(context: Context) -> list[Block]:
    """Say how many are gone, and among whom most, and where that may be chance."""
    found = moved(context)
    said = [] if found is None else left_most(seen(context, found))
    if any(isinstance(block, Statement) for block in said):
        return said
    counted = observed_movement(context)
    return [] if counted is None else [*_not_seen(context, counted)]


def _not_seen(context: Context, found: ObservedMovement) -> list[Statement]:
    """Say it of observed states: who is not seen at the last wave."""
    if found.by is None:
        return []
    at = seen_states(context, found)
    people, missing = found.lost.people, found.lost.missing[:, -1]
    if any(one.lost[-1] for one in at.counted) or not missing.sum():
        return []
    shares = missing / people
    most = [found.groups[g] for g in range(len(people)) if shares[g] == shares.max()]
    values = {
        "x": literal(number(100 * float(missing.sum() / people.sum()), context.language, 1)),
        "first": literal(found.waves[0]),
        "last": literal(found.waves[-1]),
        "groups": literal(
            listed([quoted(name, context.language) for name in most], context.language)
        ),
    }
    return [Statement("dropout", values)]


def about_sizes(context: Context) -> list[Statement]:
    """Say what the size of a group does not show, nor two waves alone."""
    found = [one for one in (moved(context), observed_movement(context)) if one is not None]
    if not found:
        return []
    said = [Statement("same_size")]
    if all(len(one.waves) == 2 for one in found):
        said.append(Statement("two_measurements"))
    return said
