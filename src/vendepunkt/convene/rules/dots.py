"""A number of dots to spread or to pile up; the themes with most dots win."""

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

_FORM: Final = BallotForm(kind="dots", cap="total", least=1, most=None)
_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "monotonicity",
        "house-monotonicity",
        "reinforcement",
    }
)


@dataclass(frozen=True, slots=True)
class Dots:
    """Everybody has the same number of dots and may put several on one theme (cumulative vote).

    One person can carry a theme alone, so people and dots are shown beside each other. A scoring
    rule: what two panels both choose, they choose together [1]_, one more place takes the next
    theme, and more dots never harm [2]_. A majority can spread its dots and lose.

    References
    ----------
    .. [1] Young, H. P. (1975). Social choice scoring functions. *SIAM Journal on Applied
       Mathematics* 28(4), 824-838. doi:10.1137/0128067
    .. [2] Elkind, E., Faliszewski, P., Skowron, P. & Slinko, A. (2017). Properties of multiwinner
       voting rules. *Social Choice and Welfare* 48, 599-632. doi:10.1007/s00355-017-1026-z

    Examples
    --------
    >>> profile = Profile.of([{"a": 3}, {"b": 1, "c": 2}, {"b": 2, "c": 1}], ("a", "b", "c"))
    >>> Dots().winners(profile, 1).committees
    (('a',), ('b',), ('c',))
    """

    name: str = "dots"
    form: BallotForm = _FORM
    unit: Unit = "dots"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: whole dots, at most `choices` together."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give the dots of each theme."""
        return profile.totals()

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places with the themes that have most dots."""
        return by_scores(self.scores(profile), places, cap)
