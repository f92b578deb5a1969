"""Method of Equal Shares: everybody has the same part of the places to spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Final, TypeAlias

from vendepunkt.convene.rules.branches import Step, every_branch
from vendepunkt.convene.rules.committees import places_to_fill
from vendepunkt.convene.rules.crosses import Crosses
from vendepunkt.convene.rules.phragmen import lightest
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, Outcome
from vendepunkt.convene.rules.shares import Parts, put_together, whole_numbers

#: Whether money is still being spent, and the budgets or, afterwards, the loads.
_State: TypeAlias = tuple[bool, Parts]

_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "majority",
        "condorcet-winner",
        "condorcet-loser",
        "justified-representation",
        "justified-representation-5",
        "proportional-justified-representation",
        "extended-justified-representation",
    }
)


@dataclass(frozen=True, slots=True)
class EqualShares(Crosses):
    """Each place costs one, everybody has k/n, and supporters of a theme share its price equally.

    A theme can be bought at ρ where its supporters pay ρ each, or all they have left, and one
    comes together; the theme with the lowest ρ is bought. When none can be bought and places are
    left, they are filled by sequential Phragmén in which everybody starts with a load of minus
    what they have left [1]_ — the convention of abcvoting's ``equal-shares`` too. Represents
    groups strongly (EJR) [1]_, and the places filled last cannot undo that. It is not house
    monotone: the price of a place follows from the number of places [2]_. With one place it is
    approval. The n people are those who crossed something: blank ballots hold no money.

    References
    ----------
    .. [1] Peters, D. & Skowron, P. (2020). Proportionality and the limits of welfarism.
       *Proceedings of the 21st ACM Conference on Economics and Computation*, 793-794.
       doi:10.1145/3391403.3399465
    .. [2] Lackner, M. & Skowron, P. (2023). *Multi-Winner Voting with Approval Preferences*.
       Springer. doi:10.1007/978-3-031-09016-5

    Examples
    --------
    >>> ballots = [{"a": 1, "b": 1}] * 4 + [{"c": 1}] * 2
    >>> EqualShares().winners(Profile.of(ballots, ("a", "b", "c")), 3).committees
    (('a', 'b', 'c'),)
    """

    name: str = "equal-shares"
    proportional: bool = True
    properties: frozenset[str] = _PROMISES

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places, following all ties."""
        themes = sorted(profile.themes)
        approvers = profile.approvers()
        of = [approvers[theme] for theme in themes]
        people = reduce(lambda a, b: a | b, of, 0)
        share = Fraction(places_to_fill(places, themes), people.bit_count() or 1)

        def step(state: _State, left: Sequence[int]) -> Step[_State]:
            spending, parts = state
            if spending:
                bought = cheapest(parts, of, left)
                if bought:
                    return Step({i: (True, after) for i, after in bought.items()})
                parts = put_together((-budget, who) for budget, who in parts)
            return Step({i: (False, after) for i, after in lightest(parts, of, left).items()})

        start = (True, put_together([(share, people)]))
        return every_branch(themes, places, start, step, cap=cap)


def cheapest(budgets: Parts, of: Sequence[int], left: Sequence[int]) -> dict[int, Parts]:
    """Give the themes that can be bought at the lowest ρ, with what everybody has left after.

    Parameters
    ----------
    budgets
        Who has what left.
    of
        Theme → who crossed it.
    left
        The themes that are left.

    Returns
    -------
    The themes tied for lowest ρ → the budgets after; empty where none can be bought.
    """
    common, parts = whole_numbers(budgets)
    rhos = {i: rho for i in left if (rho := _rho(parts, common, of[i])) is not None}
    if not rhos:
        return {}
    least = min(rhos.values())
    return {
        i: put_together(
            piece
            for budget, who in budgets
            for piece in ((budget, who & ~of[i]), (max(budget - least, Fraction(0)), who & of[i]))
        )
        for i, rho in rhos.items()
        if rho == least
    }


def _rho(parts: Sequence[tuple[int, int]], price: int, supporters: int) -> Fraction | None:
    """Give what each supporter pays who has enough; None where all together have too little.

    Parameters
    ----------
    parts
        Budgets and who has them, poorest first, in the unit in which `price` is the price.
    """
    paying = supporters.bit_count()
    due = price
    for budget, people in parts:
        if not paying:
            break
        if budget * paying >= due:
            return Fraction(due, paying * price)
        count = (people & supporters).bit_count()
        due -= budget * count
        paying -= count
    return None
