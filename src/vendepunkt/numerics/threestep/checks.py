"""The conditions of three steps: what is refused, and what is said beside a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.numerics.errors import VarianceOfTotal
from vendepunkt.numerics.items import Floats
from vendepunkt.terms import DataError, Notice, UsageError, choose

if TYPE_CHECKING:
    from vendepunkt.numerics.threestep.assignment import Assignment

#: The kinds of standard error: others cannot carry the uncertainty of the first step.
KINDS = ("robust", "design")
#: Below this entropy three steps were simulated and found too unsure to lean on.
WEAK = 0.65
#: A matrix of errors with a smaller singular value than this is not inverted.
FLAT = 1e-3


def check_kind(kind: str, design: VarianceOfTotal | None) -> None:
    """Refuse a kind of standard error that three steps do not have.

    Raises
    ------
    UsageError
        With code ``not_allowed`` or ``no_design``.
    """
    choose(kind, KINDS, "--se")
    if kind == "design" and design is None:
        raise UsageError(
            "no_design",
            "Design-based standard errors need a design.",
            try_="--strata, --cluster or --weight, or --se robust",
        )


def check_two_waves(waves: int) -> None:
    """Refuse the corrected table for another number of waves than two.

    Raises
    ------
    UsageError
        With code ``bch_two_waves``.
    """
    if waves != 2:
        raise UsageError(
            "bch_two_waves",
            f"The corrected table crosses two waves, and there are {waves}.",
            allowed="2 waves",
            try_="the likelihood of three_step, or two of the waves",
        )


def inverse(errors: Floats) -> Floats:
    """Invert a matrix of errors.

    Raises
    ------
    DataError
        With code ``classes_not_told_apart`` where two classes are placed alike.
    """
    least = float(np.linalg.svd(errors, compute_uv=False).min())
    if least < FLAT:
        raise DataError(
            "classes_not_told_apart",
            "The answers of one wave do not tell the classes apart: the matrix of classification "
            f"errors has a singular value of {least:.1g}.",
            allowed=f"{FLAT:g} or more",
            try_="fewer classes, more items, or one model of all waves in one step",
        )
    return np.asarray(np.linalg.inv(errors))


def three_step_notices(assignment: Assignment) -> tuple[Notice, ...]:
    """Say what makes three steps of these placings unsure."""
    found = []
    entropy = assignment.measurement.entropy
    if float(entropy.min()) < WEAK:
        right = round(100 * float(assignment.correct.min()))
        found.append(
            Notice(
                "three_step_weak",
                f"The answers of one wave tell the classes apart weakly ({right} % are placed "
                "right): movement found in three steps is then unsure, and intervals may be too "
                "narrow. One model of all waves uses the answers better.",
                {"correct": right},
            )
        )
    if assignment.never_assigned:
        classes = sorted({k + 1 for _, k in assignment.never_assigned})
        listed = ", ".join(str(k) for k in classes)
        found.append(
            Notice(
                "class_never_placed",
                f"Nobody is placed in class {listed} in at least one wave; what the model says "
                "about it rests on people placed elsewhere.",
                {"classes": listed},
            )
        )
    invariance = assignment.measurement.invariance
    if invariance is not None and invariance.p_value < 0.05:
        change = round(100 * invariance.largest)
        found.append(
            Notice(
                "profiles_rejected",
                "Equal profiles in all waves are rejected by a test, though they differ by at most "
                f"{change} percentage points on average: each wave is measured by its own.",
                {"change": change},
            )
        )
    return tuple(found)
