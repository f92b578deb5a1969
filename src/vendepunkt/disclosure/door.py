"""The one door: every table and figure passes it on the way out, and it remembers what passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vendepunkt.disclosure.audit import audit
from vendepunkt.disclosure.linked import LinkedCounts
from vendepunkt.disclosure.rules import Rules
from vendepunkt.disclosure.search import find_pattern
from vendepunkt.disclosure.suppression import Protection, protect
from vendepunkt.disclosure.system import CountSystem, Totals, of_table
from vendepunkt.terms import RefusedError

_SEAL: Final = object()


@dataclass(frozen=True, slots=True)
class Clearance:
    """The door's word that a table or figure may leave. Made by a :class:`Door` only.

    Attributes
    ----------
    name
        What was cleared.
    threshold
        The threshold that held.
    hidden
        How many of its cells are hidden.
    gap
        How much less a best pattern might hide, as a share; 0 where this is the best, None where
        the search was too short to say.
    """

    name: str
    threshold: int
    hidden: int
    gap: float | None = 0.0
    seal: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise RefusedError(
                "no_clearance",
                f"{self.name!r} was not cleared by disclosure control.",
                try_="let it pass a Door",
            )


@dataclass(frozen=True, slots=True)
class Release:
    """One table as it left: the counts behind it and which of them are hidden.

    Attributes
    ----------
    name
        Name of the table.
    system
        Its counts and the equations between them.
    hidden
        Which are not shown, (m,).
    gap
        As :attr:`Clearance.gap`.
    """

    name: str
    system: CountSystem
    hidden: NDArray[np.bool_]
    gap: float | None = 0.0


@dataclass(frozen=True, slots=True)
class ClassProtection:
    """Which classes of a model are hidden.

    Attributes
    ----------
    hidden_profiles
        Classes that are too small: hidden whole, share and profile, (K,).
    hidden_shares
        Classes whose share is hidden: the small ones, and those that keep them unknown, because
        shares sum to 100 per cent, (K,).
    clearance
        Goes on every table and figure made of these classes.
    """

    hidden_profiles: NDArray[np.bool_]
    hidden_shares: NDArray[np.bool_]
    clearance: Clearance


class Door:
    """Clears tables and figures for leaving, one door for a whole run.

    Parameters
    ----------
    rules
        The threshold and the time for each table.

    Examples
    --------
    >>> door = Door(Rules())
    >>> protection, clearance = door.counts("groups", [70, 24, 2])
    >>> protection.hidden, clearance.hidden
    (array([False,  True,  True]), 2)
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self._released: list[Release] = []

    @property
    def released(self) -> tuple[Release, ...]:
        """Every table of counts that has left through this door, in order."""
        return tuple(self._released)

    def counts(
        self,
        name: str,
        counts: ArrayLike,
        *,
        totals: Totals = "both",
        structural: ArrayLike | None = None,
        small: ArrayLike | None = None,
    ) -> tuple[Protection, Clearance]:
        """Clear a table of counts, or of percentages with their n.

        Parameters
        ----------
        name
            Name of the table.
        counts, totals, structural, small
            As in :func:`vendepunkt.disclosure.protect`; `counts` are unweighted, also where the
            table shows weighted percentages.

        Returns
        -------
        Protection
            Which cells must be shown as hidden.
        Clearance
            For the block.

        Raises
        ------
        RefusedError
            ``"cannot_protect"`` if no pattern keeps the hidden cells unknown.
        """
        protection = protect(counts, self.rules, totals=totals, structural=structural, small=small)
        if not protection.audit.safe:
            raise RefusedError(
                "cannot_protect",
                f"No pattern of hidden cells protects the table {name!r}.",
                try_="merge categories",
            )
        system = of_table(counts, totals, structural)
        hidden = np.zeros(system.counts.size, bool)
        hidden[protection.audit.cells] = True
        self._released.append(Release(name, system, hidden))
        return protection, self._clear(name, protection.count, protection.gap)

    def linked(self, name: str, linked: LinkedCounts) -> tuple[NDArray[np.bool_], Clearance]:
        """Clear several tables of the same people as one.

        Parameters
        ----------
        name
            Name of what is released; a second time with the same counts gives the same pattern.
        linked
            The counts of all tables, with the sums that tie them together.

        Returns
        -------
        hidden
            Which cells must be shown as hidden, (m,).
        Clearance
            For :meth:`drawn_from`.

        Raises
        ------
        RefusedError
            ``"cannot_protect"`` if no pattern keeps the hidden cells unknown.
        """
        system = linked.system()
        primary = (system.counts < self.rules.threshold) | linked.small
        primary &= ~system.fixed
        for earlier in self._released:
            known = earlier.name == name and _same(earlier.system, system)
            if known and not (primary & ~earlier.hidden).any():
                return earlier.hidden, self._clear(name, int(earlier.hidden.sum()), earlier.gap)
        hidden, gap = find_pattern(system, primary, self.rules)
        if not audit(system, hidden, self.rules).safe:
            raise RefusedError(
                "cannot_protect",
                f"No pattern of hidden cells protects the tables {name!r}.",
                try_="merge categories",
            )
        self._released.append(Release(name, system, hidden, gap))
        return hidden, self._clear(name, int(hidden.sum()), gap)

    def classes(self, name: str, posterior_n: ArrayLike, modal_n: ArrayLike) -> ClassProtection:
        """Clear the classes or groups of a model: their shares and their profiles.

        A class counts as a cell whose n is the smaller of its two sizes.

        Parameters
        ----------
        name
            Name of the result.
        posterior_n
            Sum of the posterior probabilities of each class over people, unweighted, (K,).
        modal_n
            People whose most probable class it is, (K,).
        """
        expected = np.asarray(posterior_n, float)
        smallest = np.minimum(expected, np.asarray(modal_n, float))
        small = smallest < self.rules.threshold
        protection, clearance = self.counts(
            name, np.rint(expected).astype(np.int64), totals="rows", small=small
        )
        return ClassProtection(small, protection.hidden, clearance)

    def drawn_from(self, name: str, source: Clearance, *, hidden: int | None = None) -> Clearance:
        """Clear a figure or table that shows no more than an already cleared table.

        Parameters
        ----------
        name
            Name of the figure.
        source
            The table's clearance.
        hidden
            How many of its own cells are hidden, where it shows a part of the table only.
        """
        return self._clear(name, source.hidden if hidden is None else hidden, source.gap)

    def without_people(self, name: str) -> Clearance:
        """Clear a table that says nothing about people: versions, settings, a checklist."""
        return self._clear(name, 0)

    def _clear(self, name: str, hidden: int, gap: float | None = 0.0) -> Clearance:
        return Clearance(name, self.rules.threshold, hidden, gap, _SEAL)


def _same(one: CountSystem, other: CountSystem) -> bool:
    """Whether two systems hold the same counts in the same order, tied together alike."""
    return (
        np.array_equal(one.counts, other.counts)
        and one.equations.shape == other.equations.shape
        and float(abs(one.equations - other.equations).sum()) == 0.0
    )
