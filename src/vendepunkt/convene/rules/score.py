"""Each theme gets a score; the themes with the highest sums win."""

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

_FORM: Final = BallotForm(kind="scores", cap="value", least=0, most=None)
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
class Score:
    """Everybody gives each theme a whole number from 0 to the vote's limit; the sums count.

    A theme left without a score has 0 from that ballot. A scoring rule: what two panels both
    choose, they choose together [1]_, one more place takes the next theme, and a higher score never
    harms [2]_. A majority can be outweighed by a minority that feels more strongly.

    References
    ----------
    .. [1] Young, H. P. (1975). Social choice scoring functions. *SIAM Journal on Applied
       Mathematics* 28(4), 824-838. doi:10.1137/0128067
    .. [2] Elkind, E., Faliszewski, P., Skowron, P. & Slinko, A. (2017). Properties of multiwinner
       voting rules. *Social Choice and Welfare* 48, 599-632. doi:10.1007/s00355-017-1026-z

    Examples
    --------
    >>> profile = Profile.of([{"a": 5, "b": 4}, {"a": 0, "b": 3}], ("a", "b"))
    >>> Score().winners(profile, 1).committees
    (('b',),)
    """

    name: str = "score"
    form: BallotForm = _FORM
    unit: Unit = "points"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: whole scores from 0 to `choices`."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give the sum of the scores of each theme."""
        return profile.totals()

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places with the themes that have the highest sums."""
        return by_scores(self.scores(profile), places, cap)
