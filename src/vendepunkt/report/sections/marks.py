"""What marks each group most: the answer it gives more often than all people do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import Measurement, estimates
from vendepunkt.terms import Ref, RefValue

#: Least lead over all, as a share, that is worth naming.
LEAST_LEAD = 0.10


@dataclass(frozen=True, slots=True)
class Mark:
    """The answer that a group gives most above all people.

    Attributes
    ----------
    group
        Place of the group, the least severe first.
    item, category
        Places of the item and of the answer.
    here, everybody
        Written refs of the share in the group and among all.
    """

    group: int
    item: int
    category: int
    here: str
    everybody: str


def everybody(found: Measurement, item: int) -> npt.NDArray[np.float64]:
    """Give the share of all people for each answer to an item, by the model; shape (M,)."""
    classification = found.classification
    shares: npt.NDArray[np.float64] = classification.profiles[item] @ classification.shares
    return shares


def marks(found: Measurement, stage: str = "measure") -> tuple[Mark, ...]:
    """Find the answer that marks each group; none where no answer leads clearly.

    Parameters
    ----------
    found
        The measurement as it was fitted or in the reader's words: refs are named by places of
        items and answers, which both have in common.
    stage
        That the refs are of: "move" where the measurement is of the waves of a movement.
    """
    made = []
    for g, group in enumerate(found.groups.groups):
        best, leading = (0, 0), LEAST_LEAD
        for j in _categorical(found):
            lead = estimates.profile(
                found.classification, j, found.groups.membership, found.options.conf_level
            ).estimate[:, g] - everybody(found, j)
            if lead.max() > leading:
                best, leading = (j, int(lead.argmax())), float(lead.max())
        if leading > LEAST_LEAD:
            refs = (_ref(stage, who, *best) for who in (group.letter, "all"))
            made.append(Mark(g, *best, *(str(ref) for ref in refs)))
    return tuple(made)


def mark_refs(found: Measurement, stage: str = "measure") -> dict[str, RefValue]:
    """Give the values behind :func:`marks` by their written refs."""
    values: dict[str, RefValue] = {}
    for mark in marks(found, stage):
        group = found.groups.groups[mark.group]
        answers = estimates.profile(
            found.classification, mark.item, found.groups.membership, found.options.conf_level
        )
        here = float(answers.estimate[mark.category, mark.group])
        all_people = float(everybody(found, mark.item)[mark.category])
        for who, value in ((group.letter, here), ("all", all_people)):
            ref = _ref(stage, who, mark.item, mark.category)
            values[str(ref)] = RefValue(ref, value)
    return values


def _ref(stage: str, who: str, item: int, category: int) -> Ref:
    return Ref(stage, "marks", f"{who}/{item + 1}/{category + 1}")


def _categorical(found: Measurement) -> list[int]:
    return [
        j
        for j in range(len(found.material.indicators))
        if estimates.is_categorical(found.classification, j)
    ]
