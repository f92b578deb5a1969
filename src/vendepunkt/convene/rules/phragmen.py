"""Sequential Phragmén: each place is a load of one, carried by those who crossed the theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules.branches import Step, every_branch
from vendepunkt.convene.rules.crosses import Crosses
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, Outcome
from vendepunkt.convene.rules.shares import Parts, put_together, whole_numbers

_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "monotonicity",
        "house-monotonicity",
        "majority",
        "condorcet-winner",
        "condorcet-loser",
        "justified-representation",
        "justified-representation-5",
        "proportional-justified-representation",
    }
)


@dataclass(frozen=True, slots=True)
class Phragmen(Crosses):
    """Places are filled in turn by the theme whose supporters would carry least each.

    Every chosen theme is a load of one, spread over those who crossed it so that they end with
    equal loads; the theme for which that load is lowest takes the place. Represents groups by
    their size (PJR), and one place more never takes a place away [1]_; more crosses for a chosen
    theme cannot harm it [2]_. With one place it is approval. Themes that nobody crossed are taken
    when no other is left.

    References
    ----------
    .. [1] Brill, M., Freeman, R., Janson, S. & Lackner, M. (2024). Phragmén's voting methods and
       justified representation. *Mathematical Programming* 203, 47-76.
       doi:10.1007/s10107-023-01926-8
    .. [2] Janson, S. (2016). Phragmén's and Thiele's election methods. arXiv:1611.08826,
       doi:10.48550/arXiv.1611.08826

    Examples
    --------
    >>> ballots = [{"a": 1, "b": 1}] * 3 + [{"c": 1}] * 2
    >>> Phragmen().winners(Profile.of(ballots, ("a", "b", "c")), 2).committees
    (('a', 'c'), ('b', 'c'))
    """

    name: str = "phragmen"
    proportional: bool = True
    properties: frozenset[str] = _PROMISES

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places in turn, following all ties."""
        themes = sorted(profile.themes)
        approvers = profile.approvers()
        of = [approvers[theme] for theme in themes]
        start = put_together([(Fraction(0), (1 << profile.voters) - 1)])

        def step(loads: Parts, left: Sequence[int]) -> Step[Parts]:
            return Step(lightest(loads, of, left))

        return every_branch(themes, places, start, step, cap=cap)


def lightest(loads: Parts, of: Sequence[int], left: Sequence[int]) -> dict[int, Parts]:
    """Give the themes whose supporters would carry least, with everybody's load after each.

    Parameters
    ----------
    loads
        Who carries what; a load below 0 is money left over from equal shares.
    of
        Theme → who crossed it.
    left
        The themes that are left.

    Returns
    -------
    The themes tied for lowest load → the loads after; empty where nobody crossed any of them.
    """
    common, parts = whole_numbers(loads)
    after = {
        i: Fraction(
            common + sum(load * (people & of[i]).bit_count() for load, people in parts),
            common * of[i].bit_count(),
        )
        for i in left
        if of[i]
    }
    if not after:
        return {}
    least = min(after.values())
    return {
        i: put_together(
            [*((load, people & ~of[i]) for load, people in loads), (least, of[i])],
        )
        for i, load in after.items()
        if load == least
    }
