"""Borda: points for every theme that one is ranked above."""

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

_FORM: Final = BallotForm(kind="ranks", cap="none", least=1, most=None)
_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "monotonicity",
        "house-monotonicity",
        "reinforcement",
        "condorcet-loser",
    }
)


@dataclass(frozen=True, slots=True)
class Borda:
    """A theme gets a point for each theme it is ranked above and half a point for each equal.

    The tournament convention: equal themes share the points of the ranks they fill, and all themes
    that a ballot does not rank are equal and last, so that every ballot with a rank gives out the
    same sum [2]_. Ranks count by their order, gaps between them mean nothing. A scoring rule that
    keeps reinforcement [1]_ and never takes a theme that loses to each other one [3]_; a theme put
    first by more than half can lose.

    References
    ----------
    .. [1] Young, H. P. (1975). Social choice scoring functions. *SIAM Journal on Applied
       Mathematics* 28(4), 824-838. doi:10.1137/0128067
    .. [2] Terzopoulou, Z. & Endriss, U. (2021). The Borda class: an axiomatic study of the Borda
       rule on top-truncated preferences. *Journal of Mathematical Economics* 92, 31-40.
       doi:10.1016/j.jmateco.2020.11.001
    .. [3] Fishburn, P. C. & Gehrlein, W. V. (1976). Borda's rule, positional voting, and
       Condorcet's simple majority principle. *Public Choice* 28, 79-88. doi:10.1007/BF01718459

    Examples
    --------
    >>> profile = Profile.of([{"a": 1, "b": 2}, {"c": 1}], ("a", "b", "c"))
    >>> {theme: str(points) for theme, points in Borda().scores(profile).items()}
    {'a': '5/2', 'b': '3/2', 'c': '2'}
    """

    name: str = "borda"
    form: BallotForm = _FORM
    unit: Unit = "points"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: whole ranks from 1, equal ones allowed."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give the points of each theme."""
        halves = dict.fromkeys(profile.themes, 0)
        for groups, count in profile.ranked():
            below = len(profile.themes)
            for equals in groups:
                below -= len(equals)
                for theme in equals:
                    halves[theme] += count * (2 * below + len(equals) - 1)
        return {theme: Fraction(sum_, 2) for theme, sum_ in halves.items()}

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places with the themes that have most points."""
        return by_scores(self.scores(profile), places, cap)
