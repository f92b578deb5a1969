"""Who answered what: items per person, and pairs of items nobody answered together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of the questionnaire each person answered.

    Attributes
    ----------
    items
        Names of the items.
    people_by_items
        How many people answered 1, 2, … of the items; people with no answer are not here.
    answered : (J,)
        People who answered each item.
    together : (J, J)
        People who answered both of two items.
    """

    items: tuple[str, ...]
    people_by_items: dict[int, float]
    answered: Floats
    together: Floats

    @property
    def most(self) -> int:
        """The largest number of items that anybody answered."""
        return max(self.people_by_items, default=0)

    @property
    def mean(self) -> float:
        """Mean number of items answered."""
        people = sum(self.people_by_items.values())
        return (
            sum(number * n for number, n in self.people_by_items.items()) / people
            if people
            else 0.0
        )

    @property
    def never_together(self) -> tuple[tuple[str, str], ...]:
        """Pairs of items that nobody answered both of: their dependence cannot be checked."""
        return tuple(
            (self.items[i], self.items[j])
            for i in range(len(self.items))
            for j in range(i + 1, len(self.items))
            if self.together[i, j] == 0
        )


def asked(items: tuple[str, ...], codes: Integers, counts: Floats) -> Asked:
    """How many items did people answer, and which never together?

    Parameters
    ----------
    items
        Names of the J items.
    codes : (n, J)
        Answers, a row per person or per answer pattern; -1 for missing.
    counts : (n,)
        People each row stands for.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([[0, -1], [-1, 1]], dtype=np.int32)
    >>> found = asked(("a", "b"), codes, np.array([2.0, 3.0]))
    >>> found.people_by_items, found.never_together
    ({1: 5.0}, (('a', 'b'),))
    """
    given = codes >= 0
    numbers = given.sum(axis=1)
    totals = np.bincount(numbers, weights=counts, minlength=len(items) + 1)
    together = (given * counts[:, None]).T @ given.astype(np.float64)
    return Asked(
        items=items,
        people_by_items={
            number: float(n) for number, n in enumerate(totals) if number > 0 and n > 0
        },
        answered=np.diag(together).copy(),
        together=together,
    )
