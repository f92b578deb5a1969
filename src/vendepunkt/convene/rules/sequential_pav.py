"""Sequential proportional approval: who already has a theme counts less for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Final, TypeAlias

from vendepunkt.convene.rules.branches import Step, every_branch
from vendepunkt.convene.rules.committees import places_to_fill
from vendepunkt.convene.rules.crosses import Crosses
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, Outcome

#: Position j: who has crossed j of the themes chosen so far.
_Satisfied: TypeAlias = tuple[int, ...]

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
        "justified-representation-5",
    }
)


@dataclass(frozen=True, slots=True)
class SequentialPav(Crosses):
    """Places are filled in turn; a ballot with j chosen themes counts 1/(j + 1) for the next.

    Thiele's rule of addition [1]_. It represents groups for up to five places and not always for
    more [2]_; one place more never takes a place away; more crosses for a chosen theme leave all
    places before it as they were and so cannot harm it [1]_. With one place it is approval.

    References
    ----------
    .. [1] Janson, S. (2016). Phragmén's and Thiele's election methods. arXiv:1611.08826,
       doi:10.48550/arXiv.1611.08826
    .. [2] Sánchez-Fernández, L., Elkind, E., Lackner, M., Fernández, N., Fisteus, J. A.,
       Basanta Val, P. & Skowron, P. (2017). Proportional justified representation. *Proceedings
       of the AAAI Conference on Artificial Intelligence* 31(1). doi:10.1609/aaai.v31i1.10611

    Examples
    --------
    >>> ballots = [{"a": 1, "b": 1}] * 3 + [{"c": 1}] * 2
    >>> SequentialPav().winners(Profile.of(ballots, ("a", "b", "c")), 2).committees
    (('a', 'c'), ('b', 'c'))
    """

    name: str = "sequential-pav"
    proportional: bool = True
    properties: frozenset[str] = _PROMISES

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places in turn, following all ties."""
        themes = sorted(profile.themes)
        approvers = profile.approvers()
        of = [approvers[theme] for theme in themes]
        fill = places_to_fill(places, themes)
        # Weights 1, 1/2, 1/3 … as whole numbers over one denominator.
        unit = lcm(*range(1, fill + 1))
        weights = [unit // (j + 1) for j in range(fill)]

        def step(parts: _Satisfied, left: Sequence[int]) -> Step[_Satisfied]:
            gains = {
                i: sum(
                    weights[j] * (part & of[i]).bit_count() for j, part in enumerate(parts) if part
                )
                for i in left
            }
            most = max(gains.values())
            if not most:
                return Step()
            return Step({i: _satisfy(parts, of[i]) for i in left if gains[i] == most})

        start: _Satisfied = ((1 << profile.voters) - 1,)
        return every_branch(themes, places, start, step, cap=cap)


def _satisfy(parts: _Satisfied, people: int) -> _Satisfied:
    """Move those who crossed the chosen theme one part up."""
    below = (*parts, 0)
    return tuple(
        part & ~people | (below[j - 1] & people if j else 0) for j, part in enumerate(below)
    )
