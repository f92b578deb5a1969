"""Main groups: the second level above the classes, ordered by severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
import numpy.typing as npt

from vendepunkt.language import text
from vendepunkt.measure import estimates
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.naming import Condition, conditions
from vendepunkt.measure.options import ROLES, GroupOptions
from vendepunkt.measure.severity import Severity, severity
from vendepunkt.terms import UsageError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MainGroup:
    """One main group.

    Attributes
    ----------
    letter
        A for the least severe, then B, C …
    role
        ``majority``, ``at_risk``, ``excluded``, a role of the user's own, or ``""``.
    ranks
        Severity ranks of its classes, 1 the least severe.
    classes
        Positions of its classes in the result's order, from 0.
    """

    letter: str
    role: str
    ranks: tuple[int, ...]
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MainGroups:
    """The main groups, whether they may carry their names, and why not.

    Attributes
    ----------
    groups
        From the least to the most severe.
    membership : (K, G)
        Ones where a class belongs to a group.
    conditions
        What had to hold for the names majority, at risk and excluded, each with whether it does.
    severity
        Severity of the groups; None when no item has an order.
    names
        The user's own names: wave, language, role.
    wave
        Wave whose names are used where none is named.
    """

    groups: tuple[MainGroup, ...]
    membership: Floats
    conditions: tuple[Condition, ...]
    severity: Severity | None
    names: Mapping[str, Mapping[str, Mapping[str, str]]]
    wave: str = ""

    @property
    def named(self) -> bool:
        """Whether every condition for the names majority, at risk and excluded holds."""
        return all(condition.passed for condition in self.conditions)

    @property
    def failed(self) -> tuple[Condition, ...]:
        """The conditions that do not hold."""
        return tuple(condition for condition in self.conditions if not condition.passed)

    def name(self, group: MainGroup, language: str, wave: str = "") -> str:
        """Give the printed name of a group in a language, at a wave.

        Where a condition failed the name is neutral (*group A*), whatever the study calls it.
        """
        if not self.named:
            return text("measure.groups.neutral", language, letter=group.letter)
        for when in (wave or self.wave, ""):
            own = self.names.get(when, {}).get(language, {}).get(group.role)
            if own:
                return own
        if group.role in ROLES:
            return text(f"measure.groups.{group.role}", language)
        return text("measure.groups.neutral", language, letter=group.letter)

    def explanation(
        self, language: str, labels: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """Say which conditions for the names failed; empty when all hold.

        `labels` is what readers see for a dimension, by its name.
        """
        return tuple(condition.sentence(language, labels) for condition in self.failed)

    def posterior(self, found: Classification) -> Floats:
        """Give each pattern's posterior over the groups, (P, G)."""
        return np.asarray(found.posterior @ self.membership, dtype=np.float64)

    def expected(self, found: Classification) -> Floats:
        """Unweighted people expected in each group, (G,)."""
        return np.asarray(found.counts @ self.posterior(found), dtype=np.float64)

    def n(self, found: Classification) -> Floats:
        """Unweighted people in each group: the smaller of those expected and those placed, (G,)."""
        posterior = self.posterior(found)
        placed = np.bincount(
            posterior.argmax(axis=1), weights=found.counts, minlength=posterior.shape[1]
        )
        return np.minimum(placed, self.expected(found))


def main_groups(
    found: Classification,
    scores: tuple[Floats, ...],
    dimensions: tuple[str, ...],
    options: GroupOptions,
) -> MainGroups:
    """Put the classes together to main groups, in the order of severity.

    Parameters
    ----------
    found
        The classes, in any order.
    scores, dimensions
        Category scores and dimension of each item.
    options
        Which ranks make which group; without any, every class is a group of its own.

    Raises
    ------
    UsageError
        With code ``"bad_groups"`` if the ranks are not 1 … K, each once, in rising runs.
    """
    if found.severity is not None:
        ranked = found.severity.order(found.shares)
    else:
        ranked = sorted(range(found.classes), key=lambda k: -found.shares[k])
    parts = _parts(found.classes, options.ranks)
    groups = tuple(
        MainGroup(letter, role, ranks, tuple(ranked[rank - 1] for rank in ranks))
        for letter, (role, ranks) in zip(ascii_uppercase, parts, strict=False)
    )
    membership = np.zeros((found.classes, len(groups)))
    for position, group in enumerate(groups):
        membership[list(group.classes), position] = 1.0
    profiles = tuple(
        estimates.profile(found, item, membership, 0.95).estimate
        for item in range(len(found.profiles))
    )
    of_groups = severity(profiles, scores, dimensions)
    return MainGroups(
        groups=groups,
        membership=membership,
        conditions=conditions(
            [group.letter for group in groups],
            found.shares @ membership,
            of_groups,
            profiles,
            scores,
        ),
        severity=of_groups,
        names=options.names,
        wave=options.wave,
    )


def _parts(classes: int, ranks: Mapping[str, tuple[int, ...]]) -> list[tuple[str, tuple[int, ...]]]:
    if not ranks:
        roles = ROLES if classes == len(ROLES) else ("",) * classes
        return [(role, (rank,)) for rank, role in enumerate(roles, start=1)]
    parts = [(role, tuple(members)) for role, members in ranks.items()]
    if [rank for _, members in parts for rank in members] != list(range(1, classes + 1)):
        written = ", ".join(f"{role} = {list(members)}" for role, members in parts)
        raise UsageError(
            "bad_groups",
            f"The main groups are {written}, and there are {classes} classes.",
            allowed=f"the ranks 1 to {classes}, each once, from the least severe group on",
            try_=_example(classes),
        )
    return parts


def _example(classes: int) -> str:
    if classes < len(ROLES):
        return "no [groups] at all: every class is then a group of its own"
    middle = list(range(2, classes))
    return f"majority = [1], at_risk = {middle}, excluded = [{classes}]"
