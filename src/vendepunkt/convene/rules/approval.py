"""Cross as many themes as one likes; those with most crosses win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vendepunkt.convene.rules.committees import by_scores
from vendepunkt.convene.rules.crosses import Crosses
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, Outcome

_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "monotonicity",
        "house-monotonicity",
        "reinforcement",
        "majority",
        "condorcet-winner",
        "condorcet-loser",
    }
)


@dataclass(frozen=True, slots=True)
class Approval(Crosses):
    """Everybody crosses as many themes as they like; the themes with most crosses win.

    A ballot of crosses says only which themes are above the others, so "beats one to one" and
    "above all others" are read from the crosses as cast. Approval voting keeps them so [1]_; it is
    a scoring rule and keeps reinforcement [2]_; one more place takes the next theme, and more
    crosses never harm [3]_.

    References
    ----------
    .. [1] Brams, S. J. & Fishburn, P. C. (1978). Approval voting. *American Political Science
       Review* 72(3), 831-847. doi:10.2307/1955105
    .. [2] Young, H. P. (1975). Social choice scoring functions. *SIAM Journal on Applied
       Mathematics* 28(4), 824-838. doi:10.1137/0128067
    .. [3] Elkind, E., Faliszewski, P., Skowron, P. & Slinko, A. (2017). Properties of multiwinner
       voting rules. *Social Choice and Welfare* 48, 599-632. doi:10.1007/s00355-017-1026-z

    Examples
    --------
    >>> profile = Profile.of([{"a": 1, "b": 1}, {"a": 1}, {"c": 1, "b": 1}], ("a", "b", "c"))
    >>> Approval().winners(profile, 2).committees
    (('a', 'b'),)
    """

    name: str = "approval"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places with the themes that have most crosses."""
        return by_scores(self.scores(profile), places, cap)
