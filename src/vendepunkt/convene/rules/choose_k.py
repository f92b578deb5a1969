"""Choose up to k themes; those with most crosses win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules.ballots import check_marks
from vendepunkt.convene.rules.committees import by_scores
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, BallotForm, Outcome, Unit
from vendepunkt.convene.types import Marks

_FORM: Final = BallotForm(kind="crosses", cap="marks", least=1, most=1)
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
class ChooseK:
    """Everybody crosses up to k themes; the themes with most crosses win. The default.

    A ballot of crosses says only which themes are above the others, so "beats one to one" and
    "above all others" are read from the crosses as cast. Approval voting keeps them so [1]_; it is
    a scoring rule and keeps reinforcement [2]_; one more place takes the next theme, and more
    crosses never harm [3]_. Fewer crosses than k are a valid ballot.

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
    >>> ChooseK().winners(profile, 2).committees
    (('a', 'b'),)
    """

    name: str = "choose-k"
    form: BallotForm = _FORM
    unit: Unit = "votes"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: crosses only, at most `choices` of them."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give the crosses of each theme."""
        return {theme: Fraction(people) for theme, people in profile.people().items()}

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places with the themes that have most crosses."""
        return by_scores(self.scores(profile), places, cap)
